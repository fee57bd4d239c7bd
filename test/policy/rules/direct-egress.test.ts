import {
  EGRESS,
  egressGateway,
  entry,
  fullPair,
  gateway,
  gatewayHttp,
  gatewayTls,
  httpPair,
  meshHttp,
  meshTls,
  routes,
  service,
  sidecar,
  subsets,
  toGateway,
  toHost,
  workload,
  type Document,
} from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const EVERYBODY = { namespace: '*' };
const SHOP = { namespace: 'shop' };
const cnn80 = { host: 'cnn.com', port: 80, client: EVERYBODY };
const cnn443 = { host: 'cnn.com', port: 443, client: EVERYBODY };

const both = entry(['80 HTTP', '443 TLS']);
const plain = entry(['80 HTTP']);

/** The right routes with the mesh's HTTP rule replaced. */
function withMeshRules(...rules: readonly Document[]): Document {
  return routes({ http: [...rules, gatewayHttp()] });
}

const direct = { match: [{ gateways: ['mesh'] }], route: [toHost(80)] };
const passthrough = { loadBalancer: { simple: 'PASSTHROUGH' } };
const delegating = withMeshRules({ match: [{ gateways: ['mesh'] }], delegate: { name: 'd', namespace: 'other' } });
const delegated = routes(
  { hosts: [], gateways: [], http: [{ route: [toGateway(80)] }] },
  { name: 'd', namespace: 'other' },
);

