import fc from 'fast-check';
import t from 'tap';
import type { Labels } from '../../../src/mesh/metadata.js';
import { distinctChoices, labelSets, outcomeOf, type Choice } from '../../../src/routing/classes/label-sets.js';

const MOST = 1000;

t.test('every pod is of one kind with just one of the sets', (t) => {
  const labels = fc.dictionary(fc.constantFrom('app', 'version', 'tier'), fc.constantFrom('a', 'b'), { maxKeys: 3 });
  const choices = fc.array(fc.array(labels, { maxLength: 4 }), { maxLength: 5 });
  fc.assert(
    fc.property(choices, fc.array(labels, { maxLength: 20 }), (choices, pods) => {
      const { sets, complete } = labelSets(choices, MOST);
      const kinds = sets.map((set) => outcomeOf(choices, set));
      return (
        complete && new Set(kinds).size === kinds.length && pods.every((pod) => kinds.includes(outcomeOf(choices, pod)))
      );
    }),
    { numRuns: 2000 },
  );
  t.end();
});

t.test('a set has no label but those of the selectors that decide', (t) => {
  const sidecars: Choice = [{ app: 'web' }, { version: 'v1' }, { app: 'api' }];
  const { sets } = labelSets([sidecars, [{ tier: 'x', app: 'web' }]], MOST);
  t.strictSame(sets, [{}, { app: 'web' }, { version: 'v1' }, { app: 'api' }, { app: 'web', tier: 'x' }]);
  t.end();
});

t.test('selectors that want different values of a label are of no pod together', (t) => {
  t.equal(labelSets([[{ app: 'web' }], [{ app: 'api' }], [{ version: 'v1' }]], MOST).sets.length, 6);
  t.end();
});

t.test('what is beyond the bound is left out and said', (t) => {
  const selectors = Array.from({ length: 10 }, (_, index): Labels => ({ [`key-${index}`]: 'x' }));
  const apart = selectors.map((one): Choice => [one]);
  t.strictSame(labelSets(apart, 1024).complete, true);
  const { sets, complete } = labelSets(apart, 1023);
  t.equal(complete, false);
  t.equal(sets.length, 1023);
  t.strictSame(labelSets([selectors], 11).complete, true, 'of one choice there are few');
  t.end();
});

t.test('choices that cannot fall out in two ways, or are there already, are none', (t) => {
  const found = distinctChoices([
    [{ app: 'web', version: 'v1' }],
    [],
    [{}, { app: 'web' }],
    [{ version: 'v1', app: 'web' }],
    [{ app: 'web' }, {}, { version: 'v1' }],
    // As one text, were keys and values joined by what they may hold.
    [{ app: 'web,version=v1' }],
  ]);
  t.equal(found.length, 3);
  t.same(found[1], [{ app: 'web' }], 'what is behind a selector that fits every pod never decides');
  t.end();
});
