import fc from 'fast-check';
import t from 'tap';
import { blockKey, contains, parseAddress, parseBlock } from '../../../src/mesh/address.js';
import { BlockIndex } from '../../../src/mesh/world/block-lookup.js';

function indexOf(blocks: readonly string[]): BlockIndex<string> {
  const index = new BlockIndex<string>(() => 0);
  for (const block of blocks) index.add(blockKey(block), block);
  return index;
}

function containing(index: BlockIndex<string>, text: string): readonly string[] {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return index.containing(address);
}

t.test('an address finds the blocks around it, longest first', (t) => {
  const index = indexOf(['203.0.113.0/24', '203.0.113.0/25', '203.0.113.7', '0.0.0.0/0', '198.51.100.0/24', '::/0']);
  t.strictSame(containing(index, '203.0.113.7'), ['203.0.113.7/32', '203.0.113.0/25', '203.0.113.0/24', '0.0.0.0/0']);
  t.strictSame(containing(index, '203.0.113.200'), ['203.0.113.0/24', '0.0.0.0/0']);
  t.strictSame(containing(index, '2001:db8::1'), ['::/0'], 'IPv6 apart from IPv4');
  t.strictSame(containing(index, '::ffff:203.0.113.200'), ['203.0.113.0/24', '0.0.0.0/0'], 'a mapped one is IPv4');
  t.strictSame(containing(indexOf([]), '203.0.113.7'), []);
  t.end();
});

t.test('a block is the same however it is written', (t) => {
  const index = indexOf(['203.0.113.9/24', '203.0.113.0/24']);
  t.strictSame(index.of('203.0.113.0/24'), ['203.0.113.9/24', '203.0.113.0/24']);
  t.equal(index.size, 1);
  index.remove('203.0.113.0/24', '203.0.113.9/24');
  t.ok(index.has('203.0.113.0/24'));
  index.remove('203.0.113.0/24', '203.0.113.0/24');
  t.notOk(index.has('203.0.113.0/24'));
  t.strictSame(containing(index, '203.0.113.1'), []);
  t.end();
});

t.test('what is no block stands under its own text and contains nothing', (t) => {
  const index = indexOf(['203.0.113.0/99', 'rubbish']);
  t.strictSame(index.of('rubbish'), ['rubbish']);
  t.strictSame(containing(index, '203.0.113.1'), []);
  t.end();
});

t.test('whatever blocks there are, it finds what a look at every block finds', (t) => {
  const octet = fc.constantFrom(0, 1, 127, 128, 255);
  const v4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
  const v6 = fc
    .tuple(octet, octet, octet)
    .map(([a, b, c]) => `2001:${a.toString(16)}:${b.toString(16)}::${c.toString(16)}`);
  const block = fc.oneof(
    fc.tuple(v4, fc.constantFrom(0, 1, 8, 9, 24, 31, 32)).map(([one, length]) => `${one}/${length}`),
    fc.tuple(v6, fc.constantFrom(0, 1, 16, 32, 33, 64, 127, 128)).map(([one, length]) => `${one}/${length}`),
  );
  fc.assert(
    fc.property(fc.uniqueArray(block), fc.array(block), fc.oneof(v4, v6), (blocks, removed, text) => {
      const index = indexOf(blocks);
      for (const one of removed) if (blocks.includes(one)) index.remove(blockKey(one), one);
      const left = blocks.filter((one) => !removed.includes(one)).map(blockKey);
      const address = parseAddress(text)!;
      const expected = [...new Set(left)].map((key) => parseBlock(key)!).filter((one) => contains(one, address));
      t.strictSame(containing(index, text), expected.sort((a, b) => b.length - a.length).map(blockKey));
    }),
    { numRuns: 300 },
  );
  t.end();
});
