import fc from 'fast-check';
import t from 'tap';
import { SuffixOrder } from '../../../src/mesh/world/suffix-order.js';

t.test('it finds the names that end in a text', (t) => {
  const order = new SuffixOrder(['a.com', 'b.com', 'com', 'x.org', '']);
  t.strictSame([...order.endingIn('.com')].sort(), ['a.com', 'b.com']);
  t.strictSame([...order.endingIn('com')].sort(), ['a.com', 'b.com', 'com']);
  t.equal(order.endingIn('').length, 5, 'everything ends in nothing');
  t.strictSame(order.endingIn('net'), []);
  t.end();
});

t.test('as a look at every name does, after names were put in and taken out', (t) => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\ud83d'), maxLength: 5 });
  fc.assert(
    fc.property(fc.array(name), fc.array(name), fc.array(name), name, (first, added, removed, suffix) => {
      const order = new SuffixOrder(new Set(first));
      const held = new Set(first);
      for (const one of added) {
        order.add(one);
        held.add(one);
      }
      for (const one of removed) {
        order.remove(one);
        held.delete(one);
      }
      const expected = [...held].filter((one) => one.endsWith(suffix)).sort();
      t.strictSame([...order.endingIn(suffix)].sort(), expected);
    }),
    { numRuns: 300 },
  );
  t.end();
});
