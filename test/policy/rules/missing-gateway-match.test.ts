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
const half = routes({ http: [meshHttp()] });

const VALID: readonly ValidCase[] = [
  { name: 'a pair', world: [plain], change: { create: httpPair() } },
  {
    name: 'a pair in two VirtualServices',
    world: [plain, routes({ gateways: ['egress'], http: [gatewayHttp()] }, { name: 'gateway-half' })],
    change: { create: routes({ gateways: ['mesh'], http: [meshHttp()] }) },
  },
  {
    name: 'a Gateway that is to come: unknown-gateway tells it',
    world: [plain],
    change: {
      create: routes({
        gateways: ['mesh', 'later'],
        http: [meshHttp(), { match: [{ gateways: ['later'] }], route: [toHost(80)] }],
      }),
    },
  },
  {
    name: 'a Gateway that spec.gateways does not list: gateway-not-listed tells it',
    world: [plain],
    change: { update: httpPair({}, { gateways: ['mesh'] }), from: httpPair() },
  },
  {
    name: 'a subset that is to come: missing-subset tells it',
    world: [plain],
    ground: GROUND.slice(0, 2),
    change: { create: httpPair() },
  },
  {
    name: 'a Service that is yet to come',
    world: [plain],
    change: {
      update: routes({ http: [{ match: [{ gateways: ['mesh'] }], route: [{ destination: { host: 'later' } }] }] }),
      from: httpPair(),
    },
  },
  {
    name: 'no gateway in it at all',
    world: [plain],
    change: { create: routes({ gateways: [], http: [{ route: [toHost(80)] }] }) },
  },
  {
    name: 'one that was so before',
    world: [plain],
    change: { update: { ...half, metadata: { name: 'cnn', namespace: 'shop', labels: { a: 'b' } } }, from: half },
  },
];

const noGatewayRule = {
  reason: 'no-gateway-rule',
  object: 'VirtualService shop/cnn',
  field: 'spec.http',
  host: 'cnn.com',
  port: 80,
  says: ['sends cnn.com:80 to the egress gateway', 'spec.http with match.gateways [egress]'],
} as const;

const INVALID: readonly InvalidCase[] = [
  {
    name: "the gateway's half removed",
    world: [plain],
    change: { update: half, from: httpPair() },
    findings: [noGatewayRule],
  },
  { name: "no gateway's half, before anybody declares the host", change: { create: half }, findings: [noGatewayRule] },
  {
    name: "the gateway's rule for another port of the server",
    world: [plain],
    change: {
      update: routes({ http: [meshHttp(), { match: [{ gateways: ['egress'], port: 81 }], route: [toHost(80)] }] }),
      from: httpPair(),
    },
    findings: [noGatewayRule],
  },
  {
    name: "the gateway's rule leads back to the gateway",
    world: [plain],
    change: {
      update: routes({ http: [meshHttp(), { match: [{ gateways: ['egress'], port: 80 }], route: [toGateway(80)] }] }),
      from: httpPair(),
    },
    findings: [noGatewayRule],
  },
  {
    name: 'TLS that the gateway takes in mutual TLS: the section is the one of its server',
    ground: [
      ...GROUND.filter(({ kind }) => kind !== 'Gateway'),
      gateway(
        {},
        {
          servers: [
            { port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: ['cnn.com'], tls: { mode: 'ISTIO_MUTUAL' } },
          ],
        },
      ),
    ],
    world: [entry(['443 TLS'])],
    change: { create: routes({ tls: [meshTls()] }) },
    findings: [
      { ...noGatewayRule, field: 'spec.tls', port: 443, severity: 'warning', says: ['add a rule to spec.tcp'] },
    ],
  },
  {
    name: 'a rule in a section that the server does not read',
    ground: [
      ...GROUND.filter(({ kind }) => kind !== 'Gateway'),
      gateway(
        {},
        {
          servers: [
            { port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: ['cnn.com'], tls: { mode: 'ISTIO_MUTUAL' } },
          ],
        },
      ),
    ],
    change: { create: routes({ tls: [meshTls(), gatewayTls()] }) },
    findings: [
      {
        ...noGatewayRule,
        field: 'spec.tls[1].match[0]',
        port: 443,
        says: ["where egress's server reads spec.tcp and the rule stands in spec.tls", 'move the rule to spec.tcp'],
      },
    ],
  },
  {
    name: 'no Gateway bound',
    change: { create: routes({ gateways: ['mesh'], http: [meshHttp()] }) },
    findings: [
      {
        reason: 'gateway-not-bound',
        object: 'VirtualService shop/cnn',
        field: 'spec.gateways',
        host: 'cnn.com',
        port: 80,
        says: ['add the Gateway for cnn.com to spec.gateways'],
      },
    ],
  },
];

testRule('missing-gateway-match', VALID, INVALID);
