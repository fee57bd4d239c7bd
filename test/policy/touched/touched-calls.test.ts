import t from 'tap';
import { DEFAULT_MESH } from '../../../src/mesh/kinds/mesh-config.js';
import { OLDEST } from '../../../src/mesh/metadata.js';
import { MeshWorld } from '../../../src/mesh/world/mesh-world.js';
import { worldsOf } from '../../../src/policy/change.js';
import { touchedCalls } from '../../../src/policy/touched/touched-calls.js';
import { read } from '../judgement.js';
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
} from '../manifests.js';

const mysql = entry(
  ['3306 TCP'],
  { hosts: ['db.com'], addresses: ['203.0.113.5', '198.51.100.0/24'], resolution: 'STATIC' },
  { name: 'db' },
);
const BASE = [egressGateway(), gateway(), subsets(), entry(['80 HTTP', '443 TLS']), fullPair(), mysql];

/** The calls that the object's creation moves, or its update where there is an old one. */
function moved(object: Document, world: readonly Document[], old?: Document) {
  const ages = world.map((document) => read(document, OLDEST));
  const was = old === undefined ? undefined : read(old, OLDEST);
  const change = { old: was, object: read(object, OLDEST) };
  return touchedCalls(worldsOf(new MeshWorld(DEFAULT_MESH, was === undefined ? ages : [...ages, was]), change), change);
}

/** Names, ports and addresses that a change of the object reaches; what nobody declares is always among them. */
function reached(object: Document, world: readonly Document[] = BASE, old?: Document) {
  const calls = moved(object, world, old);
  const sorted = (values: readonly (string | number | undefined)[]) =>
    [...new Set(values)].filter((one) => one !== undefined).sort();
  return {
    hosts: sorted(calls.map(({ call }) => call.host)).filter((host) => host !== 'undeclared.invalid'),
    ports: sorted(calls.map(({ call }) => call.port)),
    addresses: sorted(calls.map(({ call }) => call.address)),
  };
}

t.test('every protocol on every port, to every name and one more, at every address and one more', (t) => {
  const calls = moved(mysql, []);
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
  const calls = moved(wild, []);
  t.ok(
    calls.some(
      ({ call, shownHost, hostInWords }) =>
        call.host === 'undeclared.com' && shownHost === '*' && hostInWords === '*.com',
    ),
  );
  t.end();
});

t.test('upper case is dialled as it is written, and shown in lower case', (t) => {
  const calls = moved(entry(['443 TLS'], { hosts: ['CNN.com'] }), []);
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

t.test('a Sidecar: what its pods see otherwise than before, and what nobody declares on every port', (t) => {
  const nothing = { hosts: [], ports: [], addresses: [] };
  t.strictSame(reached(sidecar({})), nothing, 'it shows all, as none does');
  const all = sidecar({ egress: [{ hosts: ['*/*'] }] });
  const narrow = sidecar({ egress: [{ hosts: ['*/cnn.com', '*/*.local'] }] });
  t.strictSame(reached(narrow, BASE, all).hosts, ['cnn.com', 'db.com', EGRESS].sort());
  t.strictSame(reached(sidecar({ egress: [{ hosts: ['*/cnn.com', '*/*.local', '*/db.com'] }] }), BASE, narrow), {
    hosts: ['db.com'],
    ports: [3306, 443, 80],
    addresses: ['198.51.100.1', '203.0.113.5'],
  });
  const other = sidecar({ egress: [{ hosts: ['*/*.local', '*/cnn.com'] }] });
  t.strictSame(reached(other, BASE, narrow), nothing, 'in another order');
  t.ok(
    moved(other, BASE, all).every(({ namespace }) => namespace === 'shop'),
    'nobody else sees through it',
  );
  t.end();
});

t.test('a Sidecar that hides many services: some of them are called by their names, all as undeclared ones', (t) => {
  const many = Array.from({ length: 120 }, (_, index) =>
    entry(['80 HTTP'], { hosts: [`h${index}.com`] }, { name: `h${index}` }),
  );
  const hosts = reached(sidecar({ egress: [{ hosts: ['./*.local'] }] }), many).hosts;
  t.equal(hosts.length, 50);
  t.end();
});

t.test('what is not read of an object does not count', (t) => {
  const old = httpPair();
  t.strictSame(reached(httpPair({ annotations: { 'example.com/note': 'x' } }), BASE, old).ports, []);
  t.not(
    reached(httpPair({ annotations: { 'internal.istio.io/route-semantics': 'gateway' } }), BASE, old).ports.length,
    0,
  );
  t.not(reached(httpPair({ labels: { a: 'b' } }), BASE, old).ports.length, 0);
  t.not(reached(httpPair({}, { exportTo: ['.'] }), BASE, old).ports.length, 0);
  t.end();
});

t.test('a DestinationRule beside others for its host: the routes to the subsets that it changes', (t) => {
  const other = subsets({ subsets: [{ name: 'bbc' }] }, { name: 'bbc' });
  const route = httpPair(
    { name: 'bbc' },
    { hosts: ['bbc.com'], http: [{ route: [{ destination: { host: EGRESS, subset: 'bbc' } }] }] },
  );
  const world = [...BASE, route];
  t.strictSame(reached(other, world).hosts, ['bbc.com']);
  t.strictSame(
    reached(subsets({ subsets: [{ name: 'bbc' }], exportTo: ['*'] }, { name: 'bbc' }), world).hosts,
    ['bbc.com', 'cnn.com', EGRESS].sort(),
  );
  t.strictSame(
    reached(
      subsets(
        { subsets: [{ name: 'bbc' }], trafficPolicy: { loadBalancer: { simple: 'PASSTHROUGH' } } },
        { name: 'bbc' },
      ),
      world,
    ).hosts,
    ['bbc.com', 'cnn.com', EGRESS].sort(),
  );
  t.strictSame(reached(subsets({ subsets: [{ name: 'cnn' }, { name: 'bbc' }] }), world, subsets()).hosts, ['bbc.com']);
  t.end();
});

t.test('a host with very many routes: those whose clusters come out otherwise', (t) => {
  const many = Array.from({ length: 200 }, (_, index) =>
    httpPair(
      { name: `h${index}` },
      { hosts: [`h${index}.com`], http: [{ route: [{ destination: { host: EGRESS, subset: `s${index}` } }] }] },
    ),
  );
  const named = { subsets: many.map((_, index) => ({ name: `s${index}` })) };
  const rule = subsets(named);
  const world = [egressGateway(), ...many];
  const settings = { connectionPool: { tcp: { maxConnections: 5 } } };
  t.strictSame(reached(subsets({ ...named, trafficPolicy: settings }), world, rule).hosts, [EGRESS]);
  const passthrough = { loadBalancer: { simple: 'PASSTHROUGH' } };
  t.equal(reached(subsets({ ...named, trafficPolicy: passthrough }), world, rule).hosts.length, 201, 'all that leak');
  const mutual = { tls: { mode: 'ISTIO_MUTUAL' } };
  t.equal(reached(subsets({ ...named, trafficPolicy: mutual }), world, rule).hosts.length, 101, 'some of the others');
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
