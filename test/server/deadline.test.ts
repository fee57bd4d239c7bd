import fc from 'fast-check';
import t from 'tap';
import { answerBudget, DeadlineError, withinDeadline, type Deadline } from '../../src/server/deadline.js';

// In the server a connection keeps the process alive while a deadline runs; here something else must.
const alive = setInterval(() => undefined, 1000);
t.teardown(() => {
  clearInterval(alive);
});

t.test('the budget is the timeout less a second', (t) => {
  t.equal(answerBudget('10s'), 9000);
  t.equal(answerBudget('5s'), 4000);
  t.equal(answerBudget('30s'), 29_000);
  t.end();
});

t.test('nothing sensible is the default', (t) => {
  for (const timeout of [undefined, null, '', '0s', '0', 'soon', '-5s', 5, ['5s', '6s'], {}]) {
    t.equal(answerBudget(timeout), 9000, JSON.stringify(timeout));
  }
  t.end();
});

t.test('a short timeout leaves something, a long one is cut at what the API server allows', (t) => {
  t.equal(answerBudget('1s'), 500);
  t.equal(answerBudget('2s'), 1000);
  t.equal(answerBudget('1h'), 29_000);
  t.end();
});

t.test('every timeout leaves time, and room for the answer’s way', (t) => {
  const property = fc.property(
    fc.oneof(
      fc.nat(40_000).map((ms) => `${ms}ms`),
      fc.anything(),
    ),
    (timeout) => {
      const budget = answerBudget(timeout);
      return budget > 0 && budget <= 29_000;
    },
  );
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: 1000 });
  });
  t.end();
});

t.test('work in time', async (t) => {
  const seen: Deadline[] = [];
  const answer = await withinDeadline(performance.now(), 60_000, (deadline) => {
    seen.push(deadline);
    return 'done';
  });
  t.equal(answer, 'done');
  t.equal(seen[0]?.signal.aborted, false);
  const left = seen[0]?.remaining() ?? 0;
  t.ok(left > 0 && left <= 60_000);
});

t.test('work that throws', async (t) => {
  const failing = () => {
    throw new TypeError('a bug');
  };
  await t.rejects(withinDeadline(performance.now(), 60_000, failing), new TypeError('a bug'));
});

t.test('work that does not come to an end is left, and told', async (t) => {
  const seen: Deadline[] = [];
  const endless = (deadline: Deadline) => {
    seen.push(deadline);
    t.equal(deadline.signal.aborted, false);
    return new Promise<never>(() => undefined);
  };
  await t.rejects(withinDeadline(performance.now(), 10, endless), new DeadlineError(10));
  t.equal(seen[0]?.signal.aborted, true);
  t.match(seen[0]?.signal.reason, { code: 'deadline-exceeded' });
  t.equal(seen[0]?.remaining(), 0);
});

t.test('who asks for the signal after the deadline finds it aborted', async (t) => {
  const seen: Deadline[] = [];
  const endless = (deadline: Deadline) => {
    seen.push(deadline);
    return new Promise<never>(() => undefined);
  };
  await t.rejects(withinDeadline(performance.now(), 1, endless), { code: 'deadline-exceeded' });
  t.equal(seen[0]?.signal.aborted, true);
});

t.test('the time before the work counts', async (t) => {
  await t.rejects(
    withinDeadline(performance.now() - 60_000, 50_000, () => new Promise<never>(() => undefined)),
    { code: 'deadline-exceeded' },
  );
});

t.test('work that fails after its deadline disturbs nobody', async (t) => {
  const late = (deadline: Deadline) =>
    new Promise<never>((_resolve, reject) => {
      deadline.signal.addEventListener('abort', () => {
        reject(new Error('aborted'));
      });
    });
  await t.rejects(withinDeadline(performance.now(), 1, late), { code: 'deadline-exceeded' });
});
