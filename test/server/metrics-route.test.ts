import t from 'tap';
import { denied } from '../../src/admission/response.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { parseExposition, valueOf } from '../telemetry/exposition.js';
import { ALLOWING, ask, post, review, serve } from './harness.js';

t.test('the plain side tells what was counted, in the text format of Prometheus', async (t) => {
  const metrics = new Metrics();
  const { server } = await serve(t, {
    metrics,
    handlers: { ...ALLOWING, validate: ({ uid }) => denied(uid, 'no') },
    onAnswered: (answered) => {
      metrics.answered(answered);
    },
  });
  const { host, port } = server.metricsAddress;
  const scrape = async () => {
    const response = await fetch(`http://${host}:${port}/metrics`);
    t.equal(response.status, 200);
    t.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4; charset=utf-8$/);
    return parseExposition(await response.text());
  };
  t.equal(valueOf(await scrape(), 'sallyport_decisions_total'), 0);
  await post(server.address, '/validate', review());
  await post(server.address, '/mutate', review());
  await post(server.address, '/validate', 'no review');
  const samples = await scrape();
  const labels = { webhook: 'validate', operation: 'CREATE', kind: 'ServiceEntry', decision: 'denied', rule: 'none' };
  t.equal(valueOf(samples, 'sallyport_decisions_total', labels), 1);
  t.equal(valueOf(samples, 'sallyport_decisions_total', { webhook: 'mutate', decision: 'allowed' }), 1);
  t.equal(valueOf(samples, 'sallyport_decisions_total'), 2);
  t.equal(valueOf(samples, 'sallyport_decision_duration_seconds_count', { kind: 'ServiceEntry' }), 2);
});

t.test('the side for reviews has no metrics', async (t) => {
  const { server } = await serve(t);
  t.equal((await ask(server.address, { path: '/metrics' })).status, 404);
});
