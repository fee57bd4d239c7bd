import t, { type Test } from 'tap';
import { WATCH_TIMING } from '../../src/cluster/watch-timing.js';
import { watchWorld, type ClusterWorld } from '../../src/cluster/watch-world.js';
import { HELD_KINDS } from '../../src/mesh/held-kinds.js';
import { DEFAULT_POLICY } from '../../src/policy/policy.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { Lines } from '../telemetry/lines.js';
import { until } from '../until.js';
import { connectTo, FakeApiServer, type FakeObject } from './fake-api-server.js';
import { HeldWorld } from './held-world.js';
import { ManualClock } from './manual-clock.js';

const CONFIG_MAPS = '/api/v1/namespaces/istio-system/configmaps';
const NAMESPACES = '/api/v1/namespaces';
const ISTIO = '/apis/networking.istio.io';
const ENTRIES = `${ISTIO}/v1/serviceentries`;

const entry = (name: string, fields: Readonly<Record<string, unknown>> = {}): FakeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name, namespace: 'shop' },
  spec: { hosts: ['a.example'], ports: [{ number: 443, name: 'tls', protocol: 'TLS' }], ...fields },
});

const meshConfig = (mesh: string): FakeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'istio', namespace: 'istio-system' },
  data: { mesh },
});

interface Stage {
  readonly fake: FakeApiServer;
  readonly clock: ManualClock;
  readonly world: HeldWorld;
  readonly watch: ClusterWorld;
  readonly lines: Lines;
}

/** A fake API server that serves every kind in its best version. */
async function serveAll(t: Test): Promise<FakeApiServer> {
  const fake = await FakeApiServer.start(t);
  for (const { group, versions, plural } of HELD_KINDS) {
    const path = group === '' ? `/api/${versions[0]}` : `/apis/${group}/${versions[0]}`;
    fake.served.set(path, [...(fake.served.get(path) ?? []), plural]);
    fake.clear(`${path}/${plural}`);
  }
  fake.clear(CONFIG_MAPS);
  return fake;
}

async function watch(t: Test, fake: FakeApiServer): Promise<Stage> {
  const clock = new ManualClock();
  const connection = await connectTo(t, fake, clock);
  const world = new HeldWorld();
  const lines = new Lines();
  const watched = watchWorld({
    connection,
    writer: world,
    settings: DEFAULT_POLICY.mesh,
    log: createLogger({ destination: lines }),
    clock,
    random: () => 1,
  });
  t.teardown(() => watched.close());
  return { fake, clock, world, watch: watched, lines };
}

t.test('it is ready when every kind has been listed, and not before', async (t) => {
  const fake = await serveAll(t);
  fake.put(ENTRIES, entry('one'));
  fake.trick = ({ path }) =>
    path === ENTRIES ? { status: 403, body: { code: 403, message: 'you may not' } } : undefined;
  const { watch: watched, clock, world } = await watch(t, fake);
  t.equal(watched.ready().length, HELD_KINDS.length + 1, 'each kind and the mesh config are waited for');
  t.equal(watched.freshness(), Infinity);
  await until(
    'all but one are listed',
    () => watched.ready().length === 1 && watched.ready()[0]?.includes('403') === true,
  );
  t.strictSame(watched.ready(), [
    `ServiceEntry cannot be listed: GET ${ENTRIES}: the API server answered 403: you may not`,
  ]);
  const ready = watched.whenReady();
  fake.trick = () => undefined;
  clock.advance(500);
  await ready;
  t.strictSame(watched.ready(), []);
  t.strictSame(watched.notes(), []);
  t.strictSame(world.names('ServiceEntry'), ['shop/one']);
  t.equal(watched.freshness(), 500, 'the least fresh kind counts');
  t.strictSame(
    watched.status().map(({ kind, restarts }) => `${kind} ${restarts}`),
    ['ConfigMap 0', ...HELD_KINDS.map(({ kind }) => `${kind} ${kind === 'ServiceEntry' ? 1 : 0}`)],
  );
});

t.test('items of a list that name no kind are of the kind that was asked for', async (t) => {
  const fake = await serveAll(t);
  fake.put(NAMESPACES, { metadata: { name: 'shop' } });
  const { watch: watched, world } = await watch(t, fake);
  await watched.whenReady();
  t.match(world.get('Namespace', '', 'shop'), { apiVersion: 'v1', metadata: { name: 'shop' } });
});

