import t from 'tap';
import type { MeshObject } from '../../../src/mesh/mesh-object.js';
import { LOSS_WORDS } from '../../../src/report/loss-words.js';
import { STEP_WORDS } from '../../../src/report/step-words.js';
import type { Explanation, Hop, Step } from '../../../src/routing/explanation/step.js';
import { manifest } from '../../mesh/manifests.js';
import {
  AT_GATEWAY,
  BILLING,
  BOTH,
  EGRESS,
  EGRESS_LABELS,
  EGW,
  entry,
  explained,
  gateway,
  GATEWAY_SERVICE,
  http,
  HTTP_GATEWAY,
  OUT,
  port,
  route,
  rule,
  SECURE_EGRESS,
  server,
  sidecar,
  TCP,
  TLS,
  to,
  WEB,
  YOUNGER,
  type Question,
} from './small-world.js';

interface Row extends Question {
  readonly title: string;
  /** `step/reason Kind namespace/name field`, and for losers `step - reason Kind namespace/name field`. */
  readonly says: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    title: 'the right way, through the sidecar and the gateway',
    objects: [entry(), HTTP_GATEWAY, BOTH],
    says: [
      'sidecar/everything',
      'service/declared ServiceEntry shop/cnn spec.ports[0]',
      'listener/every-address ServiceEntry shop/cnn spec.ports[0]',
      'chain/http ServiceEntry shop/cnn spec.ports[0]',
      'host/route VirtualService shop/cnn spec.hosts[0]',
      'host - other-gateway VirtualService shop/cnn spec.http[1].match[0].gateways',
      'route/all-calls VirtualService shop/cnn spec.http[0].match[0]',
      'destination/sole VirtualService shop/cnn spec.http[0].route[0].destination',
      'cluster/known Service istio-system/istio-egressgateway spec.ports[0]',
      'policy/no-rule',
      'dial/inside',
      'tls/auto',
      'port/service-port Service istio-system/istio-egressgateway spec.ports[0]',
      'server/plaintext Gateway shop/egress spec.servers[0]',
      'binding/route VirtualService shop/cnn spec.hosts[0]',
      'route/all-calls VirtualService shop/cnn spec.http[1].match[0]',
      'dial/outside-name ServiceEntry shop/cnn spec.hosts[0]',
    ],
  },
  {
    title: 'a Sidecar for the pods, before one without a selector and one for other pods',
    objects: [
      entry(),
      sidecar({ egress: [{ hosts: ['*/*'] }] }, { name: 'all' }),
      sidecar({ workloadSelector: { labels: { app: 'db' } }, egress: [{ hosts: ['*/*'] }] }, { name: 'db' }),
      sidecar({ workloadSelector: { labels: { app: 'web' } }, egress: [{ hosts: ['*/*'] }] }, { name: 'web' }),
      sidecar(
        { workloadSelector: { labels: { app: 'web' } }, egress: [{ hosts: ['*/*'] }] },
        { name: 'web2', ...YOUNGER },
      ),
    ],
    client: WEB,
    says: [
      'sidecar/sidecar-for-pods Sidecar shop/web spec.workloadSelector',
      'sidecar - less-specific Sidecar shop/all metadata.namespace by Sidecar shop/web spec.workloadSelector',
      'sidecar - other-pods Sidecar shop/db spec.workloadSelector',
      'sidecar - younger Sidecar shop/web2 metadata.creationTimestamp by Sidecar shop/web metadata.creationTimestamp',
    ],
  },
  {
    title: "a namespace's own Sidecar, and what it does not import",
    objects: [
      entry({}, { namespace: 'net' }),
      BOTH,
      sidecar({ egress: [{ hosts: ['net/*'] }] }),
      sidecar({ egress: [{ hosts: ['*/*'] }] }, { namespace: 'istio-system' }),
    ],
    says: [
      'sidecar/sidecar-of-namespace Sidecar shop/default spec.egress',
      'sidecar - less-specific Sidecar istio-system/default metadata.namespace by Sidecar shop/default metadata.namespace',
      'host/service ServiceEntry net/cnn spec.ports[0]',
      'host - not-imported VirtualService shop/cnn spec.hosts by Sidecar shop/default spec.egress[0].hosts',
    ],
  },
  {
    title: 'the Sidecar of the root namespace hides an entry',
    objects: [
      entry({}, { namespace: 'net' }),
      sidecar({ egress: [{ hosts: ['./*'] }] }, { namespace: 'istio-system' }),
    ],
    says: [
      'sidecar/sidecar-of-root Sidecar istio-system/default spec.egress',
      'service/undeclared',
      'service - not-imported ServiceEntry net/cnn spec.hosts[0] by Sidecar istio-system/default spec.egress[0].hosts',
      'listener/nothing-listens',
      'outbound/registry-only',
    ],
  },
  {
    title: 'a Sidecar with an entry for another port only sees nothing',
    objects: [entry(), sidecar({ egress: [{ port: { number: 9000, protocol: 'HTTP', name: 'x' }, hosts: ['*/*'] }] })],
    says: ['service - not-imported ServiceEntry shop/cnn spec.hosts[0] by Sidecar shop/default spec.egress'],
  },
  {
    title: 'an entry without the port, one of another namespace, and one that is hidden',
    objects: [
      entry({ ports: [port(8080, 'HTTP')] }),
      entry({}, { namespace: 'net' }),
      entry({ exportTo: ['.'] }, { namespace: 'far' }),
    ],
    says: [
      'service/port-undeclared ServiceEntry shop/cnn spec.ports',
      'service - not-exported ServiceEntry far/cnn spec.exportTo',
    ],
  },
  {
    title: "the namespace's own entry hides another",
    objects: [entry(), entry({}, { namespace: 'net' }), entry({ ports: [port(8080, 'HTTP')] }, { namespace: 'far' })],
    says: [
      'service/declared ServiceEntry shop/cnn spec.ports[0]',
      'service - own-namespace-first ServiceEntry net/cnn metadata.namespace by ServiceEntry shop/cnn spec.hosts[0]',
      'service - other-port ServiceEntry far/cnn spec.ports',
    ],
  },
  {
    title: 'of two foreign entries the older counts, of one for the namespace and one for all the former',
    objects: [
      entry({}, { namespace: 'a' }),
      entry({}, { namespace: 'b', ...YOUNGER }),
      entry({ exportTo: ['shop'], ports: [port(80, 'HTTP')] }, { namespace: 'c', ...YOUNGER }),
      entry({ hosts: ['*.com'] }, { namespace: 'd' }),
    ],
    says: [
      'service/declared ServiceEntry c/cnn spec.ports[0]',
      'service - public ServiceEntry a/cnn metadata.namespace by ServiceEntry c/cnn spec.hosts[0]',
      'service - less-specific ServiceEntry d/cnn spec.hosts[0] by ServiceEntry c/cnn spec.hosts[0]',
    ],
  },
  {
    title: 'of two foreign entries for all the older counts',
    objects: [entry({}, { namespace: 'a' }), entry({}, { namespace: 'b', ...YOUNGER })],
    says: ['service - younger ServiceEntry b/cnn metadata.creationTimestamp by ServiceEntry a/cnn spec.hosts[0]'],
  },
  {
    title: 'a Kubernetes Service hides an entry of its name',
    objects: [GATEWAY_SERVICE, entry({ hosts: [EGW] }, { namespace: 'net', name: 'copy' })],
    call: { host: EGW },
    says: [
      `service - kubernetes-first ServiceEntry net/copy metadata.namespace by Service istio-system/istio-egressgateway metadata.name`,
    ],
  },
  {
    title: 'an address that an entry has takes the call, whatever its name',
    objects: [
      entry(),
      entry(
        { hosts: ['x.internal'], addresses: ['203.0.113.7'], resolution: 'NONE', ports: [port(443, 'TCP')] },
        { name: 'x' },
      ),
    ],
    call: { ...TLS, address: '203.0.113.7' },
    says: [
      'service/captured ServiceEntry shop/x spec.addresses[0]',
      'listener/bound-address ServiceEntry shop/x spec.addresses[0]',
      'chain/service ServiceEntry shop/x spec.ports[0]',
      'dial/resolution-none ServiceEntry shop/x spec.resolution',
    ],
  },
  {
    title: 'TLS by SNI, and the VirtualServices that do not take it',
    objects: [
      entry(),
      route(
        { gateways: ['egress'], tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [SECURE_EGRESS] }] },
        { name: 'a' },
      ),
      route(
        { exportTo: ['net'], tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [SECURE_EGRESS] }] },
        { name: 'b', namespace: 'net' },
      ),
      route(http({ route: [EGRESS] }), { name: 'c' }),
      route(
        {
          tls: [
            {
              match: [
                { gateways: ['egress'], sniHosts: ['cnn.com'] },
                { port: 444, sniHosts: ['cnn.com'] },
                { sourceLabels: { app: 'db' }, sniHosts: ['cnn.com'] },
                { sourceNamespace: 'net', sniHosts: ['cnn.com'] },
                { destinationSubnets: ['10.9.0.0/16'], sniHosts: ['cnn.com'] },
              ],
              route: [SECURE_EGRESS],
            },
          ],
        },
        { name: 'd' },
      ),
    ],
    call: TLS,
    says: [
      'chain - mesh-not-listed VirtualService shop/a spec.gateways',
      'chain - not-exported VirtualService net/b spec.exportTo',
      'chain - other-section VirtualService shop/c spec.http',
      'chain - other-address VirtualService shop/d spec.tls[0].match[4].destinationSubnets',
      'chain/no-chain',
    ],
  },
  {
    title: 'no match of a TLS rule is for these pods, so the service itself is called',
    objects: [
      entry(),
      route({
        tls: [
          { match: [{ gateways: ['egress'], sniHosts: ['cnn.com'] }], route: [SECURE_EGRESS] },
          { match: [{ port: 444, sniHosts: ['cnn.com'] }], route: [SECURE_EGRESS] },
          { match: [{ sourceLabels: { app: 'db' }, sniHosts: ['cnn.com'] }], route: [SECURE_EGRESS] },
          { match: [{ sourceNamespace: 'net', sniHosts: ['cnn.com'] }], route: [SECURE_EGRESS] },
        ],
      }),
    ],
    call: TLS,
    says: [
      'chain/service ServiceEntry shop/cnn spec.ports[1]',
      'chain - other-gateway VirtualService shop/cnn spec.tls[0].match[0].gateways',
      'chain - other-port VirtualService shop/cnn spec.tls[1].match[0].port',
      'chain - other-labels VirtualService shop/cnn spec.tls[2].match[0].sourceLabels',
      'chain - other-namespace VirtualService shop/cnn spec.tls[3].match[0].sourceNamespace',
    ],
  },
  {
    title: 'of several TLS routes one goes first',
    objects: [
      entry(),
      route({ tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [SECURE_EGRESS] }] }, { name: 'a' }),
      route({ tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [OUT] }] }, { name: 'b', ...YOUNGER }),
      route({ hosts: ['*.com'], tls: [{ match: [{ sniHosts: ['*.com'] }], route: [OUT] }] }, { name: 'c' }),
      route({ hosts: ['*.com'], tls: [{ match: [{ sniHosts: ['bbc.com'] }], route: [OUT] }] }, { name: 'd' }),
    ],
    call: TLS,
    says: [
      'chain/route VirtualService shop/a spec.tls[0].match[0]',
      'chain - younger VirtualService shop/b metadata.creationTimestamp by VirtualService shop/a metadata.creationTimestamp',
      'chain - less-specific VirtualService shop/c spec.hosts[0] by VirtualService shop/a spec.hosts[0]',
      'chain - other-sni VirtualService shop/d spec.tls[0].match[0].sniHosts',
    ],
  },
  {
    title: 'a port that is declared as HTTP takes no TLS, one that is declared as TLS no plaintext',
    objects: [entry()],
    call: { port: 80, protocol: 'tls' },
    says: ['chain/not-http'],
  },
  {
    title: 'plaintext on a TLS port',
    objects: [entry()],
    call: { port: 443, protocol: 'http' },
    says: ['chain/not-tls'],
  },
  {
    title: 'a port that is declared as an HTTP proxy breaks everything else',
    objects: [entry({ ports: [port(80, 'HTTP_PROXY')] })],
    call: TCP,
    says: ['chain/http-only ServiceEntry shop/cnn spec.ports[0]'],
  },
  {
    title: 'of several HTTP routes one goes first',
    objects: [
      entry(),
      route(http({ route: [EGRESS] }), { name: 'a', namespace: 'net' }),
      route({ exportTo: ['.'], ...http({ route: [OUT] }, { route: [EGRESS] }) }, { name: 'b', ...YOUNGER }),
      route(http({ route: [EGRESS] }), {
        name: 'c',
        namespace: 'far',
        annotations: { 'internal.istio.io/route-semantics': 'gateway' },
      }),
      route({ hosts: ['*.com'], ...http({ route: [EGRESS] }) }, { name: 'd' }),
    ],
    says: [
      'host/route VirtualService shop/b spec.hosts[0]',
      'host - public VirtualService net/a spec.exportTo by VirtualService shop/b spec.exportTo',
      'host - unreachable VirtualService shop/b spec.http[1]',
      'host - less-specific VirtualService shop/d spec.hosts[0] by VirtualService shop/b spec.hosts[0]',
      'dial/outside-name ServiceEntry shop/cnn spec.hosts[0]',
    ],
  },
  {
    title: "one with Istio's own annotation counts for its own namespace only",
    objects: [
      entry(),
      route(http({ route: [EGRESS] }), {
        namespace: 'far',
        annotations: { 'internal.istio.io/route-semantics': 'gateway' },
      }),
    ],
    says: ['host - route-semantics VirtualService far/cnn metadata.annotations'],
  },
  {
    title: 'no HTTP rule is for these pods',
    objects: [
      entry(),
      route(
        http(
          { match: [{ port: 8080 }], route: [EGRESS] },
          { match: [{ sourceLabels: { app: 'db' } }], route: [EGRESS] },
          { match: [{ sourceNamespace: 'net' }], route: [EGRESS] },
          { match: [{ gateways: ['mesh'] }], delegate: { name: 'none' } },
          { match: [{ gateways: ['mesh'], uri: { prefix: '/a' } }], delegate: { name: 'outside' } },
        ),
      ),
      manifest(
        'VirtualService',
        { http: [{ match: [{ uri: { prefix: '/b' } }], route: [EGRESS] }] },
        { name: 'outside' },
      ),
    ],
    says: [
      'host/service ServiceEntry shop/cnn spec.ports[0]',
      'host - other-port VirtualService shop/cnn spec.http[0].match[0].port',
      'host - other-labels VirtualService shop/cnn spec.http[1].match[0].sourceLabels',
      'host - other-namespace VirtualService shop/cnn spec.http[2].match[0].sourceNamespace',
      'host - delegate-not-found VirtualService shop/cnn spec.http[3].delegate',
      'host - delegate-outside VirtualService shop/cnn spec.http[4].delegate by VirtualService shop/outside spec.http',
    ],
  },
  {
    title: 'a route for one name under a wildcard counts on port 80 only',
    objects: [
      entry({ hosts: ['*.com'], resolution: 'NONE', ports: [port(8080, 'HTTP')] }),
      route(http({ route: [EGRESS] })),
    ],
    call: { port: 8080 },
    says: [
      'host/service ServiceEntry shop/cnn spec.ports[0]',
      'host - undeclared-host VirtualService shop/cnn spec.hosts[0]',
    ],
  },
  {
    title: 'a Host that nobody has on an open port',
    objects: [entry()],
    call: { host: 'bbc.com' },
    mesh: { outboundTrafficPolicy: 'ALLOW_ANY' },
    says: ['host/no-host', 'outbound/allow-any'],
  },
  {
    title: 'a Sidecar sends what nobody knows to a proxy',
    objects: [
      entry(),
      sidecar({
        outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'cnn.com', port: { number: 443 } } },
      }),
    ],
    call: { host: 'bbc.com', port: 9000 },
    says: ['outbound/egress-proxy Sidecar shop/default spec.outboundTrafficPolicy'],
  },
  {
    title: 'rules that take some requests, that answer, that mirror and that share',
    objects: [
      entry(),
      route(
        http(
          { match: [{ uri: { prefix: '/r' } }], redirect: { authority: 'bbc.com' } },
          { match: [{ uri: { prefix: '/d' } }], directResponse: { status: 418 } },
          {
            match: [{ headers: { a: { exact: 'b' } } }],
            route: [
              { ...EGRESS, weight: 90 },
              { ...OUT, weight: 10 },
              { ...OUT, weight: 0 },
            ],
            mirror: { host: 'cnn.com' },
            mirrorPercentage: { value: 50 },
          },
        ),
      ),
    ],
    says: [
      'route/redirect VirtualService shop/cnn spec.http[0].redirect',
      'route/direct-response VirtualService shop/cnn spec.http[1].directResponse',
      'route/some-calls VirtualService shop/cnn spec.http[2].match[0]',
      'destination/weight VirtualService shop/cnn spec.http[2].route[0].destination',
      'destination - zero-weight VirtualService shop/cnn spec.http[2].route[2].weight',
      'destination/mirror VirtualService shop/cnn spec.http[2].mirror',
      'route/no-rule-left VirtualService shop/cnn spec.http',
    ],
  },
  {
    title: 'an ExternalName Service in the place of the gateway',
    objects: [
      entry(),
      manifest(
        'Service',
        { type: 'ExternalName', externalName: 'cnn.com', ports: [{ port: 80, name: 'http' }] },
        { name: 'gw' },
      ),
      route(http({ route: [to('gw')] })),
    ],
    says: ['alias/external-name Service shop/gw spec.externalName'],
  },
  {
    title: 'destinations that the sidecar does not know',
    objects: [
      entry(),
      entry({ hosts: ['hidden.com'], exportTo: ['.'] }, { name: 'hidden', namespace: 'net' }),
      route(
        http(
          { match: [{ uri: { prefix: '/a' } }], route: [to('nobody.com')] },
          { match: [{ uri: { prefix: '/b' } }], route: [to('hidden.com')] },
          { route: [to('cnn.com', { port: { number: 9000 } })] },
        ),
      ),
    ],
    says: [
      'cluster/unknown',
      'cluster/hidden',
      'cluster - not-exported ServiceEntry net/hidden spec.exportTo',
      'cluster/port-unknown ServiceEntry shop/cnn spec.ports',
    ],
  },
  {
    title: 'a subset, and the DestinationRules that lost',
    objects: [
      entry(),
      route(http({ route: [to(EGW, { subset: 'cnn', port: { number: 80 } })] })),
      rule({ subsets: [{ name: 'cnn', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } }] }, { name: 'a' }),
      rule({ host: '*.local', subsets: [{ name: 'cnn' }] }, { name: 'b' }),
      rule({ subsets: [{ name: 'cnn' }], exportTo: ['.'] }, { name: 'c' }),
      rule({ subsets: [{ name: 'cnn' }] }, { name: 'd', namespace: 'far' }),
    ],
    says: [
      'policy/subset DestinationRule istio-system/a spec.subsets[0]',
      'policy - less-specific DestinationRule istio-system/b spec.host by DestinationRule istio-system/a spec.host',
      'policy - not-exported DestinationRule istio-system/c spec.exportTo',
      'policy - off-path DestinationRule far/d metadata.namespace',
      'tls/istio-mutual DestinationRule istio-system/a spec.subsets[0].trafficPolicy.tls',
    ],
  },
  {
    title: 'a DestinationRule of the own namespace hides those of the gateway, even one for other pods',
    objects: [
      entry(),
      route(http({ route: [to(EGW, { subset: 'cnn', port: { number: 80 } })] })),
      rule({ subsets: [{ name: 'cnn' }] }, { name: 'a' }),
      rule({ workloadSelector: { matchLabels: { app: 'db' } } }, { name: 'b', namespace: 'shop' }),
      rule({ subsets: [{ name: 'bbc' }] }, { name: 'c', namespace: 'shop' }),
      rule({ subsets: [{ name: 'bbc' }], exportTo: ['*'] }, { name: 'd', namespace: 'shop', ...YOUNGER }),
    ],
    says: [
      'policy/no-subset DestinationRule shop/d spec.subsets',
      'policy - nearer-namespace DestinationRule istio-system/a metadata.namespace by DestinationRule shop/d metadata.namespace',
      'policy - other-pods DestinationRule shop/b spec.workloadSelector',
      'policy - older DestinationRule shop/c metadata.creationTimestamp by DestinationRule shop/d metadata.creationTimestamp',
    ],
  },
  {
    title: 'a DestinationRule that is merged into an older one, which is hidden',
    objects: [
      entry(),
      route(http({ route: [to(EGW, { subset: 'cnn', port: { number: 80 } })] })),
      rule({ exportTo: ['net'] }, { name: 'a' }),
      rule({ exportTo: ['net', 'shop'], subsets: [{ name: 'cnn' }] }, { name: 'b' }),
    ],
    says: [
      'policy - not-exported DestinationRule istio-system/a spec.exportTo',
      'policy - merged DestinationRule istio-system/b spec.exportTo by DestinationRule istio-system/a spec.exportTo',
    ],
  },
  {
    title: 'no DestinationRule at all',
    objects: [entry(), route(http({ route: [to(EGW, { subset: 'cnn', port: { number: 80 } })] }))],
    says: ['policy/no-rule-for-subset'],
  },
  {
    title: 'a DestinationRule that starts TLS in the sidecar',
    objects: [entry(), rule({ host: 'cnn.com', trafficPolicy: { tls: { mode: 'SIMPLE' } } }, { namespace: 'shop' })],
    says: [
      'policy/rule DestinationRule shop/cnn spec.host',
      'tls/simple DestinationRule shop/cnn spec.trafficPolicy.tls',
    ],
  },
  {
    title: 'one with certificates of its own, for the port',
    objects: [
      entry(),
      rule(
        {
          host: 'cnn.com',
          trafficPolicy: {
            portLevelSettings: [
              { port: { number: 80 }, tls: { mode: 'MUTUAL', clientCertificate: 'c', privateKey: 'k' } },
            ],
          },
        },
        { namespace: 'shop' },
      ),
    ],
    says: ['tls/mutual DestinationRule shop/cnn spec.trafficPolicy.portLevelSettings[0].tls'],
  },
  {
    title: 'PASSTHROUGH load balancing dials what the pod dialled',
    objects: [entry(), BOTH, rule({ trafficPolicy: { loadBalancer: { simple: 'PASSTHROUGH' } } })],
    says: ['dial/passthrough-balancer DestinationRule istio-system/cnn spec.trafficPolicy.loadBalancer'],
  },
  {
    title: 'an address outside, of an endpoint',
    objects: [entry({ resolution: 'STATIC', endpoints: [{ address: '10.0.0.9' }, { address: '203.0.113.9' }] })],
    says: ['dial/outside-address ServiceEntry shop/cnn spec.endpoints[1].address'],
  },
  {
    title: 'an address outside, of a WorkloadEntry that joins the gateway',
    objects: [
      entry(),
      BOTH,
      manifest('WorkloadEntry', { address: '203.0.113.9', labels: EGRESS_LABELS }, { namespace: 'istio-system' }),
    ],
    says: ['dial/outside-address WorkloadEntry istio-system/cnn spec.address'],
  },
  {
    title: 'a static entry without endpoints dials nothing',
    objects: [entry({ resolution: 'STATIC' })],
    says: ['dial/no-endpoint ServiceEntry shop/cnn spec.resolution'],
  },
  {
    title: 'a DNS entry whose workloads are nowhere has no cluster',
    objects: [entry({ workloadSelector: { labels: { app: 'none' } } })],
    says: ['dial/no-cluster ServiceEntry shop/cnn spec.resolution'],
  },
  {
    title: 'an entry that asks DNS for whatever name comes',
    objects: [entry({ hosts: ['*.com'], resolution: 'DYNAMIC_DNS', ports: [port(80, 'HTTP')] })],
    says: ['dial/forward-proxy ServiceEntry shop/cnn spec.resolution'],
  },
  {
    title: 'a headless Service dials the pod that is named',
    objects: [
      manifest(
        'Service',
        { clusterIP: 'None', selector: { app: 'db' }, ports: [{ name: 'http', port: 80 }] },
        { name: 'db' },
      ),
    ],
    call: { host: 'db.shop.svc.cluster.local' },
    says: ['dial/headless Service shop/db spec.clusterIP'],
  },
  {
    title: "a port that the gateway's Service does not have",
    objects: [],
    client: AT_GATEWAY,
    call: { port: 9000 },
    says: ['port/no-service-port Service istio-system/istio-egressgateway spec.ports'],
  },
  {
    title: 'no server takes it: for other pods, on another port, with TLS',
    objects: [
      gateway([server(80, 'HTTP')], { name: 'a' }, { app: 'other' }),
      gateway([server(8443, 'HTTPS', 'ISTIO_MUTUAL'), server(80, 'HTTPS', 'ISTIO_MUTUAL')], { name: 'b' }),
    ],
    client: AT_GATEWAY,
    says: [
      'server/no-server',
      'server - other-pods Gateway shop/a spec.selector',
      'server - other-port Gateway shop/b spec.servers[0].port.number',
      'server - wants-tls Gateway shop/b spec.servers[1].tls',
    ],
  },
  {
    title: 'TLS for a server that has plaintext',
    objects: [HTTP_GATEWAY],
    client: AT_GATEWAY,
    call: { port: 80, protocol: 'tls' },
    says: ['server/tls-on-plaintext Gateway shop/egress spec.servers[0]'],
  },
  {
    title: 'a client without a certificate, and a server with the same name and other servers beside it',
    objects: [
      gateway([server(443, 'HTTPS', 'ISTIO_MUTUAL'), server(443, 'HTTPS', 'SIMPLE', ['*.com'])]),
      gateway([server(443, 'HTTPS', 'SIMPLE'), server(443, 'HTTPS', 'SIMPLE', ['bbc.com'])], { name: 'z' }),
    ],
    client: AT_GATEWAY,
    call: TLS,
    says: [
      'server/no-certificate Gateway shop/egress spec.servers[0]',
      'server - less-specific Gateway shop/egress spec.servers[1].hosts by Gateway shop/egress spec.servers[0].hosts',
      'server - host-taken Gateway shop/z spec.servers[0].hosts',
      'server - other-sni Gateway shop/z spec.servers[1].hosts',
    ],
  },
  {
    title: 'bytes for a server that takes HTTP in TLS',
    objects: [gateway([server(443, 'HTTPS', 'ISTIO_MUTUAL')])],
    client: AT_GATEWAY,
    call: { port: 443, protocol: 'mtls-tcp' },
    says: ['server/no-http-inside Gateway shop/egress spec.servers[0]'],
  },
  {
    title: 'a server that ends TLS, beside one that takes none',
    objects: [
      gateway([server(443, 'HTTPS', 'ISTIO_MUTUAL')]),
      gateway([server(443, 'HTTP')], { name: 'z', ...YOUNGER }),
      route({ gateways: ['egress'], ...http({ route: [OUT] }) }),
    ],
    client: AT_GATEWAY,
    call: { port: 443, protocol: 'mtls-http' },
    says: [
      'server/terminates Gateway shop/egress spec.servers[0]',
      'server - plaintext-only Gateway shop/z spec.servers[0].port',
      'binding/route VirtualService shop/cnn spec.hosts[0]',
    ],
  },
  {
    title: 'two TCP servers on one port: the older has it',
    objects: [
      gateway([server(80, 'TCP')]),
      gateway([server(80, 'TCP')], { name: 'z' }),
      route({ gateways: ['egress'], tcp: [{ route: [OUT] }] }),
    ],
    client: AT_GATEWAY,
    call: TCP,
    says: [
      'server/plaintext Gateway shop/egress spec.servers[0]',
      'server - port-taken Gateway shop/z spec.servers[0].port',
      'binding/route VirtualService shop/cnn spec.tcp[0]',
    ],
  },
  {
    title: 'a server that ends TLS and has tls rules only',
    objects: [
      gateway([server(443, 'TLS', 'ISTIO_MUTUAL')]),
      route({ gateways: ['egress'], tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [OUT] }] }),
    ],
    client: AT_GATEWAY,
    call: { port: 443, protocol: 'mtls-tcp' },
    says: [
      'server/no-rule Gateway shop/egress spec.servers[0]',
      'binding/no-route',
      'binding - other-section VirtualService shop/cnn spec.tls',
    ],
  },
  {
    title: 'a server that has a name closer, and one whose rules do not fit',
    objects: [
      gateway([server(443, 'TLS', 'ISTIO_MUTUAL'), server(443, 'HTTPS', 'ISTIO_MUTUAL', ['*.com'])]),
      route({ gateways: ['egress'], ...http({ route: [OUT] }) }),
    ],
    client: AT_GATEWAY,
    call: { port: 443, protocol: 'mtls-http' },
    says: ['server - no-rule Gateway shop/egress spec.servers[0].port.protocol'],
  },
  {
    title: 'TLS that a server passes through, and matches that share an SNI',
    objects: [
      gateway([server(443, 'TLS', 'PASSTHROUGH', ['*.com'])]),
      route({ gateways: ['egress'], tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [OUT] }] }, { name: 'a' }),
      route(
        {
          hosts: ['cnn.com', 'bbc.com'],
          gateways: ['egress'],
          tls: [{ match: [{ sniHosts: ['cnn.com', 'bbc.com'] }], route: [OUT] }],
        },
        { name: 'b' },
      ),
    ],
    client: AT_GATEWAY,
    call: TLS,
    says: [
      'server/passes Gateway shop/egress spec.servers[0]',
      'binding/route VirtualService shop/a spec.tls[0].match[0]',
      'binding - sni-taken VirtualService shop/b spec.tls[0].match[0].sniHosts',
    ],
  },
  {
    title: 'VirtualServices that are not bound to the server',
    objects: [
      gateway([{ ...server(80, 'HTTP'), hosts: ['far/cnn.com'] }]),
      route({ gateways: ['other'], ...http({ route: [OUT] }) }, { name: 'a' }),
      route({ gateways: ['shop/egress'], ...http({ route: [OUT] }) }, { name: 'b', namespace: 'net' }),
      route({ gateways: ['shop/egress'], exportTo: ['.'], ...http({ route: [OUT] }) }, { name: 'c', namespace: 'far' }),
    ],
    client: AT_GATEWAY,
    says: [
      'binding/no-route',
      'binding - gateway-not-listed VirtualService shop/a spec.gateways',
      'binding - other-host VirtualService net/b spec.hosts by Gateway shop/egress spec.servers[0].hosts',
      'binding - not-exported VirtualService far/c spec.exportTo',
    ],
  },
  {
    title: 'a server that redirects to HTTPS',
    objects: [gateway([{ ...server(80, 'HTTP'), tls: { httpsRedirect: true } }])],
    client: AT_GATEWAY,
    says: ['route/https-redirect Gateway shop/egress spec.servers[0].tls.httpsRedirect'],
  },
  {
    title: 'a namespace to which the entry is not exported',
    objects: [entry({ exportTo: ['.'] })],
    client: BILLING,
    says: ['service - not-exported ServiceEntry shop/cnn spec.exportTo'],
  },
];

