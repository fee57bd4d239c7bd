import fc from 'fast-check';
import t from 'tap';
import { digestOf } from '../../src/mesh/digest.js';

/** JSON with its keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

t.test('is the same for the same document, and for no other', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const [x, y] = [a, b].map((value): unknown => JSON.parse(JSON.stringify(value)));
      return (digestOf(x) === digestOf(y)) === (canonical(x) === canonical(y));
    }),
    { numRuns: 2000 },
  );
  for (const [a, b] of [
    [['a', 'b'], ['ab']],
    [[[]], [{}]],
    [{ a: { b: 1 } }, { a: 1, b: {} }],
    [
      [1, [2]],
      [[1], 2],
    ],
    [null, 'null'],
    [{}, { a: null }],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
  ]) {
    t.not(digestOf(a), digestOf(b), `${JSON.stringify(a)} and ${JSON.stringify(b)}`);
  }
  t.match(digestOf({}), /^[0-9a-f]{16}$/);
  t.end();
});

t.test('no nesting is too deep', (t) => {
  let deep: unknown = 'x';
  for (let index = 0; index < 1_000_000; index++) deep = [deep];
  t.match(digestOf(deep), /^[0-9a-f]{16}$/);
  t.end();
});
