import t from 'tap';
import { MEND_WORDS } from '../../src/report/mend-words.js';
import { mendOf } from '../../src/report/mend.js';
import { manifest } from '../mesh/manifests.js';
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
  YOUNGER,
  type Question,
} from '../routing/explanation/small-world.js';

interface Row extends Question {
  readonly title: string;
  /** `code Kind namespace/name field`; undefined where there is nothing to mend. */
  readonly mend: string | undefined;
  readonly text?: string;
}

const ROWS: readonly Row[] = [
  { title: 'the right way', objects: [entry(), HTTP_GATEWAY, BOTH], mend: undefined },
  {
    title: 'nothing routes it',
    objects: [entry()],
    mend: 'add-route ServiceEntry shop/cnn spec.ports[0]',
    text: 'Route cnn.com:80 to the egress gateway with a VirtualService, or take the port out of ServiceEntry shop/cnn.',
  },
  { title: 'nothing declares it', objects: [], mend: 'add-entry' },
  {
    title: 'nothing declares the port',
    objects: [entry()],
    call: { port: 8080 },
    mend: 'add-port ServiceEntry shop/cnn spec.ports',
  },
  {
    title: 'the mesh lets everything go',
    objects: [],
    mesh: { outboundTrafficPolicy: 'ALLOW_ANY' },
    mend: 'registry-only',
  },
  {
    title: 'an entry that is not exported',
    objects: [entry({ exportTo: ['.'] })],
    client: BILLING,
    mend: 'export ServiceEntry shop/cnn spec.exportTo',
    text: 'Add billing to exportTo of ServiceEntry shop/cnn, or leave exportTo out.',
  },
  {
    title: 'TLS to a port that is declared as HTTP',
    objects: [entry()],
    call: { protocol: 'tls' },
    mend: 'adapt-protocol ServiceEntry shop/cnn spec.ports[0]',
    text: 'Call port 80 as HTTP, or declare what it speaks in ServiceEntry shop/cnn.',
  },
  {
    title: 'bytes to a port that is declared as an HTTP proxy',
    objects: [entry({ ports: [port(80, 'HTTP_PROXY')] })],
    call: TCP,
    mend: 'adapt-protocol ServiceEntry shop/cnn spec.ports[0]',
  },
  {
    title: 'a Sidecar that does not import the routes',
    objects: [
      entry(),
      route(http({ route: [EGRESS] }), { namespace: 'net' }),
      sidecar({ egress: [{ hosts: ['./*'] }] }),
    ],
    mend: 'import Sidecar shop/default spec.egress[0].hosts',
    text: 'Add "net/*" to spec.egress[0].hosts of Sidecar shop/default, so that these pods see VirtualService net/cnn.',
  },
  {
    title: 'gateways without mesh',
    objects: [entry(), route({ gateways: ['egress'], ...http({ route: [EGRESS] }) })],
    mend: 'bind-mesh VirtualService shop/cnn spec.gateways',
  },
  {
    title: 'the wrong section',
    objects: [entry(), route(http({ route: [EGRESS] }))],
    call: TLS,
    mend: 'right-section VirtualService shop/cnn spec.http',
    text: 'Port 443 is declared as TLS: it needs a rule under `tls` in VirtualService shop/cnn.',
  },
  {
    title: 'a port without a protocol',
    objects: [
      entry({ ports: [port(443)] }),
      route({ tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [SECURE_EGRESS] }] }),
    ],
    call: TLS,
    mend: 'declare-protocol ServiceEntry shop/cnn spec.ports[0]',
  },
  {
    title: 'a rule for other pods',
    objects: [entry(), route(http({ match: [{ sourceLabels: { app: 'db' } }], route: [EGRESS] }))],
    mend: 'cover-other-pods VirtualService shop/cnn spec.http[0].match[0].sourceLabels',
  },
  {
    title: 'a delegate that is not there',
    objects: [entry(), route(http({ delegate: { name: 'none' } }))],
    mend: 'mend-delegate VirtualService shop/cnn spec.http[0].delegate',
  },
  {
    title: 'a rule for another port',
    objects: [entry(), route(http({ match: [{ port: 8080 }], route: [EGRESS] }))],
    mend: 'cover-port VirtualService shop/cnn spec.http[0].match[0].port',
  },
  {
    title: 'a route for one name under a wildcard, on another port than 80',
    objects: [
      entry({ hosts: ['*.com'], resolution: 'NONE', ports: [port(8080, 'HTTP')] }),
      route(http({ route: [EGRESS] })),
    ],
    call: { port: 8080 },
    mend: 'declare-host VirtualService shop/cnn spec.hosts[0]',
  },
  {
    title: 'another SNI',
    objects: [
      entry({ hosts: ['*.com'], resolution: 'NONE' }),
      route({ hosts: ['*.com'], tls: [{ match: [{ sniHosts: ['bbc.com'] }], route: [SECURE_EGRESS] }] }),
    ],
    call: TLS,
    mend: 'cover-name VirtualService shop/cnn spec.tls[0].match[0].sniHosts',
  },
  {
    title: 'other addresses',
    objects: [
      entry(),
      route({
        tls: [{ match: [{ sniHosts: ['cnn.com'], destinationSubnets: ['10.9.0.0/16'] }], route: [SECURE_EGRESS] }],
      }),
    ],
    call: TLS,
    mend: 'cover-address VirtualService shop/cnn spec.tls[0].match[0].destinationSubnets',
  },
  {
    title: "the namespace's own entry hides the one that is routed",
    objects: [
      entry({ ports: [port(443, 'TCP')] }, { name: 'raw' }),
      entry({}, { namespace: 'net' }),
      route({ tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [SECURE_EGRESS] }] }, { namespace: 'net' }),
    ],
    call: TLS,
    mend: 'no-namesake ServiceEntry shop/raw spec.ports[0]',
    text: 'Remove ServiceEntry shop/raw: here it hides ServiceEntry net/cnn.',
  },
  {
    title: 'a private route before the right one',
    objects: [
      entry(),
      route({ exportTo: ['.'], ...http({ route: [OUT] }) }, { name: 'quick', ...YOUNGER }),
      route(http({ route: [EGRESS] })),
    ],
    mend: 'no-rival VirtualService shop/quick spec.http[0].route[0].destination',
    text: 'Remove VirtualService shop/quick, or let it send to the egress gateway: it goes before VirtualService shop/cnn.',
  },
  {
    title: 'a share that goes out directly',
    objects: [
      entry(),
      route(
        http({
          route: [
            { ...EGRESS, weight: 90 },
            { ...OUT, weight: 10 },
          ],
        }),
      ),
    ],
    mend: 'send-to-gateway VirtualService shop/cnn spec.http[0].route[1].destination',
  },
  {
    title: 'a mirror',
    objects: [entry(), route(http({ route: [EGRESS], mirror: { host: 'cnn.com' } }))],
    mend: 'no-mirror VirtualService shop/cnn spec.http[0].mirror',
  },
  {
    title: 'an ExternalName Service',
    objects: [
      entry(),
      manifest(
        'Service',
        { type: 'ExternalName', externalName: 'cnn.com', ports: [{ port: 80, name: 'http' }] },
        { name: 'gw' },
      ),
      route(http({ route: [to('gw')] })),
    ],
    mend: 'no-alias Service shop/gw spec.externalName',
  },
  {
    title: 'PASSTHROUGH load balancing',
    objects: [entry(), BOTH, rule({ trafficPolicy: { loadBalancer: { simple: 'PASSTHROUGH' } } })],
    mend: 'no-balancer DestinationRule istio-system/cnn spec.trafficPolicy.loadBalancer',
  },
  {
    title: "an outside address behind the gateway's name",
    objects: [
      entry(),
      BOTH,
      manifest('WorkloadEntry', { address: '203.0.113.9', labels: EGRESS_LABELS }, { namespace: 'istio-system' }),
    ],
    mend: 'no-capture WorkloadEntry istio-system/cnn spec.address',
  },
  {
    title: 'a Sidecar with a proxy of its own',
    objects: [
      entry(),
      sidecar({
        outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'cnn.com', port: { number: 443 } } },
      }),
    ],
    call: { host: 'bbc.com', port: 9000 },
    mend: 'no-proxy Sidecar shop/default spec.outboundTrafficPolicy',
  },
  {
    title: 'a destination that nothing declares',
    objects: [entry(), route(http({ route: [to('istio-egressgateway.istio-system')] }))],
    mend: 'add-destination',
  },
  {
    title: 'a destination that is hidden',
    objects: [
      entry(),
      entry({ hosts: ['hidden.com'], exportTo: ['.'] }, { name: 'hidden', namespace: 'net' }),
      route(http({ route: [to('hidden.com')] })),
    ],
    mend: 'export ServiceEntry net/hidden spec.exportTo',
  },
  {
    title: 'a port that the gateway does not have',
    objects: [entry(), route(http({ route: [to(EGW, { port: { number: 9000 } })] }))],
    mend: 'add-gateway-port Service istio-system/istio-egressgateway spec.ports',
  },
  {
    title: 'a subset in the wrong namespace',
    objects: [
      entry(),
      route(http({ route: [to(EGW, { subset: 'cnn', port: { number: 80 } })] })),
      rule({ subsets: [{ name: 'cnn' }] }, { namespace: 'far' }),
    ],
    mend: 'move-rule DestinationRule far/cnn metadata.namespace',
    text: 'Move DestinationRule far/cnn to namespace istio-system: every namespace looks there.',
  },
  {
    title: 'a subset behind a DestinationRule of the own namespace',
    objects: [
      entry(),
      route(http({ route: [to(EGW, { subset: 'cnn', port: { number: 80 } })] })),
      rule({ subsets: [{ name: 'cnn' }] }),
      rule({}, { namespace: 'shop' }),
    ],
    mend: 'share-subset DestinationRule istio-system/cnn metadata.namespace',
  },
  {
    title: 'a subset in a DestinationRule that is merged into a hidden one',
    objects: [
      entry(),
      route(http({ route: [to(EGW, { subset: 'cnn', port: { number: 80 } })] })),
      rule({ exportTo: ['net'] }, { name: 'a' }),
      rule({ exportTo: ['net', 'shop'], subsets: [{ name: 'cnn' }] }, { name: 'b' }),
    ],
    mend: 'export-older DestinationRule istio-system/b spec.exportTo',
    text: 'Export DestinationRule istio-system/a to shop too: DestinationRule istio-system/b is merged into it, and exported as it is.',
  },
  {
    title: 'a subset that nobody defines',
    objects: [entry(), route(http({ route: [to(EGW, { subset: 'cnn', port: { number: 80 } })] })), rule({})],
    mend: 'define-subset DestinationRule istio-system/cnn spec.subsets',
    text: `Define subset cnn in a DestinationRule for ${EGW} in namespace istio-system.`,
  },
  {
    title: 'resolution NONE at the gateway',
    objects: [entry({ resolution: 'NONE' }), HTTP_GATEWAY, BOTH],
    mend: 'add-endpoint ServiceEntry shop/cnn spec.resolution',
  },
  { title: 'no Gateway', objects: [entry(), BOTH], mend: 'add-server' },
  {
    title: 'a Gateway for other pods',
    objects: [entry(), BOTH, gateway([server(80, 'HTTP')], {}, { app: 'other' })],
    mend: 'select-pods Gateway shop/egress spec.selector',
  },
  {
    title: 'a Gateway that wants TLS',
    objects: [entry(), BOTH, gateway([server(80, 'HTTPS', 'ISTIO_MUTUAL')])],
    mend: 'send-tls Gateway shop/egress spec.servers[0].tls',
  },
  {
    title: 'a Gateway that wants a certificate',
    objects: [gateway([server(443, 'HTTPS', 'ISTIO_MUTUAL')])],
    client: AT_GATEWAY,
    call: TLS,
    mend: 'send-tls Gateway shop/egress spec.servers[0]',
  },
  {
    title: 'TLS to a Gateway that takes plaintext',
    objects: [entry(), BOTH, HTTP_GATEWAY, rule({ trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: 'cnn.com' } } })],
    mend: 'send-plain Gateway shop/egress spec.servers[0]',
  },
  {
    title: 'the default SNI',
    objects: [
      entry(),
      BOTH,
      gateway([server(80, 'HTTPS', 'ISTIO_MUTUAL')]),
      rule({ trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } }),
    ],
    mend: 'cover-sni Gateway shop/egress spec.servers[0].hosts',
  },
  {
    title: 'bytes for a server that takes HTTP',
    objects: [
      gateway([server(443, 'HTTP', undefined, ['bbc.com'])], { name: 'a' }),
      gateway([server(443, 'TLS', 'PASSTHROUGH')]),
    ],
    client: AT_GATEWAY,
    call: { port: 443, protocol: 'tcp' },
    mend: 'server-protocol Gateway shop/a spec.servers[0]',
  },
  {
    title: 'two servers with TLS for one host',
    objects: [
      gateway(
        [server(443, 'HTTPS', 'ISTIO_MUTUAL', ['cnn.com', 'bbc.com'])],
        { name: 'a' },
        { istio: 'egressgateway' },
      ),
      gateway([server(443, 'HTTPS', 'ISTIO_MUTUAL', ['cnn.com', 'itv.com'])], { name: 'b' }),
    ],
    client: AT_GATEWAY,
    call: { host: 'itv.com', port: 443, protocol: 'mtls-http' },
    mend: 'no-refusal Gateway shop/b spec.servers[0].hosts',
  },
  {
    title: 'a VirtualService that does not name the Gateway',
    objects: [HTTP_GATEWAY, route({ gateways: ['other'], ...http({ route: [OUT] }) })],
    client: AT_GATEWAY,
    mend: 'bind-gateway VirtualService shop/cnn spec.gateways',
  },
  {
    title: 'no VirtualService for the Gateway',
    objects: [HTTP_GATEWAY],
    client: AT_GATEWAY,
    mend: 'add-gateway-route',
    text: 'Add a rule for Gateway shop/egress to a VirtualService for cnn.com, under `http`.',
  },
  {
    title: 'the other section at the Gateway',
    objects: [
      gateway([server(443, 'TLS', 'ISTIO_MUTUAL')]),
      route({ gateways: ['egress'], tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [OUT] }] }),
    ],
    client: AT_GATEWAY,
    call: { port: 443, protocol: 'mtls-tcp' },
    mend: 'right-gateway-section VirtualService shop/cnn spec.tls',
  },
  {
    title: "other hosts than the server's",
    objects: [
      gateway([{ ...server(80, 'HTTP'), hosts: ['far/cnn.com'] }]),
      route({ gateways: ['egress'], ...http({ route: [OUT] }) }),
    ],
    client: AT_GATEWAY,
    mend: 'cover-hosts VirtualService shop/cnn spec.hosts',
  },
  {
    title: 'no match for the Gateway',
    objects: [
      HTTP_GATEWAY,
      route({ gateways: ['mesh', 'egress'], ...http({ match: [{ gateways: ['mesh'] }], route: [OUT] }) }),
    ],
    client: AT_GATEWAY,
    mend: 'cover-match VirtualService shop/cnn spec.http[0].match[0].gateways',
  },
  {
    title: 'matches at the Gateway that share an SNI',
    objects: [
      gateway([server(443, 'TLS', 'PASSTHROUGH', ['*.com'])]),
      route(
        { hosts: ['bbc.com'], gateways: ['egress'], tls: [{ match: [{ sniHosts: ['bbc.com'] }], route: [OUT] }] },
        { name: 'a' },
      ),
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
    mend: 'free-sni VirtualService shop/b spec.tls[0].match[0].sniHosts',
  },
  {
    title: 'requests that no rule takes',
    objects: [
      HTTP_GATEWAY,
      route({ gateways: ['egress'], ...http({ match: [{ uri: { prefix: '/a' } }], route: [OUT] }) }),
      entry(),
    ],
    client: AT_GATEWAY,
    mend: 'cover-rest VirtualService shop/cnn spec.http',
  },
  {
    title: 'a rule that answers itself',
    objects: [entry(), route(http({ directResponse: { status: 418 } }))],
    mend: 'no-answer VirtualService shop/cnn spec.http[0].directResponse',
  },
  {
    title: 'a Gateway that sends it back inside',
    objects: [entry(), HTTP_GATEWAY, route({ gateways: ['egress'], ...http({ route: [EGRESS] }) })],
    client: AT_GATEWAY,
    mend: 'send-out VirtualService shop/cnn spec.http[0].route[0].destination',
  },
];

function told(question: Question): { readonly line: string | undefined; readonly text: string | undefined } {
  const mend = mendOf(explained(question));
  if (mend === undefined) return { line: undefined, text: undefined };
  const { code, object, field, text } = mend;
  if (object === undefined) return { line: code, text };
  return { line: `${code} ${object.kind} ${object.metadata.namespace}/${object.metadata.name} ${field}`, text };
}

for (const row of ROWS) {
  t.test(row.title, (t) => {
    const { line, text } = told(row);
    t.equal(line, row.mend);
    if (row.text !== undefined) t.equal(text, row.text);
    t.notMatch(text ?? '', /\{|\}|undefined| {2}|,,/, 'a sentence without gaps');
    t.end();
  });
}

t.test('some world above needs each mend', (t) => {
  const codes = new Set(ROWS.map(({ mend = '' }) => mend.split(' ')[0]));
  for (const code of Object.keys(MEND_WORDS)) t.ok(codes.has(code), code);
  t.end();
});
