import {
  entry,
  gateway,
  gatewayHttp,
  gatewayTls,
  httpPair,
  meshHttp,
  routes,
  toGateway,
  toHost,
} from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const half = routes({ http: [gatewayHttp()] });

const VALID: readonly ValidCase[] = [
  { name: 'a pair', world: [plain], change: { create: httpPair() } },
  {
    name: 'a pair in two VirtualServices',
    world: [plain, routes({ gateways: ['mesh'], http: [meshHttp()] }, { name: 'mesh-half' })],
    change: { create: routes({ gateways: ['egress'], http: [gatewayHttp()] }) },
  },
  {
    name: 'a rule for mesh that spec.gateways does not list: gateway-not-listed tells it',
    world: [plain],
    change: { update: httpPair({}, { gateways: ['egress'] }), from: httpPair() },
  },
  {
    name: 'a gateway of the way in',
    ground: [gateway({ name: 'ingress' }, { selector: { istio: 'ingressgateway' } })],
    change: {
      create: routes({
        hosts: ['www.shop.example'],
        gateways: ['ingress'],
        http: [{ route: [toHost(80, 'web.shop.svc.cluster.local')] }],
      }),
    },
  },
  {
    name: 'one that was so before',
    world: [plain],
    change: { update: { ...half, metadata: { name: 'cnn', namespace: 'shop', labels: { a: 'b' } } }, from: half },
  },
];

const noMeshRule = {
  reason: 'no-mesh-rule',
  object: 'VirtualService shop/cnn',
  field: 'spec.http',
  host: 'cnn.com',
  says: ['tells the egress gateway where to send cnn.com', 'match.gateways [mesh]'],
} as const;

const INVALID: readonly InvalidCase[] = [
  {
    name: "the mesh's half removed",
    world: [plain],
    change: { update: half, from: httpPair() },
    findings: [noMeshRule],
  },
  { name: "no mesh's half, before anybody declares the host", change: { create: half }, findings: [noMeshRule] },
  {
    name: "the mesh's rule in a section that the calls do not obey",
    world: [plain],
    change: {
      update: routes({
        http: [gatewayHttp()],
        tls: [{ match: [{ gateways: ['mesh'], sniHosts: ['cnn.com'] }], route: [toGateway(443)] }],
      }),
      from: httpPair(),
    },
    findings: [noMeshRule],
  },
  {
    name: 'a host each',
    change: {
      create: routes({ hosts: ['cnn.com', 'bbc.com'], tls: [gatewayTls(), gatewayTls('bbc.com')] }),
    },
    findings: [
      { ...noMeshRule, field: 'spec.tls', host: 'bbc.com', says: ['bbc.com'] },
      { ...noMeshRule, field: 'spec.tls' },
    ],
  },
  {
    name: 'a VirtualService that binds the gateway alone: its partner may be to come',
    world: [plain],
    change: { create: routes({ gateways: ['egress'], http: [gatewayHttp()] }) },
    findings: [
      {
        severity: 'warning',
        reason: 'mesh-not-bound',
        object: 'VirtualService shop/cnn',
        field: 'spec.gateways',
        host: 'cnn.com',
        says: ['no VirtualService sends calls from pods to the gateway', 'add mesh to spec.gateways'],
      },
    ],
  },
  {
    name: 'a wildcard',
    world: [entry(['80 HTTP'], { hosts: ['*.cnn.com'], resolution: 'NONE' })],
    change: { create: routes({ hosts: ['*.cnn.com'], http: [gatewayHttp(80, 'www.cnn.com')] }) },
    findings: [{ ...noMeshRule, host: '*', says: ['*.cnn.com'] }],
  },
];

testRule('missing-mesh-match', VALID, INVALID);
