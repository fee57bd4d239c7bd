import t from 'tap';
import { DEFAULT_MESH } from '../../../src/mesh/kinds/mesh-config.js';
import {
  byServiceAge,
  declarationsOf,
  endpointAddresses,
  portKey,
  portKeys,
  type Declaration,
} from '../../../src/mesh/world/declaration.js';
import { read } from '../manifests.js';

function declared(spec: Record<string, unknown>, metadata?: Record<string, unknown>): readonly Declaration[] {
  const entry = { hosts: ['e.com'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], ...spec };
  return declarationsOf(read('ServiceEntry', entry, metadata), DEFAULT_MESH);
}

function only(declarations: readonly Declaration[]): Declaration {
  t.equal(declarations.length, 1);
  return declarations[0]!;
}

function service(spec: Record<string, unknown>, metadata?: Record<string, unknown>): Declaration {
  const ports = [{ port: 80, name: 'http' }];
  return only(declarationsOf(read('Service', { ports, ...spec }, { name: 'web', ...metadata }), DEFAULT_MESH));
}

t.test('a ServiceEntry declares each of its hosts', (t) => {
  const all = declared({ hosts: ['e.com', '*.e.com'] });
  t.strictSame(
    all.map(({ host }) => host),
    ['e.com', '*.e.com'],
  );
  t.match(all[0], { namespace: 'shop', kubernetes: false, resolution: 'NONE', external: true, exportTo: ['*'] });
  t.equal(only(declared({ location: 'MESH_INTERNAL' })).external, false);
  t.strictSame(only(declared({ exportTo: ['.', 'app'] })).exportTo, ['.', 'app']);
  t.strictSame(only(declared({})).ports, [{ number: 80, name: 'http', protocol: 'HTTP', family: 'http' }]);
  t.end();
});

t.test('its addresses are plain ones and blocks', (t) => {
  const one = only(declared({ addresses: ['203.0.113.9', '198.51.100.0/24', '203.0.113.10'] }));
  t.strictSame(one.addresses, ['203.0.113.9', '203.0.113.10']);
  t.strictSame(one.blocks, ['198.51.100.0/24']);
  const plain = only(declared({ addresses: ['203.0.113.9'] }));
  t.strictSame([plain.addresses, plain.blocks], [['203.0.113.9'], []]);
  t.end();
});

t.test('a Service declares its own name, and how it is reached', (t) => {
  t.match(service({ clusterIP: '10.0.0.1' }), {
    host: 'web.shop.svc.cluster.local',
    kubernetes: true,
    resolution: 'KUBERNETES',
    addresses: ['10.0.0.1'],
    blocks: [],
    external: false,
  });
  t.match(service({ clusterIP: 'None' }), { resolution: 'HEADLESS', addresses: [] });
  t.match(service({ type: 'ExternalName', externalName: 'e.com', clusterIP: '10.0.0.1' }), {
    resolution: 'ALIAS',
    addresses: [],
  });
  const annotations = { 'networking.istio.io/exportTo': 'app,.' };
  t.strictSame(service({}, { annotations }).exportTo, ['app', '.']);
  t.end();
});

t.test("the mesh's default is who sees what says nothing of it", (t) => {
  const mesh = { ...DEFAULT_MESH, defaultServiceExportTo: ['.'] };
  t.strictSame(declarationsOf(read('ServiceEntry', { hosts: ['e.com'] }), mesh)[0]?.exportTo, ['.']);
  t.strictSame(declarationsOf(read('Service', {}), mesh)[0]?.exportTo, ['.']);
  t.end();
});

t.test('a port binds to every address where no virtual IP is its own, and for whoever sees it', (t) => {
  const ports = [
    { number: 80, name: 'http', protocol: 'HTTP' },
    { number: 443, name: 'tls', protocol: 'TLS' },
    { number: 3306, name: 'tcp', protocol: 'TCP' },
    { number: 9000, name: 'any' },
    { number: 53, name: 'udp', protocol: 'UDP' },
  ];
  const all = [
    portKey(80, 'http', '*'),
    portKey(443, 'tls', '*'),
    portKey(3306, 'tcp', '*'),
    portKey(9000, 'sniffed', '*'),
  ];
  t.strictSame(portKeys(only(declared({ ports }))), all, 'UDP binds nowhere');
  t.strictSame(
    portKeys(only(declared({ ports, addresses: ['203.0.113.9'] }))),
    [portKey(80, 'http', '*')],
    'a VIP takes the others',
  );
  t.strictSame(
    portKeys(only(declared({ ports, addresses: ['203.0.113.9', '198.51.100.0/24'] }))),
    all,
    'a block does not',
  );
  t.strictSame(
    portKeys(only(declared({ exportTo: ['.', 'app', '~'] }))),
    [portKey(80, 'http', 'shop'), portKey(80, 'http', 'app')],
    'for its own namespace and those named; ~ is nobody',
  );
  t.strictSame(portKeys(only(declared({ exportTo: ['app', '*'] }))), [portKey(80, 'http', '*')], 'everybody is all');
  t.end();
});

t.test('its own endpoints, as far as they are addresses', (t) => {
  const endpoints = [{ address: '203.0.113.66' }, { address: 'backend.e.com' }, { address: 'unix:///run/socket' }];
  t.strictSame(endpointAddresses(only(declared({ resolution: 'STATIC', endpoints }))), ['203.0.113.66']);
  t.strictSame(endpointAddresses(service({})), []);
  t.end();
});

t.test('the order of services is age, host, namespace, and then the name of the object', (t) => {
  const at = (createdAt: string, host: string, namespace: string, name: string): Declaration =>
    only(declared({ hosts: [host] }, { creationTimestamp: createdAt, namespace, name }));
  const [one, two] = ['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'];
  const ordered = [
    at(one, 'b.com', 'b', 'b'),
    at(two, 'a.com', 'b', 'b'),
    at(two, 'b.com', 'a', 'b'),
    at(two, 'b.com', 'b', 'a'),
    at(two, 'b.com', 'b', 'b'),
  ];
  t.strictSame([...ordered].reverse().sort(byServiceAge), ordered);
  for (const one of ordered) t.equal(byServiceAge(one, one), 0);
  const twin = read('Service', {}, { name: 'web', creationTimestamp: two });
  const [kubernetes] = declarationsOf(twin, DEFAULT_MESH);
  const entry = at(two, 'web.shop.svc.cluster.local', 'shop', 'web');
  t.ok(byServiceAge(kubernetes!, entry) < 0 && byServiceAge(entry, kubernetes!) > 0, 'at last a Service comes first');
  t.end();
});
