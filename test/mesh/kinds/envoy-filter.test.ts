import t from 'tap';
import { read } from '../manifests.js';

t.test('reads where patches apply', (t) => {
  const { spec } = read('EnvoyFilter', {
    workloadSelector: { labels: { app: 'web' } },
    configPatches: [
      { applyTo: 'CLUSTER', match: { context: 'GATEWAY' }, patch: { operation: 'ADD', value: {} } },
      { patch: { value: {} } },
    ],
  });
  t.match(spec, {
    workloadSelector: { app: 'web' },
    patches: [
      { applyTo: 'CLUSTER', context: 'GATEWAY', operation: 'ADD' },
      { applyTo: '', context: 'ANY', operation: '' },
    ],
  });
  t.match(read('EnvoyFilter', {}).spec, { workloadSelector: undefined, patches: [] });
  t.end();
});

t.test('tells by its digest whether a patch is another one', (t) => {
  const digest = (value: unknown) =>
    read('EnvoyFilter', { configPatches: [{ patch: { value } }] }).spec.patches[0]?.digest;
  t.equal(digest({ a: 1, b: [2] }), digest({ b: [2], a: 1 }));
  t.not(digest({ a: 1 }), digest({ a: '1' }));
  t.end();
});
