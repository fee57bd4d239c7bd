import t from 'tap';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { touchedCalls } from '../../src/policy/touched-calls.js';
import { read } from './judgement.js';
import {
  EGRESS,
  egressGateway,
  entry,
  fullPair,
  gateway,
  httpPair,
  meshHttp,
  routes,
  service,
  sidecar,
  subsets,
  toGateway,
  workload,
  type Document,
} from './manifests.js';

const mysql = entry(
  ['3306 TCP'],
  { hosts: ['db.com'], addresses: ['203.0.113.5', '198.51.100.0/24'], resolution: 'STATIC' },
  { name: 'db' },
);
const BASE = [egressGateway(), gateway(), subsets(), entry(['80 HTTP', '443 TLS']), fullPair(), mysql];

/** Names, ports and addresses that a change of the object reaches; what nobody declares is always among them. */
function reached(object: Document, world: readonly Document[] = BASE) {
  const objects = world.map((document) => read(document, OLDEST));
  const calls = touchedCalls([new MeshWorld(DEFAULT_MESH, objects)], [read(object, OLDEST)]);
  const sorted = (values: readonly (string | number | undefined)[]) =>
    [...new Set(values)].filter((one) => one !== undefined).sort();
  return {
    hosts: sorted(calls.map(({ call }) => call.host)).filter((host) => host !== 'undeclared.invalid'),
    ports: sorted(calls.map(({ call }) => call.port)),
    addresses: sorted(calls.map(({ call }) => call.address)),
  };
}

t.test('every protocol on every port, to every name and one more, at every address and one more', (t) => {
  const calls = touchedCalls([new MeshWorld(DEFAULT_MESH, [read(mysql, OLDEST)])], [read(mysql, OLDEST)]);
  t.equal(calls.length, 3 * 1 * 2 * 3);
  t.strictSame(new Set(calls.map(({ call }) => call.protocol)), new Set(['http', 'tls', 'tcp']));
  const shown = new Set(calls.map(({ shownHost, hostInWords }) => `${shownHost} ${hostInWords}`));
  t.strictSame(shown, new Set(['* any undeclared host', 'db.com db.com']));
  t.ok(calls.some(({ call }) => call.address === undefined));
  t.end();
});

t.test('an entry: its own names, ports and addresses, one address inside each block', (t) => {
  t.strictSame(reached(mysql, []), { hosts: ['db.com'], ports: [3306], addresses: ['198.51.100.1', '203.0.113.5'] });
  t.end();
});

t.test('a wildcard: a name that only it covers, and whatever is declared or routed below', (t) => {
  const wild = entry(['8443 TLS'], { hosts: ['*.com'], resolution: 'NONE' }, { name: 'wild' });
  const world = [entry(['80 HTTP']), routes({ hosts: ['www.bbc.com'] }, { name: 'bbc' })];
  t.strictSame(reached(wild, world), {
    hosts: ['cnn.com', 'undeclared.com', 'www.bbc.com'],
    ports: [80, 8443],
    addresses: [],
  });
  const calls = touchedCalls([new MeshWorld(DEFAULT_MESH, [])], [read(wild, OLDEST)]);
  t.ok(
    calls.some(
      ({ call, shownHost, hostInWords }) =>
        call.host === 'undeclared.com' && shownHost === '*' && hostInWords === '*.com',
    ),
  );
  t.end();
});

t.test('upper case is dialled as it is written, and shown in lower case', (t) => {
  const calls = touchedCalls(
    [new MeshWorld(DEFAULT_MESH, [])],
    [read(entry(['443 TLS'], { hosts: ['CNN.com'] }), OLDEST)],
  );
  t.ok(calls.some(({ call, shownHost }) => call.host === 'CNN.com' && shownHost === 'cnn.com'));
  t.end();
});

