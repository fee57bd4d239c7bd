import t, { type Test } from 'tap';
import { EventRecorder, type ClusterEvent } from '../../src/cluster/events.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { Lines } from '../telemetry/lines.js';
import { connectTo, FakeApiServer, type SeenRequest } from './fake-api-server.js';
import { ManualClock } from './manual-clock.js';

const asking = { timeout: 60_000, signal: new AbortController().signal };
const COLLECTION = '/apis/events.k8s.io/v1/namespaces/shop/events';
const released: ClusterEvent = {
  type: 'Normal',
  reason: 'Released',
  action: 'Release',
  note: 'it is free',
  regarding: { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', namespace: 'shop', name: 'cnn' },
};

async function recorder(
  t: Test,
  answer: (request: SeenRequest) => { status: number; body: unknown } | undefined = () => undefined,
) {
  const fake = await FakeApiServer.start(t);
  let made = 0;
  fake.trick = (request) => {
    const special = answer(request);
    if (special !== undefined) return special;
    if (request.method === 'GET') return { status: 200, body: { metadata: { uid: 'u-1' } } };
    if (request.method === 'POST') return { status: 201, body: { metadata: { name: `cnn-${++made}` } } };
    return { status: 200, body: {} };
  };
  const clock = new ManualClock();
  const lines = new Lines();
  const log = createLogger({ destination: lines });
  const events = new EventRecorder({ connection: await connectTo(t, fake), instance: 'pod_1', clock, log });
  const writes = () => fake.requests.filter(({ method }) => method !== 'GET');
  return { events, clock, lines, writes };
}

t.test('an Event says what, of what, by whom and when', async (t) => {
  const { events, writes } = await recorder(t);
  await events.record(released, asking);
  const [request] = writes();
  t.match(request, { method: 'POST', path: COLLECTION });
  t.strictSame(JSON.parse(request?.body ?? ''), {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace: 'shop', generateName: 'cnn-' },
    type: 'Normal',
    reason: 'Released',
    action: 'Release',
    note: 'it is free',
    eventTime: '1970-01-01T00:16:40.000000Z',
    reportingController: 'sallyport.dev/sallyport',
    reportingInstance: 'pod_1',
    regarding: { ...released.regarding, uid: 'u-1' },
  });
});

t.test('the same again is counted, for ten minutes', async (t) => {
  const { events, clock, writes } = await recorder(t);
  await events.record(released, asking);
  clock.advance(60_000);
  await events.record(released, asking);
  await events.record({ ...released, note: 'something else' }, asking);
  await events.record(released, asking);
  clock.advance(600_000);
  await events.record(released, asking);
  t.match(writes(), [
    { method: 'POST' },
    { method: 'PATCH', path: `${COLLECTION}/cnn-1` },
    { method: 'POST' },
    { method: 'PATCH', path: `${COLLECTION}/cnn-1` },
    { method: 'POST' },
  ]);
  t.strictSame(JSON.parse(writes()[1]?.body ?? ''), {
    series: { count: 2, lastObservedTime: '1970-01-01T00:17:40.000000Z' },
  });
  t.match(JSON.parse(writes()[3]?.body ?? ''), { series: { count: 3 } });
});

t.test('an Event that the API server has forgotten is written anew', async (t) => {
  const { events, writes } = await recorder(t, ({ method }) =>
    method === 'PATCH' ? { status: 404, body: {} } : undefined,
  );
  await events.record(released, asking);
  await events.record(released, asking);
  t.match(writes(), [{ method: 'POST' }, { method: 'PATCH' }, { method: 'POST' }]);
});

t.test('an object that is gone has its Event all the same', async (t) => {
  const { events, writes } = await recorder(t, ({ method }) =>
    method === 'GET' ? { status: 404, body: {} } : undefined,
  );
  await events.record(released, asking);
  const { regarding } = JSON.parse(writes()[0]?.body ?? '') as { regarding: unknown };
  t.strictSame(regarding, released.regarding);
});

t.test('never too many', async (t) => {
  const { events, clock, writes, lines } = await recorder(t);
  const note = (index: number) => ({ ...released, note: `number ${index}` });
  for (let index = 0; index < 60; index++) await events.record(note(index), asking);
  t.equal(writes().length, 50);
  t.equal(lines.records().filter(({ msg }) => msg === 'too many events: some are not written').length, 1);
  clock.advance(4_000);
  for (let index = 60; index < 70; index++) await events.record(note(index), asking);
  t.equal(writes().length, 52, 'one every two seconds');
  t.match(lines.records(), [{}, { dropped: 10, msg: 'events are written again' }, {}]);
});

t.test('what the API would refuse is cut', async (t) => {
  const { events, writes } = await recorder(t);
  for (const letter of ['x', '\u{1f600}']) {
    await events.record({ ...released, note: letter.repeat(2000) }, asking);
    const { note } = JSON.parse(writes().at(-1)?.body ?? '') as { note: string };
    t.ok(Buffer.byteLength(note) <= 1024 && Buffer.byteLength(note) > 1000, `${Buffer.byteLength(note)} bytes`);
    t.ok(note.endsWith('…'));
    t.equal(Buffer.from(note).toString(), note, 'no half character');
  }
  const name = `${'a'.repeat(199)}.b`;
  await events.record({ ...released, regarding: { ...released.regarding, name } }, asking);
  t.match(JSON.parse(writes().at(-1)?.body ?? ''), { metadata: { generateName: `${'a'.repeat(199)}-` } });
});

t.test('one that cannot be written is logged and thrown at nobody', async (t) => {
  const { events, lines } = await recorder(t, ({ method }) =>
    method === 'POST' ? { status: 403, body: {} } : undefined,
  );
  await events.record(released, asking);
  t.match(lines.records(), [{ level: 'warn', reason: 'Released', msg: 'the event cannot be written' }]);
});
