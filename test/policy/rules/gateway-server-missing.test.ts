import {
  egressGateway,
  entry,
  fullPair,
  gateway,
  gatewayHttp,
  GROUND,
  httpPair,
  meshHttp,
  routes,
  server,
  subsets,
  toGateway,
} from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const everybody = { namespace: '*' };
const bare = [egressGateway(), subsets()];

function warned(reason: string, more: Partial<Expected>): Expected {
  return {
    severity: 'warning',
    reason,
    object: 'Gateway shop/egress',
    field: 'spec',
    host: 'cnn.com',
    port: 80,
    client: everybody,
    ...more,
  };
}

const VALID: readonly ValidCase[] = [
  { name: 'a server for every host', world: [plain], change: { create: httpPair() } },
  {
    name: 'a server for the very host, and one for a wildcard over it',
    ground: bare,
    world: [plain, httpPair()],
    change: { create: gateway({}, { servers: [server(80, 'HTTP', undefined, ['*.org', 'cnn.com'])] }) },
  },
  {
    name: 'a VirtualService of the namespace for which the server is',
    world: [plain, httpPair()],
    change: {
      update: gateway({}, { servers: [server(80, 'HTTP', undefined, ['./cnn.com'])] }),
      from: gateway(),
    },
  },
  { name: 'a Gateway that nothing names', world: [plain], change: { delete: gateway({ name: 'other' }) } },
  {
    name: 'routes before their Gateway: unknown-gateway tells that',
    ground: bare,
    world: [plain],
    change: { create: httpPair() },
  },
  {
    name: 'a host that the routes rewrite to one that is served',
    world: [plain, entry(['80 HTTP'], { hosts: ['www.cnn.com'] }, { name: 'www' })],
    change: {
      create: routes({
        hosts: ['cnn.com', 'www.cnn.com'],
        http: [{ ...meshHttp(), rewrite: { authority: 'www.cnn.com' } }, gatewayHttp()],
      }),
    },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'the Gateway deleted',
    ground: bare,
    world: [plain, httpPair()],
    change: { delete: gateway() },
    findings: [
      warned('no-gateway', {
        object: 'VirtualService shop/cnn',
        field: 'spec.gateways',
        says: ['calls to cnn.com:80 from every namespace would fail', 'delete VirtualService shop/cnn first'],
      }),
    ],
  },
  {
    name: 'an entry whose routes name a Gateway that is not there',
    ground: bare,
    world: [fullPair()],
    change: { create: entry(['443 TLS']) },
    findings: [
      warned('no-gateway', {
        object: 'VirtualService shop/cnn',
        field: 'spec.gateways',
        port: 443,
        says: ['at Gateway shop/egress, which does not exist', 'with a server for cnn.com on port 443'],
      }),
    ],
  },
  {
    name: 'a Gateway for other pods',
    world: [plain, httpPair()],
    change: { update: gateway({}, { selector: { istio: 'ingressgateway' } }), from: gateway() },
    findings: [
      warned('other-pods', {
        field: 'spec.selector',
        says: ['selects pods with istio=ingressgateway', 'have istio=egressgateway'],
      }),
    ],
  },
  {
    name: 'a server on another port of the gateway',
    world: [plain, httpPair()],
    change: { update: gateway({}, { servers: [server(443, 'HTTP')] }), from: gateway() },
    findings: [
      warned('other-port', {
        field: 'spec.servers[0].port.number',
        says: ['they arrive at port 80', 'serves cnn.com on port 443 only', 'send them to port 443 of the gateway'],
      }),
    ],
  },
  {
    name: "a server by the number of another port's target",
    world: [plain, httpPair()],
    change: { update: gateway({}, { servers: [server(8443, 'HTTP')] }), from: gateway() },
    findings: [
      warned('other-port', {
        field: 'spec.servers[0].port.number',
        says: ['on port 8443 only', 'send them to port 443 of the gateway'],
      }),
    ],
  },
  {
    name: 'a server for another host',
    world: [plain, httpPair()],
    change: { update: gateway({}, { servers: [server(80, 'HTTP', undefined, ['bbc.com'])] }), from: gateway() },
    findings: [
      warned('other-host', {
        field: 'spec.servers[0].hosts',
        says: ['takes bbc.com on port 80, and not cnn.com', 'add cnn.com to spec.servers[0].hosts'],
      }),
    ],
  },
  {
    name: 'routes for one more host than the server has',
    ground: [...bare, gateway({}, { servers: [server(80, 'HTTP')] })],
    world: [plain, httpPair(), entry(['80 HTTP'], { hosts: ['bbc.com'] }, { name: 'bbc' })],
    change: { update: httpPair({}, { hosts: ['cnn.com', 'bbc.com'] }), from: httpPair() },
    findings: [warned('other-host', { field: 'spec.servers[0].hosts', host: 'bbc.com', says: ['and not bbc.com'] })],
  },
  {
    name: 'a server for the VirtualServices of another namespace',
    world: [plain, httpPair()],
    change: {
      update: gateway({}, { servers: [server(80, 'HTTP', undefined, ['billing/cnn.com'])] }),
      from: gateway(),
    },
    findings: [
      warned('other-namespace', {
        field: 'spec.servers[0].hosts',
        says: ['of namespace billing only, and VirtualService shop/cnn is not there', 'write shop/cnn.com'],
      }),
    ],
  },
  {
    name: 'one rule that gives some requests another host',
    world: [plain],
    change: {
      create: routes({
        http: [
          { ...meshHttp(80, { uri: { prefix: '/api' } }), rewrite: { authority: 'api.cnn.com' } },
          meshHttp(),
          gatewayHttp(),
        ],
      }),
    },
    findings: [
      warned('rewritten', {
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0]',
        says: [
          'calls to cnn.com:80 with a path beginning with "/api" from every namespace fail',
          'the host api.cnn.com',
        ],
      }),
    ],
  },
  {
    name: 'a server gone from under TLS alone',
    world: [entry(['80 HTTP', '443 TLS']), fullPair()],
    change: { update: gateway({}, { servers: [server(80, 'HTTP')] }), from: gateway() },
    findings: [
      warned('other-port', { field: 'spec.servers[0].port.number', port: 443, says: ['calls to cnn.com:443'] }),
    ],
  },
  {
    name: 'a pair in two VirtualServices, of which the half at the gateway is told',
    world: [
      plain,
      routes({ gateways: ['mesh'], http: [{ route: [toGateway(80)] }] }),
      routes({ gateways: ['egress'], http: [gatewayHttp()] }, { name: 'out' }),
    ],
    change: { delete: gateway() },
    ground: [...GROUND.filter((one) => one['kind'] !== 'Gateway')],
    findings: [warned('no-gateway', { object: 'VirtualService shop/out', field: 'spec.gateways' })],
  },
];

testRule('gateway-server-missing', VALID, INVALID);
