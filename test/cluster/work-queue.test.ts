import t, { type Test } from 'tap';
import { WorkQueue } from '../../src/cluster/work-queue.js';
import { until } from '../until.js';
import { ManualClock } from './manual-clock.js';

/** A queue that notes what it does; what a key does is the test's. */
function queueOf(t: Test, work: (key: string) => Promise<number | undefined> = () => Promise.resolve(undefined)) {
  const clock = new ManualClock();
  const worked: string[] = [];
  const failures: { readonly key: string; readonly wait: number }[] = [];
  const queue = new WorkQueue({
    work: (key) => {
      worked.push(key);
      return work(key);
    },
    onFailure: (key, _error, wait) => failures.push({ key, wait }),
    retry: { first: 100, limit: 300 },
    clock,
    random: () => 1,
  });
  t.teardown(() => queue.close());
  return { queue, clock, worked, failures };
}

t.test('what is added often before its turn is worked once, in order', async (t) => {
  const { queue, worked } = queueOf(t);
  for (const key of ['a', 'b', 'a', 'c', 'a']) queue.add(key);
  await until('all is worked', () => worked.length === 3);
  t.strictSame(worked, ['a', 'b', 'c']);
  t.equal(queue.size, 0);
});

t.test('a key waits for its time, and of two times the earlier counts', async (t) => {
  const { queue, clock, worked } = queueOf(t);
  queue.add('late', 1000);
  queue.add('late', 200);
  queue.add('late', 500);
  await until('it sleeps', () => clock.pending()[0] === 200);
  t.strictSame(worked, []);
  clock.advance(200);
  await until('it is worked', () => worked.length === 1);
  t.equal(queue.size, 0);
});

t.test('what is added while it is worked is worked again', async (t) => {
  let proceed: () => void = () => undefined;
  const { queue, worked } = queueOf(t, async () => {
    await new Promise<void>((resolve) => (proceed = resolve));
    return undefined;
  });
  queue.add('a');
  await until('it is worked', () => worked.length === 1);
  queue.add('a');
  queue.add('b');
  t.equal(worked.length, 1, 'one at a time');
  proceed();
  await until('the next', () => worked.length === 2);
  proceed();
  await until('the last', () => worked.length === 3);
  proceed();
  t.strictSame(worked, ['a', 'a', 'b']);
});

t.test('what fails is tried again, later each time, and nothing shortens that', async (t) => {
  let fails = true;
  const { queue, clock, worked, failures } = queueOf(t, () =>
    fails ? Promise.reject(new Error('no')) : Promise.resolve(undefined),
  );
  queue.add('a');
  for (const [index, wait] of [100, 200, 300, 300].entries()) {
    await until(`failure ${index}`, () => failures.length === index + 1 && clock.pending()[0] === wait);
    t.strictSame(failures[index], { key: 'a', wait });
    queue.add('a');
    queue.add('other', 10_000);
    t.equal(worked.length, index + 1);
    if (index === 3) fails = false;
    clock.advance(wait);
  }
  await until('it goes well', () => worked.length === 5);
  fails = true;
  queue.add('a');
  await until('it fails anew', () => failures.length === 5);
  t.equal(failures[4]?.wait, 100, 'from the beginning');
});

t.test('work may ask for another look', async (t) => {
  let looks = 0;
  const { queue, clock, worked } = queueOf(t, () => Promise.resolve(++looks < 2 ? 50 : undefined));
  queue.add('a');
  await until('it waits', () => clock.pending()[0] === 50);
  clock.advance(50);
  await until('it is worked again', () => worked.length === 2);
  await until('and is done', () => queue.size === 0);
});

t.test('closing forgets what waits and tells what is worked', async (t) => {
  const clock = new ManualClock();
  const worked: string[] = [];
  const queue = new WorkQueue({
    work: (key, signal) => {
      worked.push(key);
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('told to stop'));
        });
      });
    },
    onFailure: () => t.fail('that is no failure'),
    retry: { first: 1, limit: 1 },
    clock,
    random: () => 1,
  });
  queue.add('a');
  queue.add('b');
  await until('it is worked', () => worked.length === 1);
  await queue.close();
  t.strictSame(worked, ['a']);
  t.strictSame(clock.pending(), [], 'no timer is left');
});
