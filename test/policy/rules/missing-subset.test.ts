import {
  egressGateway,
  entry,
  gateway,
  gatewayHttp,
  httpPair,
  routes,
  sidecar,
  subsets,
  toGateway,
} from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const bare = [egressGateway(), gateway()];
const everybody = { namespace: '*' };

/** The finding about the subset of the right routes. */
function lacking(reason: string, says: readonly string[], more: Partial<Expected> = {}): Expected {
  return {
    severity: 'warning',
    reason,
    object: 'VirtualService shop/cnn',
    field: 'spec.http[0].route[0].destination.subset',
    host: 'cnn.com',
    port: 80,
    client: everybody,
    says,
    ...more,
  };
}

const VALID: readonly ValidCase[] = [
  { name: 'a subset where every sidecar looks', world: [plain], change: { create: httpPair() } },
  {
    name: 'a subset in the root namespace, where the gateway is in none of its own',
    ground: [...bare, subsets({}, { namespace: 'istio-system', name: 'other' })],
    world: [plain],
    change: { create: httpPair() },
  },
  {
    name: 'no subset',
    ground: bare,
    world: [plain],
    change: {
      create: routes({
        http: [
          {
            match: [{ gateways: ['mesh'] }],
            route: [
              { destination: { host: (toGateway(80)['destination'] as { host: string }).host, port: { number: 80 } } },
            ],
          },
          gatewayHttp(),
        ],
      }),
    },
  },
  {
    name: 'a gateway that the clients do not see: it is not the subset that is missing',
    ground: [
      gateway(),
      subsets(),
      {
        ...egressGateway(),
        metadata: {
          name: 'istio-egressgateway',
          namespace: 'istio-system',
          annotations: { 'networking.istio.io/exportTo': '.' },
        },
      },
    ],
    world: [plain],
    change: {
      create: routes({
        gateways: ['mesh'],
        http: [
          {
            match: [{ gateways: ['mesh'], port: 80 }],
            route: [
              {
                destination: {
                  host: 'istio-egressgateway.istio-system.svc.cluster.local',
                  subset: 'gone',
                  port: { number: 81 },
                },
              },
            ],
          },
        ],
      }),
    },
  },
  {
    name: 'one that was missing before',
    ground: bare,
    world: [plain],
    change: { update: httpPair({ labels: { a: 'b' } }), from: httpPair() },
  },
  {
    name: "somebody else's missing subset",
    ground: bare,
    world: [plain, httpPair()],
    change: { create: routes({ hosts: ['bbc.com'], gateways: ['mesh'], http: [] }, { name: 'bbc' }) },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'nobody defines it',
    ground: bare,
    world: [plain],
    change: { create: httpPair() },
    findings: [
      lacking('not-defined', [
        'calls to cnn.com:80 from every namespace fail',
        'defines the subset cnn',
        'in namespace istio-system',
      ]),
    ],
  },
  {
    name: 'another subset than the one that is defined',
    world: [plain],
    change: {
      update: routes({
        http: [
          {
            match: [{ gateways: ['mesh'] }],
            route: [
              {
                destination: {
                  host: 'istio-egressgateway.istio-system.svc.cluster.local',
                  subset: 'cnm',
                  port: { number: 80 },
                },
              },
            ],
          },
          gatewayHttp(),
        ],
      }),
      from: httpPair(),
    },
    findings: [lacking('not-defined', ['subset cnm'])],
  },
  {
    name: 'the DestinationRule deleted',
    ground: bare,
    world: [plain, httpPair()],
    change: { delete: subsets() },
    findings: [lacking('not-defined', [])],
  },
  {
    name: 'a namespace where only its own pods look',
    ground: [...bare, subsets({ subsets: [{ name: 'other' }, { name: 'cnn' }] }, { namespace: 'shop' })],
    world: [plain],
    change: { create: httpPair() },
    findings: [
      lacking('not-visible', [
        'from every namespace but shop',
        'DestinationRule shop/egress defines the subset cnn, and they do not see it',
        'define the subset in namespace istio-system',
      ]),
    ],
  },
  {
    name: 'a DestinationRule for one namespace',
    ground: [...bare, subsets({ exportTo: ['billing'] })],
    world: [plain],
    change: { create: httpPair() },
    findings: [lacking('not-visible', ['from every namespace but billing', 'without exportTo'])],
  },
  {
    name: "a wider rule in the clients' own namespace",
    world: [plain, httpPair()],
    change: { create: subsets({ host: '*.local', subsets: [] }, { name: 'wide', namespace: 'shop' }) },
    findings: [
      lacking(
        'not-visible',
        [
          'from namespace shop',
          'DestinationRule istio-system/egress defines the subset cnn, and DestinationRule shop/wide goes before it',
          'define the subset in DestinationRule shop/wide too',
        ],
        { client: { namespace: 'shop' } },
      ),
    ],
  },
  {
    name: "the injection's own subset, which the clients do not see: no route may count on it",
    ground: [
      ...bare,
      subsets({}, { labels: { 'app.kubernetes.io/managed-by': 'sallyport' } }),
      subsets({ host: '*.local', subsets: [] }, { name: 'wide', namespace: 'shop' }),
    ],
    change: { create: httpPair() },
    findings: [lacking('not-visible', ['from namespace shop'], { severity: 'error', client: { namespace: 'shop' } })],
  },
  {
    name: 'the same by another object: the route is not refused for it',
    ground: [...bare, subsets({}, { labels: { 'app.kubernetes.io/managed-by': 'sallyport' } })],
    world: [plain, httpPair()],
    change: { create: subsets({ host: '*.local', subsets: [] }, { name: 'wide', namespace: 'shop' }) },
    findings: [lacking('not-visible', [], { client: { namespace: 'shop' } })],
  },
  {
    name: 'a Sidecar changes nothing about where the rules of the gateway are looked for',
    world: [plain, httpPair(), subsets({ host: '*.local', subsets: [] }, { name: 'wide', namespace: 'billing' })],
    change: { create: sidecar({ egress: [{ hosts: ['./*'] }] }, { namespace: 'billing' }) },
    findings: [],
  },
  {
    name: 'a subset of the host that the gateway does not find',
    world: [plain],
    change: {
      create: routes({
        http: [
          { match: [{ gateways: ['mesh'], port: 80 }], route: [toGateway(80)] },
          {
            match: [{ gateways: ['egress'], port: 80 }],
            route: [{ destination: { host: 'cnn.com', subset: 'v1', port: { number: 80 } } }],
          },
        ],
      }),
    },
    findings: [
      lacking('not-defined', ['no DestinationRule for cnn.com defines the subset v1', 'in namespace shop'], {
        field: 'spec.http[1].route[0].destination.subset',
      }),
    ],
  },
];

testRule('missing-subset', VALID, INVALID);
