import t from 'tap';
import { ask, post, review, serve } from './harness.js';

t.test('alive at once, ready when there is no reason against it', async (t) => {
  const reasons = ['the list of VirtualServices has not come yet', 'the policy is unread'];
  const { server } = await serve(t, { readiness: () => reasons });
  const { host, port } = server.metricsAddress;
  const sides = {
    https: async (path: string) => ask(server.address, { path }),
    plain: async (path: string) => {
      const response = await fetch(`http://${host}:${port}${path}`);
      return { status: response.status, body: await response.json() };
    },
  };
  for (const [side, get] of Object.entries(sides)) {
    t.match(await get('/livez'), { status: 200, body: { status: 'alive' } }, side);
    t.match(await get('/readyz'), {
      status: 503,
      body: {
        status: 'not ready',
        message: 'not ready: the list of VirtualServices has not come yet; the policy is unread',
        reasons,
      },
    });
  }
  t.equal((await post(server.address, '/validate', review())).status, 200, 'a review is answered all the same');
  reasons.length = 0;
  for (const get of Object.values(sides)) t.match(await get('/readyz'), { status: 200, body: { status: 'ready' } });
});

t.test('the plain side knows no reviews', async (t) => {
  const { server } = await serve(t);
  const { host, port } = server.metricsAddress;
  const response = await fetch(`http://${host}:${port}/validate`, {
    method: 'POST',
    body: review(),
    headers: { 'content-type': 'application/json' },
  });
  t.equal(response.status, 404);
  t.match(await response.json(), { code: 'not-found', message: /./ });
});