const VALID: readonly ValidCase[] = [
  { name: 'an entry whose routes are there', world: [fullPair()], change: { create: both } },
  { name: 'routes before their entry', change: { create: fullPair() } },
  { name: 'an entry that nobody sees', change: { create: entry(['80 HTTP'], { exportTo: ['~'] }) } },
  {
    name: 'an entry of the inside',
    change: {
      create: entry(['80 HTTP'], {
        hosts: ['db.internal'],
        location: 'MESH_INTERNAL',
        resolution: 'STATIC',
        endpoints: [{ address: '10.1.2.3' }],
      }),
    },
  },
  {
    name: 'a share of nothing, and a mirror of nothing',
    world: [plain],
    change: {
      update: withMeshRules({
        match: [{ gateways: ['mesh'], port: 80 }],
        route: [
          { ...toGateway(80), weight: 100 },
          { ...toHost(80), weight: 0 },
        ],
        mirrors: [{ destination: { host: 'cnn.com' }, percentage: { value: 0 } }],
      }),
      from: httpPair(),
    },
  },
  {
    name: 'a rule for some requests and none for the others: these get a 404',
    world: [plain],
    change: { update: withMeshRules(meshHttp(80, { headers: { x: { exact: '1' } } })), from: httpPair() },
  },
  {
    name: 'a younger public VirtualService with a direct route, which loses',
    world: [plain, httpPair()],
    change: { create: routes({ gateways: [], http: [{ route: [toHost(80)] }] }, { name: 'late', namespace: 'other' }) },
  },
  {
    name: 'an update that leaves an old leak as it is',
    change: { update: entry(['80 HTTP'], {}, { labels: { team: 'web' } }), from: plain },
  },
  { name: 'the entry deleted, its routes to follow', world: [httpPair()], change: { delete: plain } },
  {
    name: 'routes that a DestinationRule of the gateway leads elsewhere inside',
    world: [plain, httpPair()],
    change: { update: subsets({ trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } }), from: subsets() },
    ground: [egressGateway(), gateway()],
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'an entry without routes, a port each',
    change: { create: both },
    findings: [
      {
        reason: 'no-route',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts[0]',
        ...cnn80,
        says: ['calls to cnn.com:80 from every namespace leave the mesh directly', 'two rules for port 80'],
      },
      { reason: 'no-route', object: 'ServiceEntry shop/cnn', field: 'spec.hosts[0]', ...cnn443 },
    ],
  },
  {
    name: 'a wildcard that nothing routes, and a name in it that is routed on port 80 alone',
    world: [
      routes({ hosts: ['www.cnn.com'], http: [meshHttp(8080), gatewayHttp(8080, 'www.cnn.com')] }, { name: 'www' }),
    ],
    change: { create: entry(['8080 HTTP'], { hosts: ['*.cnn.com'], resolution: 'NONE' }) },
    findings: [
      {
        reason: 'no-route',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts[0]',
        host: '*',
        port: 8080,
        client: EVERYBODY,
        says: ['calls to *.cnn.com:8080', 'apply a VirtualService for *.cnn.com'],
      },
      {
        reason: 'port-uncovered',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts[0]',
        host: 'www.cnn.com',
        port: 8080,
        client: EVERYBODY,
        says: ['only *.cnn.com is declared', 'declare www.cnn.com itself'],
      },
    ],
  },
  {
    name: 'mesh taken out of spec.gateways',
    world: [plain],
    change: { update: httpPair({}, { gateways: ['egress'] }), from: httpPair() },
    findings: [
      {
        reason: 'no-route',
        object: 'VirtualService shop/cnn',
        field: 'spec.gateways',
        ...cnn80,
        says: ['does not list mesh', 'add mesh to spec.gateways'],
      },
    ],
  },
  {
    name: "the mesh's half removed",
    world: [plain],
    change: { update: withMeshRules(), from: httpPair() },
    findings: [
      {
        reason: 'no-route',
        object: 'VirtualService shop/cnn',
        field: 'spec.http',
        ...cnn80,
        says: ['no rule of VirtualService shop/cnn for mesh', 'match.gateways [mesh] and port 80'],
      },
    ],
  },
  {
    name: "the mesh's half removed while nobody has declared the host: the VirtualService is named, not what is assumed",
    change: { update: withMeshRules(), from: httpPair() },
    findings: [{ reason: 'no-route', object: 'VirtualService shop/cnn', field: 'spec.http', ...cnn80 }],
  },
  {
    name: 'routes that lead to the host alone',
    world: [plain],
    change: { update: routes({ gateways: ['mesh'], http: [{ route: [toHost(80)] }] }), from: httpPair() },
    findings: [
      {
        reason: 'no-route',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.host',
        ...cnn80,
        says: ['this rule sends them to cnn.com:80, and none leads to the egress gateway'],
      },
    ],
  },
  {
    name: 'a direct route, written by somebody else where the call leaks already',
    world: [plain],
    change: { create: routes({ gateways: ['mesh'], http: [{ route: [toHost(80)] }] }) },
    findings: [
      {
        reason: 'no-route',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.host',
        ...cnn80,
      },
    ],
  },
  {
    name: 'a headless Service, which is dialled at whatever address',
    change: { create: service({ clusterIP: 'None', selector: { app: 'reviews' } }) },
    findings: [
      {
        reason: 'no-route',
        object: 'Service shop/reviews',
        field: 'spec.clusterIP',
        host: 'reviews.shop.svc.cluster.local',
        port: 80,
        client: EVERYBODY,
        says: ['has no cluster IP'],
      },
    ],
  },
  {
    name: 'one more port',
    world: [httpPair()],
    change: { update: entry(['80 HTTP', '8080 HTTP']), from: plain },
    findings: [
      {
        reason: 'port-uncovered',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.ports[1]',
        host: 'cnn.com',
        port: 8080,
        client: EVERYBODY,
        says: ['VirtualService shop/cnn takes other ports', 'take the port out of ServiceEntry shop/cnn'],
      },
    ],
  },
  {
    name: 'the rule moved to another port',
    world: [plain],
    change: { update: withMeshRules(meshHttp(8080)), from: httpPair() },
    findings: [
      {
        reason: 'port-uncovered',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].match[0].port',
        ...cnn80,
      },
    ],
  },
  {
    name: 'a share to the host',
    world: [plain],
    change: {
      update: withMeshRules({
        match: [{ gateways: ['mesh'] }],
        route: [
          { ...toGateway(80), weight: 99 },
          { ...toHost(80), weight: 1 },
        ],
      }),
      from: httpPair(),
    },
    findings: [
      {
        reason: 'weight',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[1].destination.host',
        ...cnn80,
        says: ['weight 1 goes to cnn.com:80', 'remove this destination'],
      },
    ],
  },
  {
    name: 'a mirror to the host',
    world: [plain],
    change: { update: withMeshRules({ ...meshHttp(), mirror: { host: 'cnn.com' } }), from: httpPair() },
    findings: [
      {
        reason: 'mirror',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].mirror.host',
        ...cnn80,
        says: ['a copy of the calls to cnn.com:80'],
      },
    ],
  },
  {
    name: 'a second mirror',
    world: [plain],
    change: {
      update: withMeshRules({
        ...meshHttp(),
        mirrors: [{ destination: { host: EGRESS, port: { number: 80 } } }, { destination: { host: 'cnn.com' } }],
      }),
      from: httpPair(),
    },
    findings: [
      {
        reason: 'mirror',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].mirrors[1].destination.host',
        ...cnn80,
      },
    ],
  },
  {
    name: 'the rest of the requests',
    world: [plain],
    change: { update: withMeshRules(meshHttp(80, { headers: { x: { exact: '1' } } }), direct), from: httpPair() },
    findings: [
      {
        reason: 'fallthrough',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[1].route[0].destination.host',
        ...cnn80,
        says: ['calls to cnn.com:80 other than those with header "x" equal to "1" from every namespace'],
      },
    ],
  },
  {
    name: 'some of the requests',
    world: [plain],
    change: {
      update: withMeshRules(
        { match: [{ gateways: ['mesh'], uri: { prefix: '/fast' } }], route: [toHost(80)] },
        meshHttp(),
      ),
      from: httpPair(),
    },
    findings: [
      {
        reason: 'fallthrough',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.host',
        ...cnn80,
        says: ['calls to cnn.com:80 with a path beginning with "/fast" from every namespace'],
      },
    ],
  },
  {
    name: 'a rule for some addresses of a TCP port',
    world: [entry(['3306 TCP'])],
    change: {
      update: routes({
        tcp: [{ match: [{ port: 3306, destinationSubnets: ['203.0.113.0/25'] }], route: [toGateway(443)] }],
      }),
      from: routes({ tcp: [{ match: [{ port: 3306 }], route: [toGateway(443)] }] }),
    },
    findings: [
      {
        reason: 'address-capture',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.ports[0]',
        host: '*',
        port: 3306,
        client: EVERYBODY,
      },
      {
        reason: 'fallthrough',
        object: 'VirtualService shop/cnn',
        field: 'spec.tcp[0].match[0].destinationSubnets',
        host: 'cnn.com',
        port: 3306,
        client: EVERYBODY,
        says: ['unless they go to 203.0.113.0/25'],
      },
    ],
  },
  {
    name: 'an egressProxy that is outside',
    world: [plain, httpPair()],
    change: {
      create: sidecar({
        outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'cnn.com', port: { number: 80 } } },
      }),
    },
    findings: [
      {
        reason: 'fallthrough',
        object: 'Sidecar shop/default',
        field: 'spec.outboundTrafficPolicy.egressProxy',
        host: '*',
        port: 80,
        client: SHOP,
        says: ['calls to undeclared hosts on port 80 from namespace shop', 'egressProxy of this Sidecar, cnn.com:80'],
      },
      {
        reason: 'fallthrough',
        object: 'Sidecar shop/default',
        field: 'spec.outboundTrafficPolicy.egressProxy',
        host: 'cnn.com',
        port: 80,
        client: SHOP,
      },
    ],
  },
  {
    name: 'a direct rule before the right one',
    world: [plain],
    change: { update: withMeshRules(direct, meshHttp()), from: httpPair() },
    findings: [
      {
        reason: 'shadowed',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.host',
        ...cnn80,
        says: ['goes before a later rule of it'],
      },
    ],
  },
  {
    name: 'an older VirtualService that becomes a direct one',
    world: [plain, httpPair({ name: 'pair', creationTimestamp: '2024-01-02T00:00:00Z' })],
    change: {
      update: routes({ gateways: [], http: [{ route: [toHost(80)] }] }, { creationTimestamp: '2024-01-01T00:00:00Z' }),
      from: routes({ gateways: [], http: [meshHttp(81)] }, { creationTimestamp: '2024-01-01T00:00:00Z' }),
    },
    findings: [
      {
        reason: 'shadowed',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.host',
        ...cnn80,
        says: ['goes before VirtualService shop/pair'],
      },
    ],
  },
  {
    name: 'a younger VirtualService that asks for addresses',
    world: [entry(['443 TLS']), fullPair()],
    change: {
      create: routes(
        {
          gateways: [],
          tls: [{ match: [{ sniHosts: ['cnn.com'], destinationSubnets: ['203.0.113.0/24'] }], route: [toHost(443)] }],
        },
        { name: 'late', namespace: 'other' },
      ),
    },
    findings: [
      {
        reason: 'shadowed',
        object: 'VirtualService other/late',
        field: 'spec.tls[0].route[0].destination.host',
        ...cnn443,
        says: ['names addresses', 'VirtualService shop/cnn'],
      },
    ],
  },
  {
    name: 'a closer name without a rule for the port',
    world: [
      entry(['80 HTTP'], { hosts: ['www.cnn.com'] }),
      routes({ hosts: ['*.cnn.com'], http: [meshHttp(), gatewayHttp(80, 'www.cnn.com')] }),
    ],
    change: { create: routes({ hosts: ['www.cnn.com'], tls: [meshTls('www.cnn.com')] }, { name: 'www' }) },
    findings: [
      {
        reason: 'shadowed',
        object: 'VirtualService shop/www',
        field: 'spec.hosts[0]',
        host: 'www.cnn.com',
        port: 80,
        client: EVERYBODY,
        says: ['the host belongs to this VirtualService', 'not to VirtualService shop/cnn'],
      },
    ],
  },
  {
    name: "the gateway's way out without its gateways",
    world: [plain],
    change: { update: routes({ http: [{ route: [toHost(80)] }] }), from: httpPair() },
    findings: [
      {
        reason: 'unscoped-rule',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.host',
        ...cnn80,
        says: ['for the sidecars as well as for egress', 'match.gateways [egress]'],
      },
    ],
  },
  {
    name: 'mesh among the gateways of the way out',
    world: [plain],
    change: {
      update: routes({ http: [{ match: [{ gateways: ['egress', 'mesh'] }], route: [toHost(80)] }, meshHttp()] }),
      from: httpPair(),
    },
    findings: [
      {
        reason: 'unscoped-rule',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.host',
        ...cnn80,
      },
    ],
  },
  {
    name: 'rules moved to the section http of a TLS port',
    world: [entry(['443 TLS'])],
    change: {
      update: routes({
        http: [{ match: [{ gateways: ['mesh'], port: 443 }], route: [toGateway(443)] }],
        tls: [gatewayTls()],
      }),
      from: routes({ tls: [meshTls(), gatewayTls()] }),
    },
    findings: [
      {
        reason: 'wrong-section',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0]',
        ...cnn443,
        says: ['the port is TLS, for which Istio reads spec.tls', 'has its rules in spec.http'],
      },
    ],
  },
  {
    name: 'the protocol taken off a TLS port',
    world: [fullPair()],
    change: { update: entry(['443']), from: entry(['443 TLS']) },
    findings: [
      {
        reason: 'address-capture',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.ports[0]',
        host: '*',
        port: 443,
        client: EVERYBODY,
        says: ['takes whatever nothing else takes on port 443, which is of no declared protocol'],
      },
      {
        reason: 'wrong-section',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.ports[0].protocol',
        ...cnn443,
        says: ['Istio reads spec.http for plain HTTP and spec.tcp for all else', 'declare the port with protocol TLS'],
      },
    ],
  },
  {
    name: 'a rule for some pods',
    world: [plain],
    change: {
      update: withMeshRules({ match: [{ port: 80, sourceLabels: { v: '1' } }], route: [toGateway(80)] }),
      from: httpPair(),
    },
    findings: [
      {
        reason: 'source-scope',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].match[0].sourceLabels',
        ...cnn80,
        says: ['from pods without v=1 in every namespace', 'remove sourceLabels'],
      },
    ],
  },
  {
    name: 'a TLS rule for one namespace',
    world: [entry(['443 TLS'])],
    change: {
      update: routes({
        tls: [
          {
            match: [{ gateways: ['mesh'], port: 443, sniHosts: ['cnn.com'], sourceNamespace: 'shop' }],
            route: [toGateway(443)],
          },
          gatewayTls(),
        ],
      }),
      from: routes({ tls: [meshTls(), gatewayTls()] }),
    },
    findings: [
      {
        reason: 'source-scope',
        object: 'VirtualService shop/cnn',
        field: 'spec.tls[0].match[0].sourceNamespace',
        ...cnn443,
        says: ['from every namespace but shop'],
      },
    ],
  },
  {
    name: 'a delegate that is not there',
    world: [plain],
    change: { update: delegating, from: httpPair() },
    findings: [
      {
        reason: 'delegate',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].delegate',
        ...cnn80,
        says: ['VirtualService other/d, which does not exist'],
      },
    ],
  },
  {
    name: 'a delegate that is for somebody else',
    world: [plain, delegating],
    change: {
      update: { ...delegated, spec: { ...Object(delegated['spec']), exportTo: ['.'] } },
      from: delegated,
    },
    findings: [
      {
        reason: 'delegate',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].delegate',
        ...cnn80,
        says: ['VirtualService other/d, which is not exported to namespace shop'],
      },
    ],
  },
  {
    name: 'a delegate that gets hosts of its own',
    world: [plain, delegating],
    change: {
      update: { ...delegated, spec: { ...Object(delegated['spec']), hosts: ['other.com'] } },
      from: delegated,
    },
    findings: [
      {
        reason: 'delegate',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].delegate',
        ...cnn80,
        says: ['VirtualService other/d, which has hosts of its own'],
      },
    ],
  },
  {
    name: 'a delegate whose match lies outside',
    world: [
      plain,
      routes(
        { hosts: [], gateways: [], http: [{ match: [{ uri: { prefix: '/b' } }], route: [toGateway(80)] }] },
        { name: 'd', namespace: 'other' },
      ),
    ],
    change: {
      update: withMeshRules({
        match: [{ gateways: ['mesh'], uri: { prefix: '/a' } }],
        delegate: { name: 'd', namespace: 'other' },
      }),
      from: delegating,
    },
    findings: [
      {
        reason: 'delegate',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].delegate',
        ...cnn80,
        says: ['VirtualService other/d, which has no rule for the gateway that lies within'],
      },
    ],
  },
  {
    name: 'a delegate that leads outside',
    world: [plain, delegating],
    change: {
      update: { ...delegated, spec: { ...Object(delegated['spec']), http: [{ route: [toHost(80)] }] } },
      from: delegated,
    },
    findings: [
      {
        reason: 'delegate',
        object: 'VirtualService other/d',
        field: 'spec.http[0].route[0].destination.host',
        ...cnn80,
        says: ['to which others delegate'],
      },
    ],
  },
  {
    name: 'routes that others do not see',
    world: [plain],
    change: { update: httpPair({}, { exportTo: ['.'] }), from: httpPair() },
    findings: [
      {
        reason: 'not-exported',
        object: 'VirtualService shop/cnn',
        field: 'spec.exportTo',
        ...cnn80,
        says: ['from every namespace but shop', 'not exported to them as ServiceEntry shop/cnn is'],
      },
    ],
  },
  {
    name: 'an entry that is seen by more than its routes',
    world: [httpPair({}, { exportTo: ['.'] })],
    change: { create: plain },
    findings: [{ reason: 'not-exported', object: 'ServiceEntry shop/cnn', field: 'spec.hosts[0]', ...cnn80 }],
  },
  {
    name: 'a Sidecar that sees the entry and not the routes',
    world: [plain, httpPair({ namespace: 'net' }, { gateways: ['mesh', 'shop/egress'] })],
    change: { create: sidecar({ egress: [{ hosts: ['shop/*', 'istio-system/*'] }] }) },
    findings: [
      {
        reason: 'sidecar-scope',
        object: 'Sidecar shop/default',
        field: 'spec.egress[0].hosts',
        host: 'cnn.com',
        port: 80,
        client: SHOP,
        says: ['add net/cnn.com to these hosts'],
      },
    ],
  },
  {
    name: 'a VirtualService that is nearer to the clients',
    world: [plain, httpPair()],
    change: {
      create: routes(
        { gateways: [], exportTo: ['.'], http: [{ route: [toHost(80)] }] },
        { name: 'mine', namespace: 'billing' },
      ),
    },
    findings: [
      {
        reason: 'private-rival',
        object: 'VirtualService billing/mine',
        field: 'spec.http[0].route[0].destination.host',
        host: 'cnn.com',
        port: 80,
        client: { namespace: 'billing' },
        says: ['from namespace billing', 'goes before VirtualService shop/cnn'],
      },
    ],
  },
  {
    name: 'an outside host under an inside name',
    change: {
      create: entry(
        ['80 HTTP'],
        { hosts: ['cache.internal'], location: 'MESH_INTERNAL', endpoints: [{ address: 'cnn.com' }] },
        { name: 'cache' },
      ),
    },
    findings: [
      {
        reason: 'alias',
        object: 'ServiceEntry shop/cache',
        field: 'spec.hosts[0]',
        host: 'cache.internal',
        port: 80,
        client: EVERYBODY,
        says: ['dials cnn.com, which is outside'],
      },
    ],
  },
  {
    name: 'an outside address that joins a Service',
    world: [service({ clusterIP: '10.96.0.20', selector: { app: 'reviews' } })],
    change: { create: workload('203.0.113.9', { app: 'reviews' }) },
    findings: [
      {
        reason: 'alias',
        object: 'WorkloadEntry shop/stranger',
        field: 'spec.address',
        host: 'reviews.shop.svc.cluster.local',
        port: 80,
        client: EVERYBODY,
        says: ['WorkloadEntry shop/stranger gives reviews.shop.svc.cluster.local the address 203.0.113.9'],
      },
    ],
  },
  {
    name: 'an outside address that joins an entry of the inside',
    world: [
      entry(
        ['80 HTTP'],
        {
          hosts: ['vm.internal'],
          location: 'MESH_INTERNAL',
          resolution: 'STATIC',
          workloadSelector: { labels: { app: 'vm' } },
        },
        { name: 'vm' },
      ),
    ],
    change: { create: workload('203.0.113.9', { app: 'vm' }) },
    findings: [
      {
        reason: 'alias',
        object: 'WorkloadEntry shop/stranger',
        field: 'spec.address',
        host: 'vm.internal',
        port: 80,
        client: EVERYBODY,
      },
    ],
  },
  {
    name: 'an entry that takes an address block',
    change: {
      create: entry(['443 TCP'], { hosts: ['x.internal'], addresses: ['203.0.113.0/24'], resolution: 'NONE' }),
    },
    findings: [
      {
        reason: 'address-capture',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.addresses[0]',
        host: '*',
        port: 443,
        client: EVERYBODY,
        says: ['calls to 203.0.113.0/24 on port 443', 'whatever host they name'],
      },
      {
        reason: 'no-route',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts[0]',
        host: 'x.internal',
        port: 443,
        client: EVERYBODY,
      },
    ],
  },
  {
    name: 'a short name that is an ExternalName Service',
    world: [plain, service({ type: 'ExternalName', externalName: 'cnn.com' }, { name: 'out' })],
    change: {
      update: withMeshRules({ match: [{ gateways: ['mesh'] }], route: [{ destination: { host: 'out' } }] }),
      from: httpPair(),
    },
    findings: [
      {
        reason: 'external-name',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.host',
        ...cnn80,
        says: ['Service shop/out, an ExternalName that stands for cnn.com:80'],
      },
    ],
  },
  {
    name: 'an ExternalName Service under the name of a destination',
    world: [
      plain,
      withMeshRules({
        match: [{ gateways: ['mesh'] }],
        route: [{ destination: { host: 'out', port: { number: 80 } } }],
      }),
    ],
    change: { create: service({ type: 'ExternalName', externalName: 'cnn.com' }, { name: 'out' }) },
    findings: [
      { reason: 'external-name', object: 'Service shop/out', field: 'spec.externalName', ...cnn80 },
      {
        reason: 'external-name',
        object: 'Service shop/out',
        field: 'spec.externalName',
        host: 'out.shop.svc.cluster.local',
        port: 80,
        client: EVERYBODY,
      },
    ],
  },
  {
    name: 'another name for a host that leaks already',
    world: [plain],
    change: { create: service({ type: 'ExternalName', externalName: 'cnn.com' }, { name: 'out' }) },
    findings: [
      {
        reason: 'external-name',
        object: 'Service shop/out',
        field: 'spec.externalName',
        host: 'out.shop.svc.cluster.local',
        port: 80,
        client: EVERYBODY,
        says: ['the name stands for cnn.com:80'],
      },
    ],
  },
  {
    name: 'an outside host whose DestinationRule asks for the dialled address: that is not why it leaves',
    world: [subsets({ host: 'cnn.com', trafficPolicy: passthrough, subsets: [] }, { name: 'cnn' })],
    change: { create: plain },
    findings: [{ reason: 'no-route', object: 'ServiceEntry shop/cnn', field: 'spec.hosts[0]', ...cnn80 }],
  },
  {
    name: 'an outside host with endpoints: its own name, an address, a name that nobody declares',
    change: {
      create: entry(['80 HTTP'], {
        endpoints: [{ address: 'cnn.com' }, { address: '203.0.113.9' }, { address: 'cdn.com' }],
      }),
    },
    findings: [{ reason: 'no-route', object: 'ServiceEntry shop/cnn', field: 'spec.hosts[0]', ...cnn80 }],
  },
  {
    name: 'an outside host that dials another one, which is routed',
    world: [plain, httpPair()],
    change: {
      create: entry(
        ['80 HTTP'],
        { hosts: ['harmless.com'], endpoints: [{ address: 'cnn.com' }] },
        { name: 'harmless' },
      ),
    },
    findings: [
      {
        reason: 'alias',
        object: 'ServiceEntry shop/harmless',
        field: 'spec.hosts[0]',
        host: 'harmless.com',
        port: 80,
        client: EVERYBODY,
        says: ['dials cnn.com'],
      },
    ],
  },
  {
    name: 'a host in upper case, to which the routes do not belong',
    world: [fullPair()],
    change: { update: entry(['443 TLS'], { hosts: ['bbc.com', 'CNN.com'] }), from: entry(['443 TLS']) },
    findings: [
      {
        reason: 'no-route',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts[0]',
        host: 'bbc.com',
        port: 443,
        client: EVERYBODY,
      },
      {
        reason: 'no-route',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts[1]',
        ...cnn443,
        says: ['no VirtualService takes CNN.com to the egress gateway'],
      },
    ],
  },
  {
    name: 'a TLS rule with a match for each side, of which the sidecars take their own',
    world: [entry(['443 TLS'])],
    change: {
      update: routes({
        tls: [
          {
            match: [
              { gateways: ['egress'], sniHosts: ['cnn.com'] },
              { gateways: ['mesh'], sniHosts: ['cnn.com'] },
            ],
            route: [toHost(443)],
          },
        ],
      }),
      from: routes({ tls: [meshTls(), gatewayTls()] }),
    },
    findings: [
      {
        reason: 'no-route',
        object: 'VirtualService shop/cnn',
        field: 'spec.tls[0].route[0].destination.host',
        ...cnn443,
        says: ['none leads to the egress gateway'],
      },
    ],
  },
  {
    name: 'a direct rule before one of which a part leads to the gateway',
    world: [plain, service({ clusterIP: '10.96.0.20' })],
    change: {
      update: withMeshRules(direct, {
        match: [{ gateways: ['mesh'] }],
        route: [
          { ...toGateway(80), weight: 50 },
          { destination: { host: 'reviews' }, weight: 50 },
        ],
      }),
      from: httpPair(),
    },
    findings: [
      {
        reason: 'shadowed',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.host',
        ...cnn80,
      },
    ],
  },
  {
    name: 'an older TCP rule for everything before a younger one',
    world: [
      entry(['3306 TCP'], {
        addresses: ['203.0.113.5'],
        resolution: 'STATIC',
        endpoints: [{ address: '203.0.113.5' }],
      }),
      routes(
        { gateways: ['mesh'], tcp: [{ route: [toGateway(443), toHost(3306)].slice(0, 1) }] },
        { name: 'b', creationTimestamp: '2024-01-02T00:00:00Z' },
      ),
    ],
    change: {
      update: routes(
        { gateways: ['mesh'], tcp: [{ route: [toHost(3306)] }] },
        { name: 'a', creationTimestamp: '2024-01-01T00:00:00Z' },
      ),
      from: routes(
        { gateways: ['mesh'], tcp: [{ match: [{ port: 1 }], route: [toHost(3306)] }] },
        { name: 'a', creationTimestamp: '2024-01-01T00:00:00Z' },
      ),
    },
    findings: ['*', 'cnn.com'].map((host) => ({
      reason: 'shadowed',
      object: 'VirtualService shop/a' as const,
      field: 'spec.tcp[0].route[0].destination.host',
      host,
      port: 3306,
      client: EVERYBODY,
      says: ['goes before VirtualService shop/b'],
    })),
  },
  {
    name: 'two direct TLS rules: neither leads to the gateway',
    world: [
      entry(['443 TLS']),
      routes(
        { gateways: ['mesh'], tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [toHost(443)] }] },
        { name: 'late', creationTimestamp: '2024-01-01T00:00:00Z' },
      ),
    ],
    change: {
      update: routes({ gateways: ['mesh'], tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [toHost(443)] }] }),
      from: routes({ gateways: ['mesh'], tls: [meshTls()] }),
    },
    findings: [
      {
        reason: 'no-route',
        object: 'VirtualService shop/cnn',
        field: 'spec.tls[0].route[0].destination.host',
        ...cnn443,
      },
    ],
  },
  {
    name: 'a Sidecar whose entry for the port does not see the routes, though another entry does',
    world: [plain, httpPair({ namespace: 'net' }, { gateways: ['mesh', 'shop/egress'] })],
    change: {
      create: sidecar({
        egress: [
          { hosts: ['*/*'] },
          { port: { number: 80, protocol: 'HTTP', name: 'http' }, hosts: ['shop/*', 'istio-system/*'] },
        ],
      }),
    },
    findings: [
      {
        reason: 'sidecar-scope',
        object: 'Sidecar shop/default',
        field: 'spec.egress[1].hosts',
        host: 'cnn.com',
        port: 80,
        client: SHOP,
      },
    ],
  },
  {
    name: 'routes that others do not see, and that are for another port',
    world: [httpPair({}, { exportTo: ['.'] })],
    change: { create: entry(['8080 HTTP']) },
    findings: [
      {
        reason: 'not-exported',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts[0]',
        host: 'cnn.com',
        port: 8080,
        client: EVERYBODY,
      },
      {
        reason: 'port-uncovered',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.ports[0]',
        host: 'cnn.com',
        port: 8080,
        client: SHOP,
      },
    ],
  },
  {
    name: 'a rule for another port that is delegated',
    world: [plain],
    change: {
      update: withMeshRules({ match: [{ gateways: ['mesh'], port: 81 }], delegate: { name: 'd', namespace: 'other' } }),
      from: httpPair(),
    },
    findings: [{ reason: 'no-route', object: 'VirtualService shop/cnn', field: 'spec.http', ...cnn80 }],
  },
  ...passthroughCases(),
  {
    name: "the gateway's name declared in the client's namespace",
    world: [plain, httpPair()],
    change: {
      create: entry(
        ['80 HTTP'],
        { hosts: [EGRESS], resolution: 'STATIC', exportTo: ['.'], endpoints: [{ address: '203.0.113.9' }] },
        { name: 'false' },
      ),
    },
    findings: [
      {
        reason: 'gateway-shadowed',
        object: 'ServiceEntry shop/false',
        field: 'spec.hosts[0]',
        host: 'cnn.com',
        port: 80,
        client: SHOP,
        says: ['from namespace shop', 'declares the name of the egress gateway'],
      },
      {
        reason: 'gateway-shadowed',
        object: 'ServiceEntry shop/false',
        field: 'spec.hosts[0]',
        host: EGRESS,
        port: 80,
        client: SHOP,
      },
    ],
  },
  {
    name: "an entry that gives the gateway's name one more address",
    world: [plain, httpPair()],
    change: {
      create: entry(
        [],
        {
          hosts: [EGRESS],
          resolution: 'STATIC',
          ports: [{ number: 80, name: 'http2', protocol: 'HTTP' }],
          endpoints: [{ address: '10.0.0.9' }, { address: '203.0.113.9' }],
        },
        { name: 'false', namespace: 'istio-system' },
      ),
    },
    findings: [
      {
        reason: 'gateway-shadowed',
        object: 'ServiceEntry istio-system/false',
        field: 'spec.endpoints[1].address',
        ...cnn80,
        says: ['gives the egress gateway the address 203.0.113.9'],
      },
      {
        reason: 'gateway-shadowed',
        object: 'ServiceEntry istio-system/false',
        field: 'spec.endpoints[1].address',
        host: EGRESS,
        port: 80,
        client: EVERYBODY,
      },
    ],
  },
  {
    name: 'a WorkloadEntry that joins the gateway',
    ground: [egressGateway({ ports: [{ name: 'http2', port: 80 }] }), gateway(), subsets()],
    world: [plain, httpPair()],
    change: { create: workload('203.0.113.9', { istio: 'egressgateway' }, { namespace: 'istio-system' }) },
    findings: [
      {
        reason: 'gateway-shadowed',
        object: 'WorkloadEntry istio-system/stranger',
        field: 'spec.address',
        ...cnn80,
      },
      {
        reason: 'gateway-shadowed',
        object: 'WorkloadEntry istio-system/stranger',
        field: 'spec.address',
        host: EGRESS,
        port: 80,
        client: EVERYBODY,
      },
    ],
  },
  {
    name: 'a gateway that becomes headless',
    ground: [gateway(), subsets()],
    world: [plain, httpPair()],
    change: {
      update: egressGateway({ clusterIP: 'None', ports: [{ name: 'http2', port: 80 }] }),
      from: egressGateway({ ports: [{ name: 'http2', port: 80 }] }),
    },
    findings: [
      {
        reason: 'gateway-shadowed',
        object: 'Service istio-system/istio-egressgateway',
        field: 'spec.clusterIP',
        ...cnn80,
        says: ['the egress gateway has no cluster IP'],
      },
      {
        reason: 'gateway-shadowed',
        object: 'Service istio-system/istio-egressgateway',
        field: 'spec.clusterIP',
        host: EGRESS,
        port: 80,
        client: EVERYBODY,
      },
    ],
  },
  {
    name: 'the routes deleted, the entry stays',
    world: [plain],
    change: { delete: httpPair() },
    findings: [
      {
        reason: 'deleted-route',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts[0]',
        ...cnn80,
        says: ['would leave', 'VirtualService shop/cnn takes them', 'delete ServiceEntry shop/cnn first'],
      },
    ],
  },
  {
    name: 'the delegate deleted',
    world: [plain, delegating],
    change: { delete: delegated },
    findings: [
      {
        reason: 'deleted-route',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts[0]',
        ...cnn80,
        says: ['VirtualService other/d takes them'],
      },
    ],
  },
  {
    name: 'the root of a delegate deleted',
    world: [plain, delegated],
    change: { delete: delegating },
    findings: [
      {
        reason: 'deleted-route',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts[0]',
        ...cnn80,
        says: ['VirtualService shop/cnn takes them'],
      },
    ],
  },
];

