import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import {
  type Address,
  addressInside,
  addressKey,
  addressText,
  blockKey,
  blockOf,
  contains,
  parseAddress,
  parseBlock,
} from '../../src/mesh/address.js';

t.test('reads addresses as Go does', (t) => {
  const canonical: Record<string, string> = {
    '10.0.0.1': '10.0.0.1',
    '255.255.255.255': '255.255.255.255',
    '0.0.0.0': '0.0.0.0',
    '::': '::',
    '::1': '::1',
    '1::': '1::',
    'FD00:0:0:0:0:0:0:01': 'fd00::1',
    '2001:db8:0:0:1:0:0:1': '2001:db8::1:0:0:1',
    '2001:0:db8:0:1:0:2:0': '2001:0:db8:0:1:0:2:0',
    '1:2:3:4:5:6:7::': '1:2:3:4:5:6:7:0',
    '64:ff9b::203.0.113.9': '64:ff9b::cb00:7109',
    '::ffff:203.0.113.9': '203.0.113.9',
    '::ffff:cb00:7109': '203.0.113.9',
    '::203.0.113.9': '::cb00:7109',
    'fe80::1%eth0': 'fe80::1',
  };
  for (const [text, key] of Object.entries(canonical)) t.equal(addressKey(text), key, text);
  for (const text of [
    '',
    '10.0.0',
    '10.0.0.1.2',
    '10.0.0.256',
    '10.0.0.01',
    '10.0.0.1 ',
    '10..0.1',
    '.10.0.1',
    '10.0.1.',
    '0x1.0.0.1',
    '1234',
    ':',
    ':::',
    '1:::2',
    '1::2::3',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
    'g::',
    '::1%',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '[::1]',
    'edition.cnn.com',
    '1:'.repeat(1_000_000),
  ]) {
    t.equal(parseAddress(text), undefined, text.slice(0, 40));
    t.equal(addressKey(text), text);
  }
  t.end();
});

t.test('reads blocks', (t) => {
  const keys: Record<string, string> = {
    '10.1.2.3/8': '10.0.0.0/8',
    '10.1.2.3': '10.1.2.3/32',
    '0.0.0.0/0': '0.0.0.0/0',
    '2001:db8::1/33': '2001:db8::/33',
    '::1': '::1/128',
    '::/0': '::/0',
    '::ffff:10.1.2.3/104': '10.0.0.0/8',
    '::ffff:10.1.2.3/128': '10.1.2.3/32',
    '::ffff:10.1.2.3/96': '0.0.0.0/0',
    '::ffff:10.1.2.3/95': '::fffe:0:0/95',
  };
  for (const [text, key] of Object.entries(keys)) t.equal(blockKey(text), key, text);
  for (const text of [
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '10.0.0.0/-1',
    '/8',
    'a/8',
    'fe80::1%a/64',
    '10.0.0.0/8/8',
  ]) {
    t.equal(parseBlock(text), undefined, text);
    t.equal(blockKey(text), text);
  }
  t.equal(blockOf(parseAddress('10.0.0.1')!, 33), undefined);
  t.equal(blockOf(parseAddress('10.0.0.1')!, -1), undefined);
  t.end();
});

t.test('finds an address inside a block', (t) => {
  const inside: Record<string, string> = {
    '203.0.113.0/24': '203.0.113.1',
    '203.0.113.9': '203.0.113.9',
    '203.0.113.8/31': '203.0.113.9',
    '0.0.0.0/0': '0.0.0.1',
    '2001:db8::/32': '2001:db8::1',
    '::1/128': '::1',
  };
  for (const [block, address] of Object.entries(inside)) {
    const parsed = parseBlock(block)!;
    t.equal(addressText(addressInside(parsed)), address);
    t.ok(contains(parsed, addressInside(parsed)));
  }
  t.end();
});

const v4 = fc.ipV4();
const v6 = fc.ipV6();

t.test('agrees with node about what an address is', (t) => {
  const texts = fc.oneof(
    v4,
    v6,
    fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefg.:/')) }),
    fc.tuple(v6, v4).map(([six, four]) => six.replace(/[^:]*:[^:]*$/, four)),
  );
  fc.assert(
    fc.property(texts, (text) => (parseAddress(text) !== undefined) === (isIP(text) !== 0)),
    { numRuns: 20_000 },
  );
  t.end();
});

t.test('agrees with node about what a block contains', (t) => {
  const addresses = fc.array(fc.oneof(v4, v6), { minLength: 1, maxLength: 8 });
  const blocks = fc.oneof(fc.tuple(v4, fc.nat(32)), fc.tuple(v6, fc.nat(128)));
  fc.assert(
    fc.property(blocks, addresses, fc.nat(128), ([network, length], others, flipped) => {
      const block = parseBlock(`${network}/${length}`)!;
      const oracle = new BlockList();
      oracle.addSubnet(addressText(block.network), block.length, familyOf(block.network));
      for (const text of [...others, network, neighbour(network, flipped)]) {
        const address = parseAddress(text)!;
        // A BlockList looks for IPv4 addresses in IPv6 blocks too, as mapped ones; netip and Envoy keep the families apart.
        const same = address.bits === block.network.bits;
        const expected = same && oracle.check(addressText(address), familyOf(address));
        if (contains(block, address) !== expected) return false;
      }
      return contains(block, addressInside(block));
    }),
    { numRuns: 5000 },
  );
  t.end();
});

function familyOf(address: Address): 'ipv4' | 'ipv6' {
  return address.bits === 32 ? 'ipv4' : 'ipv6';
}

/** The address with one bit turned: as likely just inside as just outside of a block. */
function neighbour(text: string, bit: number): string {
  const address = parseAddress(text)!;
  const turned = bit % address.bits;
  const words = address.words.map((word, index) =>
    index === turned >> 5 ? (word ^ (1 << (turned & 31))) >>> 0 : word,
  );
  return addressText({ bits: address.bits, words });
}

t.test('writes each address and block one way', (t) => {
  fc.assert(
    fc.property(fc.oneof(v4, v6), fc.nat(128), (text, length) => {
      const address = parseAddress(text)!;
      t.same(parseAddress(addressText(address)), address);
      t.equal(addressKey(addressKey(text)), addressKey(text));
      const block = blockOf(address, Math.min(length, address.bits))!;
      t.same(parseBlock(blockKey(block)), block);
    }),
    { numRuns: 500 },
  );
  t.end();
});
