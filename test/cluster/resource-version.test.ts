import fc from 'fast-check';
import t from 'tap';
import { isOlderVersion } from '../../src/cluster/resource-version.js';

t.test('versions are compared as the numbers that they are, of any size', (t) => {
  const number = fc.bigInt({ min: 0n, max: 2n ** 80n });
  fc.assert(fc.property(number, number, (a, b) => isOlderVersion(String(a), String(b)) === a < b));
  t.pass('as BigInt compares them');
  t.end();
});

t.test('what is no number is older than nothing', (t) => {
  for (const [a, b] of [
    ['', '5'],
    ['5', ''],
    ['abc', 'b'],
    ['05', '6'],
    ['-1', '0'],
  ] as const) {
    t.notOk(isOlderVersion(a, b), `"${a}" and "${b}"`);
  }
  t.end();
});
