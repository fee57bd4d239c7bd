import { createServer, type Server } from 'node:net';
import t, { type Test } from 'tap';
import { connect } from '../../src/cluster/connection.js';
import { until } from '../until.js';
import { connectTo, FakeApiServer, writeKubeconfig } from './fake-api-server.js';
import { ManualClock } from './manual-clock.js';

const asking = () => ({ timeout: 60_000, signal: new AbortController().signal });
const get = (path: string) => ({ method: 'GET' as const, path, ...asking() });

t.test('an answer is read, and who asks is said', async (t) => {
  const fake = await FakeApiServer.start(t);
  fake.trick = () => ({ status: 201, body: { a: 'ä'.repeat(100_000) } });
  const connection = await connectTo(t, fake);
  const answer = await connection.request({ ...get('/api/v1/a b?c'), query: { fieldSelector: 'a=b&c' } });
  t.strictSame(answer, { status: 201, document: { a: 'ä'.repeat(100_000) } });
  t.match(fake.requests, [
    { method: 'GET', query: { fieldSelector: 'a=b&c' }, headers: { authorization: 'Bearer a-token' } },
  ]);
  t.match(fake.requests[0]?.headers['user-agent'], /^sallyport/);
});

t.test('every answer that is no success is an error with its code', async (t) => {
  const fake = await FakeApiServer.start(t);
  const connection = await connectTo(t, fake);
  const codes = [
    [400, 'invalid'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [410, 'gone'],
    [422, 'invalid'],
    [429, 'overloaded'],
    [500, 'failed'],
    [503, 'overloaded'],
    [302, 'failed'],
  ] as const;
  for (const [status, code] of codes) {
    fake.trick = () => ({ status, body: { kind: 'Status', code: status, message: 'because' } });
    await t.rejects(connection.request(get('/x')), { name: 'ClusterError', code, status, message: /because/ });
    fake.trick = () => ({ status, body: 'plain text' });
    await t.rejects(connection.request(get('/x')), { code, message: new RegExp(`GET /x: .*${status}`) });
  }
  fake.trick = () => ({ status: 200, body: 'no JSON' });
  await t.rejects(connection.request(get('/x')), { code: 'unexpected-answer' });
});

t.test('when to ask again is taken from the header or the status', async (t) => {
  const fake = await FakeApiServer.start(t);
  const connection = await connectTo(t, fake);
  fake.trick = () => ({ status: 429, body: '', headers: { 'retry-after': '3' } });
  t.match(await t.rejects(connection.request(get('/x'))), { retryAfter: 3000 });
  fake.trick = () => ({ status: 503, body: { kind: 'Status', code: 503, details: { retryAfterSeconds: 2 } } });
  t.match(await t.rejects(connection.request(get('/x'))), { retryAfter: 2000 });
});

t.test('an API server that cannot be reached', async (t) => {
  const fake = await FakeApiServer.start(t);
  const connection = await connectTo(t, fake);
  fake.trick = (_, response) => {
    response.destroy();
    return 'answered';
  };
  await t.rejects(connection.request(get('/x')), { code: 'unreachable', message: /^GET \/x: the connection failed/ });
  fake.trick = (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"a":', () => response.destroy());
    return 'answered';
  };
  await t.rejects(connection.request(get('/x')), { code: 'unreachable' }, 'an answer that breaks off');
});

t.test('an answer that does not come in time', async (t) => {
  const clock = new ManualClock();
  const fake = await FakeApiServer.start(t);
  const connection = await connectTo(t, fake, clock);
  for (const begun of [false, true]) {
    fake.requests.length = 0;
    fake.trick = (_, response) => {
      if (begun) response.write('{"a":');
      return 'answered';
    };
    const request = connection.request({ ...get('/x'), timeout: 700 });
    await until('it is asked', () => fake.requests.length > 0);
    t.strictSame(clock.pending(), [700]);
    clock.advance(700);
    await t.rejects(request, { code: 'timeout' }, begun ? 'the end of it' : 'the beginning');
    await until('its socket is gone', async () => (await fake.connections()) === 0);
  }
});

t.test('a caller that asks no longer', async (t) => {
  const fake = await FakeApiServer.start(t);
  const connection = await connectTo(t, fake);
  fake.trick = () => 'answered';
  const ended = new AbortController();
  const request = connection.request({ ...get('/x'), signal: ended.signal });
  await until('it is asked', () => fake.requests.length > 0);
  ended.abort();
  await t.rejects(request, { code: 'aborted' });
  await until('its socket is gone', async () => (await fake.connections()) === 0);
  await t.rejects(connection.request({ ...get('/y'), signal: ended.signal }), { code: 'aborted' });
  t.equal(fake.requests.length, 1, 'what is ended before it began is not sent');
});

t.test('a stream hands over what comes, and ends with its answer', async (t) => {
  const fake = await FakeApiServer.start(t);
  const connection = await connectTo(t, fake);
  fake.trick = (_, response) => {
    response.write('one ');
    setImmediate(() => response.end('two'));
    return 'answered';
  };
  const chunks: string[] = [];
  await connection.stream(get('/x'), 60_000, (chunk) => chunks.push(chunk.toString()));
  t.equal(chunks.join(''), 'one two');

  fake.trick = (_, response) => {
    response.write('one', () => response.destroy());
    return 'answered';
  };
  await t.rejects(
    connection.stream(get('/x'), 60_000, () => undefined),
    { code: 'unreachable' },
    'when it breaks',
  );

  fake.trick = () => ({ status: 403, body: { kind: 'Status', code: 403, message: 'you may not' } });
  await t.rejects(
    connection.stream(get('/x'), 60_000, () => undefined),
    { code: 'forbidden', message: /you may not/ },
  );

  fake.trick = (_, response) => {
    response.write('one');
    return 'answered';
  };
  const stream = connection.stream(get('/x'), 60_000, () => {
    throw new Error('not so');
  });
  await t.rejects(stream, { code: 'unexpected-answer', message: /not so/ }, 'when its reader throws');
  await until('its socket is gone', async () => (await fake.connections()) === 0);
});

t.test('a stream that falls silent is dead, and takes the idle sockets with it', async (t) => {
  const clock = new ManualClock();
  const fake = await FakeApiServer.start(t);
  const connection = await connectTo(t, fake, clock);
  fake.trick = ({ path }, response) => {
    if (path === '/quick') return { status: 200, body: {} };
    response.write('a');
    return 'answered';
  };
  let bytes = 0;
  const stream = connection.stream({ ...get('/slow'), timeout: 50 }, 900, (chunk) => (bytes += chunk.length));
  await until('it has begun', () => bytes === 1);
  await connection.request(get('/quick'));
  t.equal(await fake.connections(), 2, 'one streams, one waits in the pool');
  t.strictSame(clock.pending(), [900], 'the time for the beginning is no matter any more');
  clock.advance(899);
  clock.advance(1);
  await t.rejects(stream, { code: 'timeout' });
  await until('no socket is left', async () => (await fake.connections()) === 0);
});

t.test('closing ends all sockets', async (t) => {
  const fake = await FakeApiServer.start(t);
  const connection = await connectTo(t, fake);
  fake.trick = ({ path }) => (path === '/quick' ? { status: 200, body: {} } : 'answered');
  const hanging = connection.request(get('/slow'));
  await connection.request(get('/quick'));
  await until('both are connected', async () => (await fake.connections()) === 2);
  connection.close();
  await t.rejects(hanging, { code: 'unreachable' });
  await until('no socket is left', async () => (await fake.connections()) === 0);
});

t.test('a server that takes connections and never speaks', async (t) => {
  const mute = await listen(t);
  const clock = new ManualClock();
  const kubeconfig = writeKubeconfig(t, `http://127.0.0.1:${mute.port}`);
  const connection = await connect({ kubeconfig, clock });
  const request = connection.request(get('/x'));
  await until('it is connected', () => mute.connections() > 0);
  clock.advance(60_000);
  await t.rejects(request, { code: 'timeout' });
  connection.close();
});

async function listen(t: Test): Promise<{ readonly port: number; readonly connections: () => number }> {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return { port: address.port, connections: () => connections };
}
