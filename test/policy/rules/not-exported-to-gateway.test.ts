import {
  entry,
  gateway,
  gatewayHttp,
  GROUND,
  httpPair,
  meshHttp,
  routes,
  subsets,
  toGateway,
  toHost,
} from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const origination = (spec: object, namespace = 'shop') => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'originate', namespace },
  spec: { host: 'cnn.com', trafficPolicy: { tls: { mode: 'SIMPLE' } }, ...spec },
});
/** TLS that begins at the gateway. */
const upstream = routes({
  http: [meshHttp(), { match: [{ gateways: ['egress'], port: 80 }], route: [toHost(443)] }],
});
const both = entry(['80 HTTP', '443 TLS']);

function warned(reason: string, more: Partial<Expected>): Expected {
  return {
    severity: 'warning',
    reason,
    object: 'VirtualService shop/cnn',
    field: 'spec.exportTo',
    host: 'cnn.com',
    port: 80,
    client: { namespace: '*' },
    ...more,
  };
}

const VALID: readonly ValidCase[] = [
  { name: 'everything for everybody', world: [plain], change: { create: httpPair() } },
  {
    name: "what names the gateway's namespace",
    world: [entry(['80 HTTP'], { exportTo: ['.', 'istio-system'] })],
    change: { create: httpPair({}, { exportTo: ['.', 'istio-system'] }) },
  },
  {
    name: 'routes before the entry that they will have, with a port that only the gateway dials',
    change: { create: upstream },
  },
  { name: 'the DestinationRule where the gateway looks', world: [both, upstream], change: { create: origination({}) } },
  {
    name: 'a DestinationRule for clients',
    world: [both, upstream, origination({}, 'billing'), origination({})],
    change: { delete: origination({}, 'billing') },
  },
  {
    name: 'an entry that was hidden before',
    world: [httpPair({}, { exportTo: ['.', 'istio-system'] })],
    change: {
      update: entry(['80 HTTP'], { exportTo: ['.'] }, { labels: { a: 'b' } }),
      from: entry(['80 HTTP'], { exportTo: ['.'] }),
    },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'routes for their own namespace',
    world: [entry(['80 HTTP'], { exportTo: ['.'] })],
    change: { create: httpPair({}, { exportTo: ['.'] }) },
    findings: [
      warned('route', {
        client: { namespace: 'shop' },
        says: [
          'VirtualService shop/cnn tells the gateway where to send them, and is not exported to its namespace istio-system',
          'add istio-system to spec.exportTo',
        ],
      }),
    ],
  },
  {
    name: 'an entry for its own namespace',
    world: [httpPair({}, { exportTo: ['.', 'istio-system'] })],
    change: { update: entry(['80 HTTP'], { exportTo: ['.'] }), from: plain },
    findings: [
      warned('entry', {
        object: 'ServiceEntry shop/cnn',
        client: { namespace: 'istio-system' },
        says: [
          'ServiceEntry shop/cnn is not exported to its namespace istio-system',
          'add istio-system to spec.exportTo',
        ],
      }),
    ],
  },
  {
    name: 'an entry that must not be seen there before the routes to the gateway are',
    world: [
      routes({ gateways: ['mesh'], exportTo: ['.'], http: [meshHttp()] }),
      routes({ gateways: ['egress'], http: [gatewayHttp()] }, { name: 'out' }),
    ],
    change: {
      update: entry(['80 HTTP'], { exportTo: ['.'] }),
      from: entry(['80 HTTP'], { exportTo: ['.', 'istio-system'] }),
    },
    findings: [
      warned('entry', {
        object: 'ServiceEntry shop/cnn',
        client: { namespace: 'shop' },
        says: ['add istio-system to spec.exportTo, after it is in that of VirtualService shop/cnn'],
      }),
    ],
  },
  {
    name: 'an older entry of another namespace without the port',
    world: [
      both,
      routes({ http: [meshHttp(), { match: [{ gateways: ['egress'], port: 80 }], route: [toHost(443)] }] }),
      origination({}),
    ],
    change: {
      create: entry(['80 HTTP'], { exportTo: ['istio-system'] }, { name: 'near', namespace: 'billing' }),
    },
    findings: [
      warned('other-entry', {
        object: 'ServiceEntry billing/near',
        field: 'spec.ports',
        says: ['ServiceEntry billing/near does not declare', 'ServiceEntry shop/cnn does, and gives way to it'],
      }),
    ],
  },
  {
    name: 'the DestinationRule that begins the TLS hidden',
    world: [both, upstream],
    change: { update: origination({ exportTo: ['.'] }), from: origination({}) },
    findings: [
      warned('rule', {
        object: 'DestinationRule shop/originate',
        field: 'spec',
        says: ['the gateway sends them to cnn.com:443 without TLS', 'have the rule in namespace shop or istio-system'],
      }),
    ],
  },
  {
    name: 'a subset of the host that only its clients see',
    world: [
      plain,
      routes({
        http: [
          meshHttp(),
          {
            route: [{ destination: { host: 'cnn.com', subset: 'v1', port: { number: 80 } } }],
            match: [{ gateways: ['egress'] }],
          },
        ],
      }),
    ],
    change: {
      update: origination({ trafficPolicy: undefined, subsets: [{ name: 'v1' }], exportTo: ['.'] }),
      from: origination({ trafficPolicy: undefined, subsets: [{ name: 'v1' }] }),
    },
    findings: [
      warned('rule', {
        object: 'DestinationRule shop/originate',
        field: 'spec',
        says: ['DestinationRule shop/originate defines the subset v1 of cnn.com, and the gateway does not see it'],
      }),
    ],
  },
  {
    name: 'the entry deleted, the routes left',
    world: [httpPair()],
    change: { delete: plain },
    findings: [
      warned('not-declared', {
        field: 'spec.http[1].route[0].destination.host',
        says: [
          'calls to cnn.com:80 from every namespace would fail',
          'delete VirtualService shop/cnn as well, or first',
        ],
      }),
    ],
  },
  {
    name: 'a misspelt destination',
    world: [plain],
    change: { update: routes({ http: [meshHttp(), gatewayHttp(80, 'cnm.com')] }), from: httpPair() },
    findings: [
      warned('not-declared', {
        field: 'spec.http[1].route[0].destination.host',
        says: ['to cnm.com, which no ServiceEntry declares', 'name a host here that is declared'],
      }),
    ],
  },
  {
    name: 'a port that the entry does not declare',
    world: [plain],
    change: { update: routes({ http: [meshHttp(), gatewayHttp(8080)] }), from: httpPair() },
    findings: [
      warned('not-declared', {
        field: 'spec.http[1].route[0].destination.port',
        says: ['port 8080 of cnn.com, and ServiceEntry shop/cnn declares no such port', 'or add port 8080 to it'],
      }),
    ],
  },
  {
    name: 'the same by the entry',
    world: [
      routes({ http: [{ route: [toGateway(80)], match: [{ gateways: ['mesh'], port: 80 }] }, gatewayHttp(443)] }),
    ],
    ground: [...GROUND.slice(0, 1), gateway(), subsets()],
    change: { update: plain, from: both },
    findings: [
      warned('not-declared', { object: 'ServiceEntry shop/cnn', field: 'spec.ports', says: ['no such port'] }),
    ],
  },
];

testRule('not-exported-to-gateway', VALID, INVALID);