function* stepsOf({ steps, ways }: Hop): Generator<Step> {
  yield* steps;
  for (const way of ways) {
    yield* way.steps;
    if (way.next !== undefined) yield* stepsOf(way.next);
  }
}

function said(explanation: Explanation): readonly string[] {
  return [...stepsOf(explanation.hop)].flatMap(({ step, reason, object, field, losers }) => [
    object === undefined ? `${step}/${reason}` : `${step}/${reason} ${at({ object, field })}`,
    ...losers.map((loser) => {
      const by = loser.by === undefined ? '' : ` by ${at(loser.by)}`;
      return `${step} - ${loser.reason} ${at(loser)}${by}`;
    }),
  ]);
}

function at({ object, field }: { readonly object: MeshObject; readonly field: string }): string {
  return `${object.kind} ${object.metadata.namespace}/${object.metadata.name} ${field}`;
}

for (const row of ROWS) {
  t.test(row.title, (t) => {
    const lines = said(explained(row));
    for (const line of row.says) t.ok(lines.includes(line), line, { found: lines });
    t.end();
  });
}

t.test('some world above brings about every reason', (t) => {
  const all = ROWS.flatMap((row) => said(explained(row)));
  const reasons = Object.entries(STEP_WORDS).flatMap(([step, words]) =>
    Object.keys(words).map((one) => `${step}/${one}`),
  );
  for (const reason of reasons)
    t.ok(
      all.some((line) => line === reason || line.startsWith(`${reason} `)),
      reason,
    );
  for (const loss of Object.keys(LOSS_WORDS))
    t.ok(
      all.some((line) => line.includes(` - ${loss} `)),
      loss,
    );
  t.end();
});
