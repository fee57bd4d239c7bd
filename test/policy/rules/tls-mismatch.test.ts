import {
  egressGateway,
  entry,
  gateway,
  GROUND,
  httpPair,
  meshTls,
  MUTUAL_GROUND,
  mutualPair,
  routes,
  server,
  subsets,
  toGateway,
  toHost,
  wrapped,
} from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const tls = entry(['443 TLS']);
const mutual = gateway({}, { servers: [server(443, 'HTTPS', 'ISTIO_MUTUAL')] });
const opaque = gateway({}, { servers: [server(443, 'TLS', 'ISTIO_MUTUAL')] });
const passing = gateway({}, { servers: [server(443, 'TLS', 'PASSTHROUGH')] });
const inMutual = wrapped({ mode: 'ISTIO_MUTUAL', sni: 'cnn.com' });

/** The client's TLS, taken out of the mesh's at the gateway. */
const opaquePair = routes({
  tls: [meshTls()],
  tcp: [{ match: [{ gateways: ['egress'], port: 443 }], route: [toHost(443)] }],
});
const passedPair = routes({
  tls: [meshTls(), { match: [{ gateways: ['egress'], port: 443, sniHosts: ['cnn.com'] }], route: [toHost(443)] }],
});

function warned(reason: string, port: number, more: Partial<Expected>): Expected {
  const object = 'Gateway shop/egress';
  const client = { namespace: '*' };
  const field = 'spec.servers[0].tls.mode';
  return { severity: 'warning', reason, object, field, host: 'cnn.com', port, client, ...more };
}

