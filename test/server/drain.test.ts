import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import t from 'tap';
import { allowed } from '../../src/admission/response.js';
import { until } from '../until.js';
import { ALLOWING, ask, AUTHORITY, keepAliveAgent, post, review, serve } from './harness.js';

/** A handler that answers when it is told to. */
function holding() {
  const waiting: (() => void)[] = [];
  let free = false;
  return {
    waiting,
    handlers: {
      ...ALLOWING,
      validate: (request: { readonly uid: string }) =>
        new Promise<ReturnType<typeof allowed>>((resolve) => {
          const answer = () => {
            resolve(allowed(request.uid));
          };
          if (free) answer();
          else waiting.push(answer);
        }),
    },
    release: () => {
      free = true;
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

t.test('unready at once, accepting until the drain time is over', async (t) => {
  const { server } = await serve(t, { drain: { announce: 3_000 } });
  const agent = keepAliveAgent(t);
  await post(server.address, '/validate', review(), { agent });
  const drained = server.drain();
  const { host, port } = server.metricsAddress;
  const expected = { status: 503, body: { reasons: ['the server is draining'] } };
  t.match(await ask(server.address, { path: '/readyz' }), expected);
  const plain = await fetch(`http://${host}:${port}/readyz`);
  t.match({ status: plain.status, body: await plain.json() }, expected);
  t.equal((await ask(server.address, { path: '/livez' })).status, 200, 'but alive');
  const standing = await post(server.address, '/validate', review(), { agent });
  t.match(standing.body, { response: { uid: 'u-1', allowed: true } });
  t.equal(standing.headers.connection, 'close', 'the client is asked to leave');
  t.match((await post(server.address, '/validate', review())).body, { response: { uid: 'u-1', allowed: true } });
  await drained;
  await t.rejects(post(server.address, '/validate', review()), { code: 'ECONNREFUSED' });
  await t.rejects(fetch(`http://${host}:${port}/livez`));
});

t.test('what runs is finished, however many ask for the end', async (t) => {
  const { handlers, waiting, release } = holding();
  const { server } = await serve(t, { handlers });
  const agents = [keepAliveAgent(t), keepAliveAgent(t)];
  const asked = agents.map((agent, i) => post(server.address, '/validate', review({ uid: `u-${i}` }), { agent }));
  await until('both are asked', () => waiting.length === 2);
  const ends = [server.drain(), server.drain()];
  await until('the doors are closed', async () => {
    try {
      await ask(server.address, { path: '/livez' });
      return false;
    } catch {
      return true;
    }
  });
  t.equal(waiting.length, 2, 'the answers are still awaited');
  release();
  const answers = await Promise.all(asked);
  t.match(answers, [{ body: { response: { uid: 'u-0' } } }, { body: { response: { uid: 'u-1' } } }]);
  await Promise.all(ends);
});

t.test('what runs is not taken for silence', async (t) => {
  const { handlers, waiting, release } = holding();
  const { server } = await serve(t, { handlers, drain: { announce: 0, silence: 1 } });
  const asked = post(server.address, '/validate', review());
  await until('it is asked', () => waiting.length === 1);
  const silent = connect({ ...server.address, ca: AUTHORITY.certificate }).on('error', () => undefined);
  await once(silent, 'secureConnect');
  const begun = performance.now();
  const drained = server.drain();
  await until('it has run much longer than silence may last', () => performance.now() - begun > 300);
  release();
  t.match((await asked).body, { response: { uid: 'u-1', allowed: true } });
  await drained;
});

t.test('under load every request that was accepted is answered', async (t) => {
  const accepted = new Set<string>();
  const answered = new Set<string>();
  const handlers = {
    ...ALLOWING,
    validate: async (request: { readonly uid: string }) => {
      accepted.add(request.uid);
      // Some turns of the event loop, so that many run at once.
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      return allowed(request.uid);
    },
  };
  const { server } = await serve(t, { handlers, drain: { announce: 200 } });
  let refusals = 0;
  let over = false;

  async function client(name: number): Promise<void> {
    const agent = keepAliveAgent(t);
    for (let i = 0; !over; i += 1) {
      const uid = `${name}-${i}`;
      try {
        const answer = await post(server.address, '/validate', review({ uid }), { agent });
        t.match(answer.body, { response: { uid, allowed: true } });
        answered.add(uid);
      } catch {
        refusals += 1;
        await new Promise(setImmediate);
      }
    }
  }

  const clients = Array.from({ length: 20 }, (_, name) => client(name));
  await until('the load runs', () => answered.size > 200);
  const before = answered.size;
  await server.drain();
  await until('the doors are closed to them all', () => refusals >= 20);
  over = true;
  await Promise.all(clients);
  t.ok(answered.size > before, 'the load went on while it drained');
  t.strictSame(
    [...accepted].filter((uid) => !answered.has(uid)),
    [],
    'none was left without an answer',
  );
});

t.test('idle, silent and half-open connections do not hold up the end', async (t) => {
  const { server } = await serve(t, { drain: { announce: 0, finish: 100_000, silence: 20 } });
  const agent = keepAliveAgent(t);
  await post(server.address, '/validate', review(), { agent });
  const silent = connect({ ...server.address, ca: AUTHORITY.certificate });
  await once(silent, 'secureConnect');
  const halfOpen = connectPlain(server.address);
  await once(halfOpen, 'connect');
  const closed = Promise.all([once(silent, 'close'), once(halfOpen, 'close')]);
  for (const socket of [silent, halfOpen]) socket.on('error', () => undefined).resume();
  await server.drain();
  await closed;
  t.pass('the server is gone');
});

t.test('a connection that stands when the doors close may still say its request', async (t) => {
  const { server } = await serve(t);
  const socket = connect({ ...server.address, ca: AUTHORITY.certificate });
  await once(socket, 'secureConnect');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  const closed = once(socket, 'close');
  const drained = server.drain();
  await until('the doors are closed', async () => {
    try {
      await ask(server.address, { path: '/livez' });
      return false;
    } catch {
      return true;
    }
  });
  const body = review();
  socket.write(
    `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await drained;
  // The server may be gone before its last words have come in here.
  await closed;
  t.match(text, /^HTTP\/1\.1 200 [\s\S]*connection: close[\s\S]*"uid":"u-1","allowed":true/i);
});

t.test('what does not end in time is cut, and said', async (t) => {
  const { handlers, waiting } = holding();
  const { server, lines } = await serve(t, { handlers, drain: { announce: 0, finish: 50 } });
  const asked = post(server.address, '/validate', review());
  const outcome = asked.then(
    () => 'answered',
    () => 'cut',
  );
  await until('it is asked', () => waiting.length === 1);
  await server.drain();
  t.equal(await outcome, 'cut');
  t.match(
    lines.records().find((line) => line['level'] === 'warn'),
    { msg: 'connections cut: they were not done in time', running: 1 },
  );
});