t.test('a VirtualService: its hosts, its SNIs and subnets, and the ports of what is declared of them', (t) => {
  const object = routes({
    hosts: ['cnn.com', 'late.com'],
    tls: [
      { match: [{ sniHosts: ['sni.com'], port: 8443, destinationSubnets: ['192.0.2.0/24'] }], route: [toGateway(443)] },
    ],
    tcp: [{ match: [{ port: 9000, destinationSubnets: ['192.0.2.128/25'] }], route: [toGateway(443)] }],
  });
  t.strictSame(reached(object), {
    hosts: ['cnn.com', 'late.com', 'sni.com'],
    ports: [443, 80],
    addresses: ['192.0.2.1', '192.0.2.129'],
  });
  t.strictSame(
    reached(routes({ hosts: ['late.com'], http: [meshHttp(8080)] }), []).ports,
    [80],
    'HTTP acts on port 80',
  );
  t.end();
});

t.test('a delegate: what its roots reach', (t) => {
  const delegate = routes({ hosts: [], gateways: [], http: [] }, { name: 'd' });
  const root = routes({ http: [{ delegate: { name: 'd' } }] });
  t.strictSame(reached(delegate, [entry(['80 HTTP']), root]).hosts, ['cnn.com']);
  const alone = routes({ hosts: [], gateways: [], http: [meshHttp()] }, { name: 'd' });
  t.strictSame(reached(alone, [entry(['80 HTTP'])]), { hosts: [], ports: [], addresses: [] }, 'nobody delegates to it');
  t.end();
});

t.test('a DestinationRule of the gateway: every host that is routed to it', (t) => {
  const pair = httpPair({ name: 'bbc' }, { hosts: ['bbc.com'] });
  t.strictSame(reached(subsets(), [...BASE, pair]).hosts, ['bbc.com', 'cnn.com', EGRESS].sort());
  t.strictSame(reached(subsets({ host: '*.local' })).hosts, ['cnn.com', EGRESS].sort());
  t.strictSame(reached(subsets({ host: 'nobody.com' })).hosts, []);
  t.end();
});

t.test('a Gateway: the routes that bind it', (t) => {
  t.strictSame(reached(gateway()).hosts, ['cnn.com']);
  t.strictSame(reached(gateway({ name: 'other' })).hosts, []);
  t.end();
});

t.test('a Sidecar: everything', (t) => {
  t.strictSame(reached(sidecar({})), {
    hosts: ['cnn.com', 'db.com'],
    ports: [3306, 443, 80],
    addresses: ['198.51.100.1', '203.0.113.5'],
  });
  t.end();
});

t.test('a WorkloadEntry: what selects it, and what is routed there', (t) => {
  const selecting = entry(
    ['80 HTTP'],
    { hosts: ['vm.internal'], resolution: 'STATIC', workloadSelector: { labels: { app: 'vm' } } },
    { name: 'vm' },
  );
  t.strictSame(reached(workload('10.0.0.1', { app: 'vm' }), [selecting]).hosts, ['vm.internal']);
  t.strictSame(reached(workload('10.0.0.1', { app: 'other' }), [selecting]).hosts, []);
  const joining = workload('203.0.113.9', { istio: 'egressgateway' }, { namespace: 'istio-system' });
  t.strictSame(reached(joining).hosts, ['cnn.com', EGRESS].sort());
  t.end();
});

t.test('a Service: its name, and the name that it stands for', (t) => {
  t.strictSame(reached(service({ clusterIP: '10.96.0.9' }), []), {
    hosts: ['reviews.shop.svc.cluster.local'],
    ports: [80],
    addresses: ['10.96.0.9'],
  });
  t.strictSame(reached(service({ type: 'ExternalName', externalName: 'cnn.com' })).hosts, [
    'cnn.com',
    'reviews.shop.svc.cluster.local',
  ]);
  t.strictSame(reached(egressGateway()).hosts, ['cnn.com', EGRESS].sort());
  t.end();
});

t.test('a Namespace or an EnvoyFilter: nothing', (t) => {
  t.strictSame(reached({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }), {
    hosts: [],
    ports: [],
    addresses: [],
  });
  t.strictSame(
    reached({
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
      metadata: { name: 'f', namespace: 'shop' },
    }).hosts,
    [],
  );
  t.end();
});
