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
  {
    name: 'the half at the gateway deleted, the other one left: a warning for it',
    world: [plain, routes({ gateways: ['mesh'], http: [meshHttp()] })],
    change: { delete: routes({ gateways: ['egress'], http: [gatewayHttp()] }, { name: 'out' }) },
    findings: [
      {
        severity: 'warning',
        reason: 'gateway-not-bound',
        object: 'VirtualService shop/cnn',
        field: 'spec.gateways',
        host: 'cnn.com',
        port: 80,
        client: { namespace: '*' },
        says: [
          'VirtualService shop/out tells the gateway where to send that on',
          'delete this before VirtualService shop/out',
        ],
      },
    ],
  },
  {
    name: "an entry for a host of which only the sidecars' half is there: a warning for that",
    world: [routes({ gateways: ['mesh'], tls: [meshTls()] })],
    change: { create: entry(['443 TLS']) },
    findings: [
      {
        severity: 'warning',
        reason: 'gateway-not-bound',
        object: 'VirtualService shop/cnn',
        field: 'spec.gateways',
        host: 'cnn.com',
        port: 443,
        client: { namespace: '*' },
      },
    ],
  },
  {
    name: 'a server that moves to the number of its target port, away from the rule',
    world: [plain, httpPair()],
    ground: GROUND.filter((one) => one['kind'] !== 'Gateway'),
    change: {
      update: gateway({}, { servers: [{ port: { number: 8080, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] }),
      from: gateway(),
    },
    findings: [
      {
        severity: 'warning',
        reason: 'no-gateway-rule',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[1].match[0].port',
        host: 'cnn.com',
        port: 80,
        client: { namespace: '*' },
        says: ['its rule is for port 80 and the server of Gateway shop/egress has port 8080', 'write port 8080 here'],
      },
    ],
  },
];

testRule('missing-gateway-match', VALID, INVALID);
