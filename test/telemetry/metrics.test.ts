import t from 'tap';
import type { Finding } from '../../src/policy/finding.js';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { Metrics, type CountedAnswer } from '../../src/telemetry/metrics.js';
import { read } from '../policy/judgement.js';
import { entry, GROUND } from '../policy/manifests.js';
import { parseExposition, valueOf, type Sample } from './exposition.js';

const scrape = async (metrics: Metrics): Promise<readonly Sample[]> => parseExposition(await metrics.text());

function answer(more: Partial<CountedAnswer> = {}, kind = 'ServiceEntry'): CountedAnswer {
  return {
    webhook: 'validate',
    request: { operation: 'CREATE', kind: { kind } },
    decision: 'allowed',
    erred: false,
    seconds: 0.002,
    ...more,
  };
}

function finding(rule: Finding['rule'], severity: Finding['severity'] = 'error'): Finding {
  const object = { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', namespace: 'shop', name: 'secret-name' };
  return { rule, severity, reason: 'no-route', message: 'm', mend: 'm', object, field: 'spec', host: 'a.b', docs: '' };
}

t.test('what did not happen yet is there and zero', async (t) => {
  const samples = await scrape(new Metrics());
  for (const file of ['policy', 'certificate', 'manifests']) {
    t.ok(samples.some(({ name, labels }) => name === 'sallyport_reload_failures_total' && labels['file'] === file));
  }
  t.equal(valueOf(samples, 'sallyport_reload_failures_total'), 0);
  t.equal(valueOf(samples, 'sallyport_review_errors_total'), 0);
});

t.test('the process and its event loop', async (t) => {
  const names = new Set((await scrape(new Metrics())).map(({ name }) => name));
  for (const name of [
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
    'nodejs_eventloop_lag_p99_seconds',
  ]) {
    t.ok(names.has(name), name);
  }
});

t.test('an answer is one decision, by its heaviest rule, whatever it found', async (t) => {
  const metrics = new Metrics();
  const findings = [finding('direct-egress'), finding('direct-egress'), finding('unknown-gateway', 'warning')];
  const exempted = [{ exemption: 'shop/legacy', finding: finding('outbound-any') }];
  metrics.answered(answer());
  metrics.answered(
    answer({
      decision: 'denied',
      seconds: 0.3,
      judgement: { decision: { allowed: false, findings, old: 0, exempted, until: Infinity } },
    }),
  );
  metrics.answered(answer({ webhook: 'mutate', decision: 'denied', erred: true }, 'VirtualService'));
  metrics.answered(answer({ decision: 'denied', judgement: { faults: [] } }));
  const samples = await scrape(metrics);
  const decisions = (labels: Record<string, string>) => valueOf(samples, 'sallyport_decisions_total', labels);
  t.equal(decisions({}), 4);
  t.equal(decisions({ operation: 'CREATE', kind: 'ServiceEntry', decision: 'denied', rule: 'direct-egress' }), 1);
  t.equal(decisions({ decision: 'denied', rule: 'none' }), 2);
  t.equal(decisions({ decision: 'allowed' }), 1);
  t.equal(valueOf(samples, 'sallyport_findings_total', { rule: 'direct-egress', severity: 'error' }), 2);
  t.equal(valueOf(samples, 'sallyport_findings_total', { rule: 'unknown-gateway', severity: 'warning' }), 1);
  t.equal(valueOf(samples, 'sallyport_review_errors_total', { webhook: 'mutate' }), 1);
  t.equal(valueOf(samples, 'sallyport_exemptions_used_total', { rule: 'outbound-any', namespace: 'shop' }), 1);
  const duration = 'sallyport_decision_duration_seconds';
  t.equal(valueOf(samples, `${duration}_count`, { webhook: 'validate', kind: 'ServiceEntry' }), 3);
  t.equal(valueOf(samples, `${duration}_bucket`, { webhook: 'validate', le: '0.1' }), 2);
  t.equal(valueOf(samples, `${duration}_bucket`, { webhook: 'validate', le: '0.5' }), 3);
});

t.test('what a client writes makes no series', async (t) => {
  const metrics = new Metrics();
  for (let index = 0; index < 100; index++) {
    metrics.answered(answer({}, `Kind"${index}\n`));
    metrics.leaked(`rule-${index}`, 'shop');
    metrics.exempted(`rule-${index}`, 'shop');
  }
  const text = await metrics.text();
  const samples = parseExposition(text);
  t.equal(valueOf(samples, 'sallyport_decisions_total', { kind: 'other' }), 100);
  t.equal(samples.filter(({ name }) => name === 'sallyport_decisions_total').length, 1);
  t.equal(valueOf(samples, 'sallyport_leaks_total', { rule: 'other', namespace: 'shop' }), 100);
  t.equal(samples.filter(({ name }) => name === 'sallyport_exemptions_used_total').length, 1);
  t.notMatch(text, /secret-name|a\.b/);
});

t.test('leaks, exemptions and files that cannot be followed', async (t) => {
  const metrics = new Metrics();
  metrics.leaked('direct-egress', 'shop');
  metrics.leaked('direct-egress', 'billing');
  metrics.exempted('outbound-any', 'shop');
  metrics.reloadFailed('policy');
  const samples = await scrape(metrics);
  t.equal(valueOf(samples, 'sallyport_leaks_total', { rule: 'direct-egress', namespace: 'shop' }), 1);
  t.equal(valueOf(samples, 'sallyport_leaks_total'), 2);
  t.equal(valueOf(samples, 'sallyport_exemptions_used_total', { rule: 'outbound-any', namespace: 'shop' }), 1);
  t.equal(valueOf(samples, 'sallyport_reload_failures_total', { file: 'policy' }), 1);
  t.equal(valueOf(samples, 'sallyport_reload_failures_total'), 1);
});

t.test('the world, as it is when it is asked for', async (t) => {
  const metrics = new Metrics();
  const world = new MeshWorld(
    DEFAULT_MESH,
    GROUND.map((document) => read(document, OLDEST)),
  );
  let restarts = 2;
  metrics.observe({
    world,
    kinds: () => [
      { kind: 'Service', age: 1500, restarts },
      { kind: 'Gateway', age: Infinity, restarts: 0 },
    ],
  });
  const before = await scrape(metrics);
  t.equal(valueOf(before, 'sallyport_world_objects', { kind: 'Service' }), 1);
  t.equal(valueOf(before, 'sallyport_world_objects', { kind: 'ServiceEntry' }), 0);
  t.equal(valueOf(before, 'sallyport_world_age_seconds', { kind: 'Service' }), 1.5);
  t.equal(valueOf(before, 'sallyport_world_age_seconds', { kind: 'Gateway' }), Infinity);
  t.equal(valueOf(before, 'sallyport_watch_restarts_total', { kind: 'Service' }), 2);
  world.put(read(entry(['80 HTTP']), OLDEST));
  restarts = 3;
  const after = await scrape(metrics);
  t.equal(valueOf(after, 'sallyport_world_objects', { kind: 'ServiceEntry' }), 1);
  t.equal(valueOf(after, 'sallyport_watch_restarts_total', { kind: 'Service' }), 3);
});
