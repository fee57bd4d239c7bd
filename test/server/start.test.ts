import t from 'tap';
import { serve, ask } from './harness.js';

t.test('says where it listens', async (t) => {
  const { server, lines } = await serve(t);
  t.equal(server.address.host, '127.0.0.1');
  t.not(server.address.port, 0);
  t.not(server.metricsAddress.port, server.address.port);
  t.match(lines.records(), [{ msg: 'listening', address: server.address, metricsAddress: server.metricsAddress }]);
});

t.test('takes a name as host', async (t) => {
  const { server } = await serve(t, { host: 'localhost' });
  t.equal((await ask({ host: 'localhost', port: server.address.port }, { path: '/livez' })).status, 200);
});

t.test('a port that is taken is told, and nothing is left listening', async (t) => {
  const { server } = await serve(t);
  const { host, port } = server.address;
  await t.rejects(serve(t, { port }), {
    code: 'listen-failed',
    message: `cannot listen for reviews on ${host}:${port}: another process listens there`,
  });
  const free = await serve(t);
  const wanted = free.server.address.port;
  await free.server.close();
  await t.rejects(serve(t, { port: wanted, metricsPort: port }), {
    code: 'listen-failed',
    message: `cannot listen for metrics on ${host}:${port}: another process listens there`,
  });
  await t.rejects(ask({ host, port: wanted }, { path: '/livez' }), { code: 'ECONNREFUSED' });
});

t.test('a host that is not ours is told', async (t) => {
  await t.rejects(serve(t, { host: '192.0.2.1' }), { code: 'listen-failed', message: /EADDRNOTAVAIL/ });
});
