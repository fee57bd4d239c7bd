import t from 'tap';
import { readWorld } from '../../src/cluster/read-world.js';
import { HELD_KINDS } from '../../src/mesh/held-kinds.js';
import { DEFAULT_POLICY } from '../../src/policy/policy.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { Lines } from '../telemetry/lines.js';
import { connectTo, FakeApiServer } from './fake-api-server.js';
import { HeldWorld } from './held-world.js';

const CONFIG_MAPS = '/api/v1/namespaces/istio-system/configmaps';

t.test('a world is read once', async (t) => {
  const fake = await FakeApiServer.start(t);
  fake.served.set('/api/v1', ['namespaces', 'services']);
  fake.served.set('/apis/networking.istio.io/v1', ['sidecars']);
  fake.clear('/api/v1/services');
  fake.put('/api/v1/namespaces', { metadata: { name: 'a' } });
  fake.put('/api/v1/namespaces', { metadata: { name: 'b' } });
  fake.put('/apis/networking.istio.io/v1/sidecars', { metadata: { name: 'default', namespace: 'a' }, spec: {} });
  const mesh = 'outboundTrafficPolicy: {mode: REGISTRY_ONLY}';
  fake.put(CONFIG_MAPS, { metadata: { name: 'istio', namespace: 'istio-system' }, data: { mesh } });
  fake.pageSize = 1;

  const writer = new HeldWorld();
  const lines = new Lines();
  const options = {
    connection: await connectTo(t, fake),
    writer,
    settings: DEFAULT_POLICY.mesh,
    log: createLogger({ destination: lines }),
    timeout: 60_000,
    signal: new AbortController().signal,
  };
  await readWorld(options);
  t.strictSame(writer.names('Namespace'), ['/a', '/b']);
  t.strictSame(writer.names('Sidecar'), ['a/default']);
  t.equal(writer.mesh.outboundTrafficPolicy, 'REGISTRY_ONLY');
  const absent = HELD_KINDS.map(({ kind }) => kind).filter(
    (kind) => !['Namespace', 'Service', 'Sidecar'].includes(kind),
  );
  t.strictSame(
    lines.records().map(({ kind }) => kind),
    absent,
    'what is not served is said',
  );

  fake.trick = ({ path }) => (path === '/api/v1/services' ? { status: 403, body: '' } : undefined);
  await t.rejects(readWorld(options), { code: 'forbidden', message: /services/ });
  await t.rejects(readWorld({ ...options, signal: AbortSignal.abort() }), { code: 'aborted' });
});
