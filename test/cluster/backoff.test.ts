import fc from 'fast-check';
import t from 'tap';
import { createBackoff } from '../../src/cluster/backoff.js';

t.test('the pauses double up to the limit', (t) => {
  const backoff = createBackoff({ first: 500, limit: 3000, random: () => 1 });
  t.strictSame(
    [1, 2, 3, 4, 5].map(() => backoff.next()),
    [500, 1000, 2000, 3000, 3000],
  );
  backoff.reset();
  t.equal(backoff.next(), 500, 'after a success the first pause is short again');
  t.end();
});

t.test('half of a pause is left to chance, and never all of it', (t) => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, chance) => {
      const backoff = createBackoff({ first: 500, limit: 10_000, random: () => chance });
      let pause = 0;
      for (let i = 0; i <= failures; i += 1) pause = backoff.next();
      const whole = Math.min(10_000, 500 * 2 ** failures);
      return pause >= whole / 2 && pause <= whole;
    }),
  );
  t.pass('for 100 failures and chances');
  t.end();
});
