import fc from 'fast-check';
import t from 'tap';
import { Index } from '../../../src/mesh/world/lookup.js';

const byNumber = (a: { n: number }, b: { n: number }): number => a.n - b.n;

t.test('a key holds what was put under it, in order', (t) => {
  const index = new Index(byNumber);
  t.strictSame(index.of('a'), [], 'nothing at first');
  const [one, two, three] = [{ n: 1 }, { n: 2 }, { n: 3 }];
  t.equal(index.add('a', two), true, 'the key is new');
  t.equal(index.add('a', three), false);
  t.equal(index.add('a', one), false);
  index.add('b', one);
  t.strictSame(index.of('a'), [one, two, three]);
  t.strictSame([...index.keys()], ['a', 'b']);
  t.equal(index.size, 2);
  t.end();
});

t.test('what is taken out leaves no key behind', (t) => {
  const index = new Index(byNumber);
  const [one, two] = [{ n: 1 }, { n: 2 }];
  index.add('a', two);
  index.add('a', one);
  t.equal(index.remove('a', { n: 1 }), false, 'another object, though equal, takes nothing out');
  t.strictSame(index.of('a'), [one, two]);
  t.equal(index.remove('a', two), false);
  t.strictSame(index.of('a'), [one]);
  t.equal(index.remove('a', one), true, 'the key is gone');
  t.notOk(index.has('a'));
  t.equal(index.size, 0);
  t.equal(index.remove('a', one), false);
  t.equal(index.remove('never', one), false);
  t.end();
});

t.test('the order is that of the comparison, whenever one looks, and of arrival among equals', (t) => {
  const step = fc.record({ n: fc.integer({ min: 0, max: 5 }), act: fc.constantFrom('add', 'add', 'remove', 'look') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const index = new Index(byNumber);
      const model: { n: number; arrival: number }[] = [];
      const sorted = () => [...model].sort((a, b) => a.n - b.n || a.arrival - b.arrival);
      steps.forEach(({ n, act }, arrival) => {
        if (act === 'add') {
          const value = { n, arrival };
          model.push(value);
          index.add('key', value);
        } else if (act === 'remove') {
          const at = model.findIndex((value) => value.n === n);
          const [value] = at < 0 ? [] : model.splice(at, 1);
          if (value !== undefined) index.remove('key', value);
        } else t.strictSame(index.of('key'), sorted());
      });
      t.strictSame(index.of('key'), sorted());
      t.equal(index.has('key'), model.length > 0);
    }),
  );
  t.end();
});
