import t from 'tap';
import { DEFAULT_MESH } from '../../../src/mesh/kinds/mesh-config.js';
import { MeshWorld } from '../../../src/mesh/world/mesh-world.js';
import { read } from '../manifests.js';

const PORTS = [{ number: 80, name: 'http', protocol: 'HTTP' }];

const entry = (name: string, host: string, createdAt: string) =>
  read('ServiceEntry', { hosts: [host], ports: PORTS }, { name, creationTimestamp: createdAt });

const old = entry('old', 'e.com', '2024-01-01T00:00:00Z');
const young = entry('young', 'e.com', '2024-01-02T00:00:00Z');

t.test('put adds an object, or replaces the one of its kind, namespace and name', (t) => {
  const world = new MeshWorld(DEFAULT_MESH);
  world.put(young);
  world.put(old);
  t.strictSame(
    world.declarations.of('e.com').map(({ object }) => object),
    [old, young],
    'oldest first, in whatever order they came',
  );
  const moved = entry('old', 'f.com', '2024-01-01T00:00:00Z');
  world.put(moved);
  t.equal(world.object('ServiceEntry', 'shop', 'old'), moved);
  t.strictSame(
    world.declarations.of('e.com').map(({ object }) => object),
    [young],
  );
  t.strictSame([...world.all('ServiceEntry')].length, 2);
  t.end();
});

t.test('the same name is another object in another namespace, or of another kind', (t) => {
  const world = new MeshWorld(DEFAULT_MESH, [old]);
  const elsewhere = read('ServiceEntry', { hosts: ['e.com'] }, { name: 'old', namespace: 'app' });
  const route = read('VirtualService', { hosts: ['e.com'] }, { name: 'old' });
  world.put(elsewhere);
  world.put(route);
  t.equal(world.object('ServiceEntry', 'shop', 'old'), old);
  t.equal(world.object('ServiceEntry', 'app', 'old'), elsewhere);
  t.equal(world.object('VirtualService', 'shop', 'old'), route);
  t.equal(world.object('Gateway', 'shop', 'old'), undefined);
  t.end();
});

t.test('remove takes out one object, and does nothing where there is none', (t) => {
  const world = new MeshWorld(DEFAULT_MESH, [old, young]);
  world.remove('ServiceEntry', 'shop', 'old');
  world.remove('ServiceEntry', 'shop', 'never');
  world.remove('Sidecar', 'shop', 'young');
  t.strictSame([...world.all('ServiceEntry')], [young]);
  t.equal(world.object('ServiceEntry', 'shop', 'old'), undefined);
  t.end();
});

t.test('replace makes a list all that there is of a kind', (t) => {
  const route = read('VirtualService', { hosts: ['e.com'] }, { name: 'route' });
  const world = new MeshWorld(DEFAULT_MESH, [old, route]);
  world.replace('ServiceEntry', [young]);
  t.strictSame([...world.all('ServiceEntry')], [young]);
  t.strictSame([...world.all('VirtualService')], [route], 'other kinds stay');
  world.replace('ServiceEntry', []);
  t.strictSame([...world.all('ServiceEntry')], []);
  t.strictSame(world.declarations.of('e.com'), []);
  t.end();
});

t.test('the version changes with every change, and with nothing else', (t) => {
  const world = new MeshWorld(DEFAULT_MESH);
  const versions = new Set([world.version]);
  const changes = [
    () => {
      world.put(old);
    },
    () => {
      world.put(young);
    },
    () => {
      world.remove('ServiceEntry', 'shop', 'old');
    },
    () => {
      world.configure({ ...DEFAULT_MESH, domain: 'mesh.test' });
    },
    () => {
      world.replace('ServiceEntry', []);
    },
  ];
  for (const change of changes) {
    change();
    versions.add(world.version);
  }
  t.equal(versions.size, changes.length + 1);
  world.put(old);
  const { version } = world;
  world.put(old);
  world.remove('ServiceEntry', 'shop', 'never');
  world.replace('ServiceEntry', [old]);
  t.equal(world.version, version, 'the very object again is no change');
  t.end();
});

