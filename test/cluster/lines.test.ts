import fc from 'fast-check';
import t from 'tap';
import { LineSplitter } from '../../src/cluster/lines.js';

t.test('lines come out whole, wherever the network cuts them', (t) => {
  const line = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).filter((text) => !text.includes('\n'));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
      const wanted = bytes.toString('utf8').split('\n').slice(0, -1);
      const splitter = new LineSplitter();
      const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const seen = places.slice(1).flatMap((place, index) => splitter.push(bytes.subarray(places[index], place)));
      t.strictSame(seen, wanted);
      return !splitter.partial;
    }),
  );
  t.end();
});

t.test('a line that has no end is told', (t) => {
  const splitter = new LineSplitter();
  t.strictSame(splitter.push(Buffer.from('a\n\nb')), ['a'], 'an empty line is none');
  t.ok(splitter.partial);
  t.strictSame(splitter.push(Buffer.from('c\n')), ['bc']);
  t.notOk(splitter.partial);
  t.end();
});
