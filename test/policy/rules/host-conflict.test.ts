import {
  egressGateway,
  entry,
  fullPair,
  gateway,
  gatewayHttp,
  httpPair,
  meshHttp,
  meshTls,
  gatewayTls,
  routes,
  server,
  subsets,
  toGateway,
  toHost,
} from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const second = { name: 'second', namespace: 'billing' };
const shared = { gateways: ['mesh', 'shop/egress'] };

function warned(reason: string, more: Partial<Expected> = {}): Expected {
  return {
    severity: 'warning',
    reason,
    object: 'VirtualService billing/second',
    field: 'spec.hosts',
    host: 'cnn.com',
    port: 80,
    client: { namespace: '*' },
    ...more,
  };
}

const VALID: readonly ValidCase[] = [
  { name: 'one VirtualService', world: [plain], change: { create: httpPair() } },
  {
    name: 'the two halves of a pair',
    world: [plain, routes({ gateways: ['egress'], http: [gatewayHttp()] }, { name: 'out' })],
    change: { create: routes({ gateways: ['mesh'], http: [meshHttp()] }) },
  },
  {
    name: 'each its own port',
    world: [entry(['80 HTTP', '8080 HTTP']), httpPair()],
    change: { create: routes({ http: [meshHttp(8080), gatewayHttp(8080)] }, { name: 'more' }) },
  },
  {
    name: 'each its own section',
    world: [entry(['80 HTTP', '443 TLS']), httpPair()],
    change: { create: routes({ tls: [meshTls(), gatewayTls()] }, { name: 'tls' }) },
  },
  {
    name: 'a wildcard and a name under it',
    world: [
      entry(['80 HTTP'], { hosts: ['*.cnn.com', 'www.cnn.com'] }),
      httpPair({}, { hosts: ['*.cnn.com'], http: [meshHttp(), gatewayHttp(80, 'www.cnn.com')] }),
    ],
    change: {
      create: httpPair({ name: 'www' }, { hosts: ['www.cnn.com'], http: [meshHttp(), gatewayHttp(80, 'www.cnn.com')] }),
    },
  },
  {
    name: 'one for its own namespace, which goes first there',
    world: [plain, httpPair()],
    change: { create: httpPair(second, { ...shared, exportTo: ['.', 'istio-system'] }) },
  },
  {
    name: 'a conflict that was there before',
    world: [plain, httpPair()],
    change: {
      update: httpPair({ ...second, labels: { a: 'b' } }, shared),
      from: httpPair(second, shared),
    },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'a second one for the same host',
    world: [plain, httpPair()],
    change: { create: httpPair(second, shared) },
    findings: [
      warned('not-first', {
        says: [
          'for calls to cnn.com:80 from every namespace this VirtualService does nothing: VirtualService shop/cnn has the host too',
          'write these rules into VirtualService shop/cnn',
        ],
      }),
    ],
  },
  {
    name: 'the same for TLS',
    world: [entry(['443 TLS']), fullPair()],
    change: { create: routes({ ...shared, tls: [meshTls(), gatewayTls()] }, second) },
    findings: [warned('not-first', { port: 443 })],
  },
  {
    name: 'bytes, where a wider name that is older goes first',
    ground: [egressGateway(), gateway({}, { servers: [server(443, 'TCP', undefined, ['*'])] }), subsets()],
    world: [
      entry(['443 TCP'], { hosts: ['www.cnn.com'] }),
      routes({
        hosts: ['*.cnn.com'],
        tcp: [
          { match: [{ gateways: ['mesh'], port: 443 }], route: [toGateway(443)] },
          { match: [{ gateways: ['egress'], port: 443 }], route: [toHost(443, 'www.cnn.com')] },
        ],
      }),
    ],
    change: {
      create: routes(
        { hosts: ['www.cnn.com'], gateways: ['mesh'], tcp: [{ route: [toGateway(443)] }] },
        { name: 'second', namespace: 'billing' },
      ),
    },
    findings: [warned('not-first', { host: 'www.cnn.com', port: 443 })],
  },
  {
    name: 'an older one that takes a host of a younger one over',
    world: [plain, entry(['80 HTTP'], { hosts: ['bbc.com'] }, { name: 'bbc' }), httpPair({ name: 'zzz' })],
    change: {
      update: httpPair({}, { hosts: ['bbc.com', 'cnn.com'] }),
      from: httpPair({}, { hosts: ['bbc.com'], http: [meshHttp(), gatewayHttp(80, 'bbc.com')] }),
    },
    findings: [
      warned('takes-over', {
        object: 'VirtualService shop/cnn',
        says: ['were for VirtualService shop/zzz', 'from now on goes behind'],
      }),
    ],
  },
  {
    name: 'an older one that takes the route at the gateway, for some requests',
    world: [
      plain,
      entry(['80 HTTP'], { hosts: ['bbc.com'] }, { name: 'bbc' }),
      routes(
        {
          gateways: ['egress'],
          http: [{ match: [{ uri: { prefix: '/news' } }], route: [toHost(80, 'bbc.com')] }],
        },
        { name: 'older' },
      ),
    ],
    change: { create: httpPair({ name: 'pair' }) },
    findings: [
      warned('at-gateway', {
        object: 'VirtualService shop/pair',
        field: 'spec.http[1].match[0]',
        says: [
          'calls to cnn.com:80 with a path beginning with "/news" from every namespace go to bbc.com:80',
          'VirtualService shop/older has the host too, and goes before VirtualService shop/pair',
        ],
      }),
    ],
  },
];

testRule('host-conflict', VALID, INVALID);