t.test('configure indexes everything by the new mesh', (t) => {
  const service = read('Service', { ports: [{ port: 80, name: 'http' }] }, { name: 'web' });
  const rule = read('DestinationRule', { host: 'web' });
  const world = new MeshWorld(DEFAULT_MESH, [service, rule]);
  t.equal(world.declarations.of('web.shop.svc.cluster.local').length, 1);
  world.configure({ ...DEFAULT_MESH, domain: 'mesh.test', defaultServiceExportTo: ['.'] });
  t.equal(world.mesh.domain, 'mesh.test');
  t.equal(world.declarations.of('web.shop.svc.cluster.local').length, 0);
  t.strictSame(world.declarations.of('web.shop.svc.mesh.test')[0]?.exportTo, ['.']);
  t.strictSame(world.destinationRules('shop').of('web.shop.svc.mesh.test'), [rule]);
  world.remove('Service', 'shop', 'web');
  t.equal(world.declarations.of('web.shop.svc.mesh.test').length, 0, 'and it goes as it came');
  t.end();
});

t.test('which namespaces have a rule or a Sidecar', (t) => {
  const world = new MeshWorld(DEFAULT_MESH);
  world.put(read('DestinationRule', { host: 'e.com' }, { namespace: 'a' }));
  world.put(read('Sidecar', {}, { namespace: 'b' }));
  t.strictSame([...world.ruleNamespaces()], ['a']);
  t.strictSame([...world.sidecarNamespaces()], ['b']);
  world.remove('DestinationRule', 'a', 'cnn');
  world.remove('Sidecar', 'b', 'cnn');
  t.strictSame([...world.ruleNamespaces(), ...world.sidecarNamespaces()], []);
  t.end();
});

t.test('each object stands where its readers look for it', (t) => {
  const service = read(
    'Service',
    { type: 'ExternalName', externalName: 'e.com', ports: [{ port: 80, name: 'http' }] },
    { name: 'alias' },
  );
  const selecting = read('ServiceEntry', { hosts: ['vm.e.com'], workloadSelector: { labels: { app: 'vm' } } });
  const fixed = read(
    'ServiceEntry',
    {
      hosts: ['E.com'],
      ports: PORTS,
      resolution: 'STATIC',
      addresses: ['203.0.113.9', '198.51.100.0/24'],
      endpoints: [{ address: '203.0.113.66' }],
    },
    { name: 'fixed' },
  );
  const workload = read('WorkloadEntry', { address: '::ffff:203.0.113.1' });
  const route = read('VirtualService', {
    hosts: ['E.com'],
    gateways: ['mesh', 'egw'],
    http: [{ delegate: { name: 'part' } }, { route: [{ destination: { host: 'web' } }] }],
    tls: [{ match: [{ sniHosts: ['E.com'], destinationSubnets: ['203.0.113.9/24'] }], route: [] }],
  });
  const gateway = read('Gateway', { selector: { app: 'gw' }, servers: [{ port: PORTS[0], hosts: ['./e.com'] }] });
  const sidecar = read('Sidecar', {});
  const world = new MeshWorld(DEFAULT_MESH, [service, selecting, fixed, workload, route, gateway, sidecar]);
  const objectsOf = (declarations: readonly { readonly object: unknown }[]) => declarations.map(({ object }) => object);
  t.strictSame(world.aliases.of('e.com'), [service]);
  t.strictSame(world.services.of('shop'), [service]);
  t.strictSame(world.selectingEntries.of('shop'), [selecting]);
  t.strictSame(objectsOf(world.shoutedDeclarations.of('e.com')), [fixed]);
  t.strictSame(objectsOf(world.addresses.of('203.0.113.9')), [fixed]);
  t.strictSame(objectsOf(world.blocks.of('198.51.100.0/24')), [fixed]);
  t.strictSame(objectsOf(world.endpoints.of('203.0.113.66')), [fixed]);
  t.strictSame(objectsOf([...world.ports.of('80/http/*')]), [fixed, service]);
  t.strictSame(world.workloadEntries.of('shop'), [workload]);
  t.strictSame(world.workloadsAt.of('203.0.113.1'), [workload], 'by its one way to be written');
  t.strictSame(world.routes.of('E.com'), [route]);
  t.strictSame(world.shoutedRoutes.of('e.com'), [route]);
  t.strictSame(world.sniRoutes.of('e.com'), [route]);
  t.strictSame(world.routedBlocks.of('203.0.113.0/24'), [route]);
  t.strictSame([...world.boundRoutes.of('shop/egw')], [route]);
  t.strictSame([...world.boundRoutes.of('mesh')], [], 'the mesh is no Gateway');
  t.strictSame([...world.routesTo.of('web.shop.svc.cluster.local')], [route]);
  t.strictSame(world.delegators.of('shop/part'), [route]);
  t.strictSame([...world.gateways.of('app=gw@80')], [gateway]);
  t.strictSame(world.servedHosts.of('e.com'), [gateway]);
  t.strictSame(world.sidecars.of('shop'), [sidecar]);
  t.end();
});