t.test('each kind is asked for in the best version that is served', async (t) => {
  const fake = await serveAll(t);
  fake.served.set(`${ISTIO}/v1`, ['gateways']);
  fake.served.set(`${ISTIO}/v1beta1`, ['serviceentries', 'gateways']);
  fake.served.set(`${ISTIO}/v1alpha3`, ['serviceentries', 'envoyfilters', 'sidecars']);
  for (const path of ['v1beta1/serviceentries', 'v1alpha3/sidecars']) fake.clear(`${ISTIO}/${path}`);
  const { watch: watched } = await watch(t, fake);
  await watched.whenReady();
  const versions = Object.fromEntries(watched.status().map(({ kind, apiVersion }) => [kind, apiVersion]));
  t.match(versions, {
    Gateway: 'networking.istio.io/v1',
    ServiceEntry: 'networking.istio.io/v1beta1',
    Sidecar: 'networking.istio.io/v1alpha3',
    EnvoyFilter: 'networking.istio.io/v1alpha3',
    Service: 'v1',
    ConfigMap: 'v1',
  });
  t.equal(versions['VirtualService'], undefined);
  t.strictSame(watched.notes(), [
    'DestinationRule is not served by the API server and counts as empty',
    'VirtualService is not served by the API server and counts as empty',
    'WorkloadEntry is not served by the API server and counts as empty',
  ]);
});

t.test('a kind that is installed later is found', async (t) => {
  const fake = await serveAll(t);
  fake.served.set(`${ISTIO}/v1`, []);
  const { watch: watched, world, clock } = await watch(t, fake);
  await watched.whenReady();
  t.match(watched.notes(), ['DestinationRule is not served by the API server and counts as empty']);
  fake.served.set(`${ISTIO}/v1`, ['serviceentries']);
  fake.put(ENTRIES, entry('one'));
  clock.advance(WATCH_TIMING.recheck * 1.25);
  await until('it arrives', () => world.names('ServiceEntry').length === 1);
  t.notMatch(watched.notes(), [/ServiceEntry/]);
});

t.test('an object that cannot be read is logged, counted and kept out', async (t) => {
  const fake = await serveAll(t);
  fake.put(ENTRIES, entry('bad', { hosts: 'a.example' }));
  fake.put(ENTRIES, entry('good'));
  const { watch: watched, world, lines } = await watch(t, fake);
  await watched.whenReady();
  const complaints = () => lines.records().filter(({ level }) => level === 'warn');
  const unreadable = () => watched.status().find(({ kind }) => kind === 'ServiceEntry')?.unreadable;
  t.strictSame(world.names('ServiceEntry'), ['shop/good']);
  t.equal(unreadable(), 1);
  t.strictSame(watched.notes(), ['ServiceEntry: 1 cannot be read and kept out']);
  t.match(complaints(), [
    { kind: 'ServiceEntry', namespace: 'shop', name: 'bad', faults: [{ field: 'spec.hosts', problem: String }] },
  ]);
  t.equal(watched.status().find(({ kind }) => kind === 'ServiceEntry')?.restarts, 0);

  await until('it is watched', () => fake.watching(ENTRIES) === 1);
  fake.put(ENTRIES, entry('good', { ports: [{ number: 'many', name: 'x', protocol: 'TLS' }] }));
  await until('the other one is out too', () => world.names('ServiceEntry').length === 0);
  t.equal(unreadable(), 2);
  fake.put(ENTRIES, entry('bad'));
  await until('it is in', () => world.names('ServiceEntry').includes('shop/bad'));
  t.equal(unreadable(), 1);
  fake.remove(ENTRIES, 'shop', 'good');
  await until('it is gone', () => unreadable() === 0);
  t.equal(complaints().length, 2);
});

t.test('an object that is no object at all does no harm', async (t) => {
  const fake = await serveAll(t);
  fake.trick = ({ path, query }) =>
    path === ENTRIES && query['watch'] === undefined
      ? { status: 200, body: { metadata: { resourceVersion: '5' }, items: [null, 7, 'x', [], {}, { metadata: 5 }] } }
      : undefined;
  const { watch: watched, world } = await watch(t, fake);
  await watched.whenReady();
  t.strictSame(world.names('ServiceEntry'), []);
  t.match(watched.notes(), [/^ServiceEntry: \d cannot be read/]);
});

