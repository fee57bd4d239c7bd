import fc from 'fast-check';
import t from 'tap';
import { covers } from '../../../src/mesh/host.js';
import { HostIndex } from '../../../src/mesh/world/host-lookup.js';

function indexOf(hosts: readonly string[]): HostIndex<string> {
  const index = new HostIndex<string>(() => 0);
  for (const host of hosts) index.add(host, `for ${host}`);
  return index;
}

t.test('a name finds the wildcards over it, longest first', (t) => {
  const index = indexOf(['a.b.e.com', '*.e.com', '*.com', '*', '*.b.e.com', '*.f.com', '*.E.com']);
  t.strictSame(index.covering('a.b.e.com'), ['*.b.e.com', '*.e.com', '*.com', '*']);
  t.strictSame(index.covering('e.com'), ['*.com', '*'], 'the dot is a part of the wildcard');
  t.strictSame(index.covering('*.e.com'), ['*.com', '*'], 'a wildcard is not over itself');
  t.strictSame(index.covering('*'), [], 'nothing is over a bare star');
  t.strictSame(index.covering('x.E.com'), ['*.E.com', '*.com', '*'], 'with case');
  t.strictSame(index.covering(''), ['*']);
  t.strictSame(indexOf(['a.e.com']).covering('a.e.com'), [], 'a name is no wildcard');
  t.end();
});

t.test('wildcards that end within a label are found at every place of a name', (t) => {
  const index = indexOf(['*-x.com', '*x.com', '*.com', '*m']);
  t.strictSame(index.covering('a-x.com'), ['*-x.com', '*x.com', '*.com', '*m']);
  t.strictSame(index.covering('x.com'), ['*x.com', '*.com', '*m'], 'the beginning may be empty');
  t.strictSame(index.covering('*-x.com'), ['*x.com', '*.com', '*m']);
  index.remove('*-x.com', 'for *-x.com');
  index.remove('*x.com', 'for *x.com');
  index.remove('*m', 'for *m');
  t.strictSame(index.covering('a-x.com'), ['*.com'], 'and no more when they are gone');
  t.end();
});

t.test('a wildcard finds the names and wildcards below it', (t) => {
  const index = indexOf(['e.com', 'a.e.com', '*.e.com', '*.b.e.com', 'a.f.com', '*.com', '.e.com']);
  t.strictSame([...index.below('*.e.com')].sort(), ['*.b.e.com', '.e.com', 'a.e.com'], 'without itself');
  t.strictSame([...index.below('*.org')], []);
  t.equal(index.below('*').length, 7);
  t.strictSame(index.below('e.com'), [], 'a name has nothing below it');
  t.end();
});

t.test('of, has, size and version follow the changes', (t) => {
  const index = indexOf(['e.com']);
  const { version } = index;
  index.add('e.com', 'second');
  t.not(index.version, version, 'a second value is a change');
  t.strictSame(index.of('e.com'), ['for e.com', 'second']);
  t.equal(index.size, 1);
  index.remove('e.com', 'for e.com');
  index.remove('e.com', 'second');
  t.notOk(index.has('e.com'));
  t.equal(index.size, 0);
  t.strictSame(index.below('*'), []);
  t.strictSame([...index.keys()], []);
  t.end();
});

t.test('whatever is put in and taken out, it finds what a look at every name finds', (t) => {
  const label = fc.constantFrom('a', 'b', 'a-b', 'ab', 'com', 'COM', '你', '\ud800');
  const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
  const host = fc.oneof(
    name,
    name.map((one) => `*.${one}`),
    name.map((one) => `*${one}`),
    fc.constantFrom('*', '', '.', '**', '*.'),
  );
  const step = fc.record({ host, remove: fc.boolean(), look: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.array(host, { maxLength: 8 }), (steps, asked) => {
      const index = new HostIndex<string>(() => 0);
      const held = new Set<string>();
      const look = (): void => {
        for (const one of [...asked, ...held]) {
          const over = [...held].filter((other) => other.startsWith('*') && other !== one && covers(other, one));
          t.strictSame(
            index.covering(one),
            over.sort((a, b) => b.length - a.length),
            `over ${one}`,
          );
          const under = [...held].filter((other) => other !== one && one.startsWith('*') && covers(one, other));
          t.strictSame(new Set(index.below(one)), new Set(under), `below ${one}`);
          t.equal(index.below(one).length, under.length, 'each once');
        }
      };
      for (const { host: one, remove, look: now } of steps) {
        if (!remove && !held.has(one)) index.add(one, one);
        if (remove && held.has(one)) index.remove(one, one);
        if (remove) held.delete(one);
        else held.add(one);
        if (now && held.size < 6) look();
      }
      look();
    }),
    { numRuns: 60 },
  );
  t.end();
});

t.test('after many changes the names are ordered anew', (t) => {
  const index = indexOf(['a.com']);
  t.strictSame(index.below('*.com'), ['a.com']);
  for (let at = 0; at < 200; at++) index.add(`h${at}.com`, 'x');
  t.equal(index.below('*.com').length, 201);
  for (let at = 0; at < 100; at++) index.remove(`h${at}.com`, 'x');
  t.equal(index.below('*.com').length, 101);
  t.strictSame(index.below('*1.com').length, 10);
  t.end();
});
