import t from 'tap';
import { isDelivered, verdictOf, type ClusterOutcome, type Outcome } from '../../src/routing/outcome.js';
import { outcomesOf } from '../../src/routing/way.js';

const cluster = (more: Partial<ClusterOutcome> = {}): ClusterOutcome => ({
  type: 'cluster',
  host: 'e.com',
  port: 80,
  ...more,
});
const external = cluster({ external: true });
const delivered = cluster({ then: [external] });
const passthrough: Outcome = { type: 'passthrough' };
const blackhole: Outcome = { type: 'blackhole' };
const notFound: Outcome = { type: 'response', status: 404 };

t.test('the verdict is the first that fits', (t) => {
  const rows: readonly [verdict: string, outcomes: readonly Outcome[], why: string][] = [
    ['leaks', [external], 'something leaves from the sidecar'],
    ['leaks', [delivered, external], 'be it one way of several'],
    ['leaks', [delivered, cluster({ external: true, mirror: true })], 'be it a copy'],
    ['leaks', [passthrough, external], 'before what is unknown to the mesh'],
    ['leaks', [cluster({ external: true, then: [external] })], 'what the gateway’s own cluster dials counts'],
    ['passthrough', [passthrough], 'it is sent on unfiltered'],
    ['passthrough', [delivered, passthrough], 'be it one way of several'],
    ['delivered', [delivered], 'a gateway sends it out'],
    ['delivered', [delivered, delivered], 'whichever way'],
    ['delivered', [delivered, cluster({ mirror: true })], 'copies do not count'],
    ['delivered', [cluster({ then: [external, external] })], 'whatever the gateway does'],
    ['blocked', [blackhole], 'it is refused'],
    ['broken', [notFound], 'it is answered'],
    ['broken', [blackhole, notFound], 'refused is all or nothing'],
    ['broken', [cluster({ missing: true })], 'the cluster is missing'],
    ['broken', [cluster()], 'it goes to something inside'],
    ['broken', [delivered, notFound], 'it may fail'],
    ['broken', [cluster({ then: [cluster({ external: true, missing: true })] })], 'the gateway has no such cluster'],
    ['broken', [cluster({ then: [cluster()] })], 'the gateway sends it to something inside'],
    ['broken', [cluster({ then: [external, { type: 'none' }] })], 'the gateway may refuse it'],
    ['broken', [{ type: 'redirect', host: 'evil.com' }], 'it is sent elsewhere'],
    ['broken', [{ type: 'none' }], 'the connection breaks'],
  ];
  for (const [verdict, outcomes, why] of rows) t.equal(verdictOf(outcomes), verdict, `${verdict}: ${why}`);
  t.end();
});

t.test('one outcome is delivered', (t) => {
  t.ok(isDelivered(delivered));
  t.notOk(isDelivered(external));
  t.notOk(isDelivered(passthrough));
  t.end();
});

t.test('the outcomes of ways, each once, in their order', (t) => {
  const way = (outcome: Outcome) => ({ outcome, source: undefined });
  const outcomes = outcomesOf([way(notFound), way(cluster()), way({ ...notFound }), way(cluster({ port: 81 }))]);
  t.strictSame(outcomes, [notFound, cluster(), cluster({ port: 81 })]);
  t.end();
});
