import { entry, gatewayHttp, httpPair, meshHttp, meshTls, gatewayTls, routes, toHost } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);

const VALID: readonly ValidCase[] = [
  { name: 'a pair', world: [plain], change: { create: httpPair() } },
  {
    name: 'the same Gateway by its longer name',
    world: [plain],
    change: { create: httpPair({}, { gateways: ['mesh', 'shop/egress'] }) },
  },
  {
    name: 'one that harms nobody: the gateway has its half from somebody else',
    world: [plain, routes({ gateways: ['egress'], http: [gatewayHttp()] }, { name: 'gateway-half' })],
    change: { create: httpPair({}, { gateways: ['mesh'] }) },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'the gateway',
    world: [plain],
    change: { update: httpPair({}, { gateways: ['mesh'] }), from: httpPair() },
    findings: [
      {
        reason: 'not-listed',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[1].match[0].gateways[0]',
        says: ['for egress, which spec.gateways does not list', 'add egress to spec.gateways'],
      },
    ],
  },
  {
    name: 'no gateways at all: that is the mesh',
    world: [plain],
    change: { update: httpPair({}, { gateways: [] }), from: httpPair() },
    findings: [{ reason: 'not-listed', object: 'VirtualService shop/cnn', field: 'spec.http[1].match[0].gateways[0]' }],
  },
  {
    name: 'the mesh, in each section',
    world: [entry(['80 HTTP', '443 TLS'])],
    change: {
      update: routes({ gateways: ['egress'], http: [meshHttp(), gatewayHttp()], tls: [meshTls(), gatewayTls()] }),
      from: routes({ http: [meshHttp(), gatewayHttp()], tls: [meshTls(), gatewayTls()] }),
    },
    findings: ['spec.http[0].match[0].gateways[0]', 'spec.tls[0].match[0].gateways[0]'].map((field) => ({
      reason: 'not-listed',
      object: 'VirtualService shop/cnn',
      field,
      says: ['for mesh'],
    })),
  },
  {
    name: 'a Gateway of that name in another namespace',
    world: [plain],
    change: {
      update: routes({
        http: [
          meshHttp(),
          { match: [{ gateways: ['mesh', 'net/egress'] }, { gateways: ['egress'], port: 81 }], route: [toHost(80)] },
        ],
      }),
      from: httpPair(),
    },
    findings: [
      {
        reason: 'not-listed',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[1].match[0].gateways[1]',
        says: ['net/egress'],
      },
    ],
  },
];

testRule('gateway-not-listed', VALID, INVALID);