t.test("the mesh's configuration follows its ConfigMap", async (t) => {
  const fake = await serveAll(t);
  const { watch: watched, world, lines } = await watch(t, fake);
  t.equal(world.mesh.outboundTrafficPolicy, 'ALLOW_ANY');
  await watched.whenReady();
  await until('it is watched', () => fake.watching(CONFIG_MAPS) === 1);
  t.equal(fake.asked(CONFIG_MAPS, 'list')[0]?.query['fieldSelector'], 'metadata.name=istio');

  fake.put(CONFIG_MAPS, meshConfig('outboundTrafficPolicy: {mode: REGISTRY_ONLY}\ndefaultServiceExportTo: ["."]'));
  await until('it arrives', () => world.mesh.outboundTrafficPolicy === 'REGISTRY_ONLY');
  t.strictSame(world.mesh.defaultServiceExportTo, ['.']);

  for (const mesh of ['a: [', 'outboundTrafficPolicy: {mode: SOMETIMES}', 'outboundTrafficPolicy: 5']) {
    const before = lines.records().length;
    fake.put(CONFIG_MAPS, meshConfig(mesh));
    await until('it is refused', () => lines.records().length > before);
    t.match(lines.records().at(-1), {
      level: 'warn',
      msg: /mesh configuration cannot be read/,
      err: { message: String },
    });
    t.equal(world.mesh.outboundTrafficPolicy, 'REGISTRY_ONLY', 'the last one stays');
    t.strictSame(watched.notes(), ['ConfigMap: 1 cannot be read and kept out']);
  }

  watched.settle({ ...DEFAULT_POLICY.mesh, outboundTrafficPolicy: 'ALLOW_ANY' });
  fake.put(CONFIG_MAPS, meshConfig('outboundTrafficPolicy: {mode: REGISTRY_ONLY}'));
  await until('it is read', () => world.mesh.outboundTrafficPolicy === 'ALLOW_ANY');
  t.strictSame(watched.notes(), [], "the policy's word counts more");
  watched.settle(DEFAULT_POLICY.mesh);
  t.equal(world.mesh.outboundTrafficPolicy, 'REGISTRY_ONLY', 'and without it the ConfigMap does again');

  fake.remove(CONFIG_MAPS, 'istio-system', 'istio');
  await until('the defaults are back', () => world.mesh.outboundTrafficPolicy === 'ALLOW_ANY');
});

t.test('another root namespace is watched in the place of the old one', async (t) => {
  const fake = await serveAll(t);
  fake.put(CONFIG_MAPS, meshConfig('outboundTrafficPolicy: {mode: REGISTRY_ONLY}'));
  const other = '/api/v1/namespaces/mesh-root/configmaps';
  fake.clear(other);
  const { watch: watched, world } = await watch(t, fake);
  await watched.whenReady();
  await until('it is watched', () => fake.watching(CONFIG_MAPS) === 1);
  watched.settle({ ...DEFAULT_POLICY.mesh, rootNamespace: 'mesh-root' });
  t.strictSame(watched.ready(), ['ConfigMap is not listed yet']);
  await watched.whenReady();
  await until('the new one is watched', () => fake.watching(other) === 1);
  await until('the old one is not', () => fake.watching(CONFIG_MAPS) === 0);
  t.match(world.mesh, { rootNamespace: 'mesh-root', outboundTrafficPolicy: 'ALLOW_ANY' });
});

t.test('a cluster that is away makes the world old, and no less ready', async (t) => {
  const fake = await serveAll(t);
  fake.put(ENTRIES, entry('one'));
  const { watch: watched, world, clock } = await watch(t, fake);
  await watched.whenReady();
  await until(
    'all are watched',
    () => clock.pending().filter((pause) => pause === 40_000).length === HELD_KINDS.length + 1,
  );
  fake.trick = () => ({ status: 500, body: '' });
  fake.cut();
  await until('all have failed', () => watched.status().every(({ restarts }) => restarts === 1));
  clock.advance(61_000);
  await until('all have failed again', () => watched.status().every(({ restarts }) => restarts === 2));
  t.equal(watched.freshness(), 61_000);
  t.strictSame(watched.ready(), []);
  t.strictSame(world.names('ServiceEntry'), ['shop/one']);
  fake.trick = () => undefined;
  clock.advance(1000);
  await until('it is fresh', () => watched.freshness() === 0);
});

t.test('closing ends all sockets and timers, and those who wait for readiness', async (t) => {
  const fake = await serveAll(t);
  fake.trick = ({ path }) => (path === ENTRIES ? { status: 500, body: '' } : undefined);
  const { watch: watched, clock } = await watch(t, fake);
  const waits = watched.whenReady();
  const aborted = watched.whenReady(AbortSignal.abort());
  await t.rejects(aborted, { code: 'aborted' });
  await until(
    'all are watched but one',
    () => clock.pending().filter((pause) => pause === 40_000).length === HELD_KINDS.length,
  );
  const rejected = t.rejects(waits, { code: 'aborted' });
  await watched.close();
  await rejected;
  t.strictSame(clock.pending(), []);
  t.strictSame(watched.ready(), ['the watch of the cluster is closed']);
  await until('no watch is left', () => HELD_KINDS.every(({ plural }) => fake.watching(`${ISTIO}/v1/${plural}`) === 0));
});