const VALID: readonly ValidCase[] = [
  { name: 'plain HTTP to a plaintext server', world: [plain], change: { create: httpPair() } },
  { name: 'HTTP in mutual TLS', ground: MUTUAL_GROUND, world: [plain], change: { create: mutualPair() } },
  {
    name: 'mutual TLS into SIMPLE, which asks for no certificate',
    ground: MUTUAL_GROUND,
    world: [plain, mutualPair()],
    change: { update: gateway({}, { servers: [server(443, 'HTTPS', 'SIMPLE')] }), from: mutual },
  },
  {
    name: "the client's TLS in mutual TLS",
    ground: [egressGateway(), opaque, inMutual],
    world: [tls],
    change: { create: opaquePair },
  },
  { name: "the client's TLS passed through", world: [tls], change: { create: passedPair } },
  {
    name: 'bytes that may be TLS, by a rule for whatever they are',
    world: [entry(['443 TCP'])],
    change: {
      create: routes({
        tcp: [{ match: [{ gateways: ['mesh'], port: 443 }], route: [toGateway(443)] }],
        tls: [{ match: [{ gateways: ['egress'], port: 443, sniHosts: ['cnn.com'] }], route: [toHost(443)] }],
      }),
    },
  },
  {
    name: 'what did not fit before',
    ground: [egressGateway(), mutual, subsets()],
    world: [plain],
    change: { update: mutualPair({ labels: { a: 'b' } }), from: mutualPair() },
  },
  {
    name: 'rules in a section that no server reads, in the VirtualService itself: missing-gateway-match tells that',
    ground: [egressGateway(), opaque, inMutual],
    world: [tls],
    change: { create: passedPair },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'plain HTTP into mutual TLS',
    ground: [egressGateway(), mutual, subsets()],
    world: [plain],
    change: { create: mutualPair() },
    findings: [
      warned('plain-into-tls', 80, {
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination',
        says: [
          'plain HTTP arrives at a server of Gateway shop/egress that is HTTPS with ISTIO_MUTUAL',
          'for port 443 of subset cnn write tls.mode ISTIO_MUTUAL with sni cnn.com',
        ],
      }),
    ],
  },
  {
    name: 'the TLS taken out of the DestinationRule',
    ground: MUTUAL_GROUND.slice(0, 2),
    world: [plain, mutualPair()],
    change: { update: subsets(), from: inMutual },
    findings: [
      warned('plain-into-tls', 80, { object: 'DestinationRule istio-system/egress', field: 'spec.subsets[0]' }),
    ],
  },
  {
    name: 'TLS asked for at the server',
    ground: [egressGateway(), subsets()],
    world: [plain, httpPair()],
    change: {
      update: gateway({}, { servers: [server(80, 'HTTPS', 'ISTIO_MUTUAL')] }),
      from: gateway(),
    },
    findings: [warned('plain-into-tls', 80, {})],
  },
  {
    name: 'plain HTTP to a server that passes TLS through',
    ground: [egressGateway(), subsets()],
    world: [plain, httpPair()],
    change: {
      update: gateway({}, { servers: [server(80, 'TLS', 'PASSTHROUGH')] }),
      from: gateway(),
    },
    findings: [
      warned('plain-into-tls', 80, {
        says: ['TLS with PASSTHROUGH and asks for the TLS of the client', 'a port whose server has protocol HTTP'],
      }),
    ],
  },
  {
    name: "the client's TLS into a plaintext server",
    ground: [egressGateway(), subsets()],
    world: [tls, passedPair],
    change: { update: gateway({}, { servers: [server(443, 'HTTP')] }), from: passing },
    findings: [
      warned('tls-into-plain', 443, {
        field: 'spec.servers[0].port.protocol',
        says: ['TLS without a client certificate arrives', 'that is HTTP', 'tls.mode PASSTHROUGH'],
      }),
    ],
  },
  {
    name: 'mutual TLS into a plaintext server',
    ground: GROUND.slice(0, 2),
    world: [plain, httpPair()],
    change: {
      update: subsets({ trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: 'cnn.com' } } }),
      from: subsets(),
    },
    findings: [
      warned('tls-into-plain', 80, {
        object: 'DestinationRule istio-system/egress',
        field: 'spec.trafficPolicy.tls',
        says: ['mutual TLS arrives', 'take tls for port 80 of subset cnn out of DestinationRule istio-system/egress'],
      }),
    ],
  },
  {
    name: "the client's TLS into mutual TLS",
    ground: [egressGateway(), opaque, subsets()],
    world: [tls],
    change: { create: opaquePair },
    findings: [
      warned('no-certificate', 443, {
        object: 'VirtualService shop/cnn',
        field: 'spec.tls[0].route[0].destination',
        says: ['TLS without a client certificate arrives', 'TLS with ISTIO_MUTUAL'],
      }),
    ],
  },
  {
    name: "a server that reads HTTP in the mesh's TLS, where the client's TLS is",
    ground: [egressGateway(), inMutual],
    world: [tls, opaquePair],
    change: { update: mutual, from: opaque },
    findings: [
      warned('bytes-into-http', 443, {
        says: ['what is in their TLS is no HTTP', 'give the server protocol TLS, and its rule a place in spec.tcp'],
      }),
    ],
  },
  {
    name: 'mutual TLS to a server that passes TLS through',
    ground: [egressGateway(), passing],
    world: [tls, passedPair],
    change: { update: inMutual, from: subsets() },
    findings: [
      warned('mutual-into-passthrough', 443, {
        object: 'DestinationRule istio-system/egress',
        field: 'spec.subsets[0].trafficPolicy.portLevelSettings[0].tls',
        says: ['the sidecar wraps them in mutual TLS', 'write tls.mode ISTIO_MUTUAL in the server'],
      }),
    ],
  },
  {
    name: 'the same with the SNI of the cluster',
    ground: [egressGateway(), passing],
    world: [tls, passedPair],
    change: { update: wrapped({ mode: 'ISTIO_MUTUAL' }), from: subsets() },
    findings: [
      warned('mutual-into-passthrough', 443, {
        object: 'DestinationRule istio-system/egress',
        field: 'spec.subsets[0].trafficPolicy.portLevelSettings[0].tls',
      }),
    ],
  },
  {
    name: 'a server that ends the TLS, and so reads another section',
    ground: [egressGateway(), inMutual],
    world: [tls, passedPair],
    change: { update: opaque, from: passing },
    findings: [
      warned('section', 443, {
        says: ['reads spec.tcp, and VirtualService shop/cnn has its rules for it in spec.tls'],
      }),
    ],
  },
  {
    name: 'a server that sends plain HTTP away',
    world: [plain, httpPair()],
    change: {
      update: gateway({}, { servers: [{ ...server(80, 'HTTP'), tls: { httpsRedirect: true } }] }),
      from: gateway(),
    },
    findings: [warned('redirect', 80, { field: 'spec.servers[0].tls.httpsRedirect', says: ['remove httpsRedirect'] })],
  },
  {
    name: 'bytes of no known protocol into a server for HTTP',
    ground: [egressGateway(), subsets()],
    world: [
      entry(['80']),
      httpPair(
        {},
        {
          tcp: [
            { match: [{ gateways: ['mesh'], port: 80 }], route: [toGateway(80)] },
            { match: [{ gateways: ['egress'], port: 80 }], route: [toHost(80)] },
          ],
        },
      ),
    ],
    change: {
      update: gateway({}, { servers: [server(80, 'HTTP')] }),
      from: gateway({}, { servers: [server(80, 'TCP')] }),
    },
    findings: [
      warned('bytes-into-http', 80, {
        field: 'spec.servers[0].port.protocol',
        says: ['they are no HTTP', 'a port whose server has protocol TCP'],
      }),
    ],
  },
  {
    name: 'a server for HTTP under rules for bytes',
    ground: [egressGateway(), subsets()],
    world: [
      entry(['80 TCP']),
      routes({
        tcp: [
          { match: [{ gateways: ['mesh'], port: 80 }], route: [toGateway(80)] },
          { match: [{ gateways: ['egress'], port: 80 }], route: [toHost(80)] },
        ],
      }),
    ],
    change: {
      update: gateway({}, { servers: [server(80, 'HTTP')] }),
      from: gateway({}, { servers: [server(80, 'TCP')] }),
    },
    findings: [
      warned('bytes-into-http', 80, {
        field: 'spec.servers[0].port.protocol',
        says: ['a port whose server has protocol TCP'],
      }),
    ],
  },
];

testRule('tls-mismatch', VALID, INVALID);
