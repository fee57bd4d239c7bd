import { EGRESS, entry, gatewayHttp, httpPair, meshHttp, meshTls, routes, toGateway } from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const loop = { match: [{ gateways: ['egress'], port: 80 }], route: [toGateway(80)] };

function warned(reason: string, more: Partial<Expected> = {}): Expected {
  return {
    severity: 'warning',
    reason,
    object: 'VirtualService shop/cnn',
    field: 'spec.http[1].route[0].destination.host',
    host: 'cnn.com',
    port: 80,
    client: { namespace: '*' },
    ...more,
  };
}

const VALID: readonly ValidCase[] = [
  { name: 'a rule for the gateway that leads out', world: [plain], change: { create: httpPair() } },
  {
    name: 'one rule for both, in the VirtualService itself: unscoped-match tells that',
    world: [plain],
    change: { create: routes({ http: [{ route: [toGateway(80)] }] }) },
  },
  {
    name: 'a loop that was there before',
    world: [plain],
    change: {
      update: routes({ http: [meshHttp(), loop] }, { labels: { a: 'b' } }),
      from: routes({ http: [meshHttp(), loop] }),
    },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'a rule for the gateway that leads back, beside one that leads out for some requests',
    world: [plain],
    change: {
      update: routes({
        http: [
          meshHttp(),
          { match: [{ gateways: ['egress'], port: 80, uri: { prefix: '/api' } }], route: [toGateway(80)] },
          gatewayHttp(),
        ],
      }),
      from: httpPair(),
    },
    findings: [
      warned('back-to-gateway', {
        says: [
          'calls to cnn.com:80 with a path beginning with "/api"',
          'to the gateway again',
          'send them to cnn.com here',
        ],
      }),
    ],
  },
  {
    name: "somebody else's rule, from now on for these pods too",
    world: [
      routes({ gateways: ['mesh'], http: [meshHttp()] }),
      routes({ gateways: ['mesh', 'egress'], http: [{ route: [toGateway(80)] }] }, { name: 'both', namespace: 'shop' }),
      plain,
    ],
    change: {
      delete: routes({ gateways: ['egress'], http: [gatewayHttp()] }, { name: 'a-way-out' }),
    },
    findings: [
      warned('unscoped', {
        object: 'VirtualService shop/both',
        field: 'spec.http[0].route[0].destination.host',
        says: ['write match.gateways [mesh] into it'],
      }),
    ],
  },
  {
    name: 'an entry that declares a port for which one rule serves both sides',
    world: [routes({ tls: [{ ...meshTls(), match: [{ sniHosts: ['cnn.com'] }] }] })],
    change: { create: entry(['443 TLS']) },
    findings: [
      warned('unscoped', {
        field: 'spec.tls[0].route[0].destination.host',
        port: 443,
        says: ['for the gateway as well as for the sidecars', 'write match.gateways [mesh] into it'],
      }),
    ],
  },
  {
    name: 'an entry whose endpoint is the gateway',
    world: [httpPair()],
    change: { update: entry(['80 HTTP'], { endpoints: [{ address: EGRESS }] }), from: plain },
    findings: [
      warned('entry', {
        object: 'ServiceEntry shop/cnn',
        field: 'spec.endpoints',
        says: ['has the gateway itself among its endpoints'],
      }),
    ],
  },
  {
    name: 'the same by the address of the gateway',
    world: [httpPair()],
    change: {
      update: entry(['80 HTTP'], { resolution: 'STATIC', endpoints: [{ address: '10.96.0.10' }] }),
      from: plain,
    },
    findings: [warned('entry', { object: 'ServiceEntry shop/cnn', field: 'spec.endpoints' })],
  },
];

testRule('gateway-loop', VALID, INVALID);
