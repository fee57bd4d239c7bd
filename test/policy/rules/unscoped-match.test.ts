import {
  entry,
  gateway,
  gatewayHttp,
  gatewayTls,
  GROUND,
  httpPair,
  meshHttp,
  meshTls,
  routes,
  toGateway,
  toHost,
} from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);

const VALID: readonly ValidCase[] = [
  { name: 'a pair', world: [plain], change: { create: httpPair() } },
  {
    name: 'a rule for everybody in a VirtualService of the mesh alone',
    world: [plain, routes({ gateways: ['egress'], http: [gatewayHttp()] }, { name: 'gateway-half' })],
    change: { create: routes({ gateways: ['mesh'], http: [{ route: [toGateway(80)] }] }) },
  },
  {
    name: 'a rule for everybody behind those that take all calls',
    world: [plain],
    change: {
      create: routes({
        http: [
          { match: [{ gateways: ['mesh'] }], route: [toGateway(80)] },
          { match: [{ gateways: ['egress'] }], route: [toHost(80)] },
          { route: [toHost(80)] },
        ],
      }),
    },
  },
  {
    name: 'a rule for everybody that nobody reads: an older VirtualService takes the calls',
    world: [
      plain,
      routes(
        { gateways: ['mesh'], http: [meshHttp()] },
        { name: 'a-first', creationTimestamp: '2024-01-01T00:00:00Z' },
      ),
    ],
    change: {
      create: routes({
        gateways: ['mesh', 'egress'],
        http: [
          { match: [{ gateways: ['egress'], port: 81 }], route: [toHost(80)] },
          { match: [{ port: 82 }], route: [toHost(80)] },
        ],
      }),
    },
  },
  {
    name: 'a gateway that is no egress gateway',
    ground: [...GROUND, gateway({ name: 'ingress' }, { selector: { istio: 'ingressgateway' } })],
    world: [plain],
    change: { create: routes({ gateways: ['mesh', 'ingress'], http: [{ route: [toHost(80)] }] }) },
  },
];

const bothSides = {
  reason: 'both-sides',
  object: 'VirtualService shop/cnn',
  field: 'spec.http[0]',
  host: 'cnn.com',
  says: ['for the pods of the mesh and for the gateway egress alike', '[egress] if it leads out'],
} as const;

const INVALID: readonly InvalidCase[] = [
  {
    name: 'the way out for everybody',
    world: [plain],
    change: { update: routes({ http: [{ route: [toHost(80)] }] }), from: httpPair() },
    findings: [bothSides],
  },
  {
    name: 'the way to the gateway for everybody: the gateway sends the calls to itself',
    world: [plain],
    change: { update: routes({ http: [{ route: [toGateway(80)] }, gatewayHttp()] }), from: httpPair() },
    findings: [bothSides],
  },
  {
    name: 'before anybody declares the host',
    change: { create: routes({ http: [{ route: [toHost(80)] }] }) },
    findings: [bothSides],
  },
  {
    name: 'one of two matches',
    world: [plain],
    change: {
      update: routes({ http: [{ match: [{ gateways: ['egress'] }, { port: 80 }], route: [toHost(80)] }, meshHttp()] }),
      from: httpPair(),
    },
    findings: [{ ...bothSides, field: 'spec.http[0].match[1]' }],
  },
  {
    name: 'a match that names both',
    world: [entry(['443 TLS'])],
    change: {
      update: routes({
        tls: [{ match: [{ gateways: ['mesh', 'egress'], port: 443, sniHosts: ['cnn.com'] }], route: [toHost(443)] }],
      }),
      from: routes({ tls: [meshTls(), gatewayTls()] }),
    },
    findings: [{ ...bothSides, field: 'spec.tls[0].match[0]' }],
  },
];

testRule('unscoped-match', VALID, INVALID);