/** The three places of a DestinationRule that make the sidecar dial what the client dialled. */
function passthroughCases(): readonly InvalidCase[] {
  const places: readonly (readonly [string, Document])[] = [
    ['spec.trafficPolicy.loadBalancer.simple', { trafficPolicy: passthrough }],
    [
      'spec.trafficPolicy.portLevelSettings[0].loadBalancer.simple',
      { trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, ...passthrough }] } },
    ],
    [
      'spec.subsets[1].trafficPolicy.loadBalancer.simple',
      { subsets: [{ name: 'other' }, { name: 'cnn', trafficPolicy: passthrough }] },
    ],
  ];
  return places.map(([field, spec], index) => ({
    name: `PASSTHROUGH at ${field}`,
    ground: [egressGateway({ ports: [{ name: 'http2', port: 80 }] }), gateway()],
    world: [plain, httpPair()],
    change: { update: subsets(spec), from: subsets() },
    findings: [
      {
        reason: 'passthrough-lb',
        object: 'DestinationRule istio-system/egress' as const,
        field,
        ...cnn80,
        says: ['dial the address that the client dialled', 'remove PASSTHROUGH'],
      },
      // The subset is that of the routes; the first two act on the gateway's own name too.
      ...(index === 2
        ? []
        : [
            {
              reason: 'passthrough-lb',
              object: 'DestinationRule istio-system/egress' as const,
              field,
              host: EGRESS,
              port: 80,
              client: EVERYBODY,
            },
          ]),
    ],
  }));
}

testRule('direct-egress', VALID, INVALID);
