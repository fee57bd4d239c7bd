import t, { type Test } from 'tap';
import type { Collection } from '../../src/cluster/discovery.js';
import type { Mirror } from '../../src/cluster/mirror.js';
import { Reflector } from '../../src/cluster/reflector.js';
import { WATCH_TIMING } from '../../src/cluster/watch-timing.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { Lines } from '../telemetry/lines.js';
import { until } from '../until.js';
import { connectTo, FakeApiServer, type FakeObject } from './fake-api-server.js';
import { ManualClock } from './manual-clock.js';

const PATH = '/apis/networking.istio.io/v1/gateways';
const COLLECTION: Collection = { kind: 'Gateway', apiVersion: 'networking.istio.io/v1', path: PATH };

const named = (name: string): FakeObject => ({ metadata: { name, namespace: 'a' } });

/** A mirror that keeps names. */
class Names implements Mirror {
  readonly names = new Set<string>();
  lists = 0;

  list() {
    const names: string[] = [];
    return {
      add: (document: unknown) => names.push(nameOf(document)),
      complete: () => {
        this.lists += 1;
        this.names.clear();
        for (const name of names) this.names.add(name);
      },
    };
  }

  put(document: unknown): void {
    this.names.add(nameOf(document));
  }

  remove(document: unknown): void {
    this.names.delete(nameOf(document));
  }

  sorted(): string {
    return [...this.names].sort().join(' ');
  }
}

function nameOf(document: unknown): string {
  return (document as FakeObject).metadata.name;
}

interface Stage {
  readonly fake: FakeApiServer;
  readonly clock: ManualClock;
  readonly names: Names;
  readonly reflector: Reflector;
  readonly lines: Lines;
  readonly states: string[];
  /** What `locate` finds. */
  found: Collection | undefined;
}

async function reflect(t: Test, prepare: (stage: Stage) => void = () => undefined): Promise<Stage> {
  const fake = await FakeApiServer.start(t);
  const clock = new ManualClock();
  const connection = await connectTo(t, fake, clock);
  const lines = new Lines();
  const names = new Names();
  fake.put(PATH, named('one'));
  const stage = { fake, clock, names, lines, states: [] as string[], found: COLLECTION } as unknown as Stage & {
    reflector: Reflector;
  };
  prepare(stage);
  stage.reflector = new Reflector({
    kind: 'Gateway',
    connection,
    locate: () => Promise.resolve(stage.found),
    mirror: names,
    timing: WATCH_TIMING,
    clock,
    random: () => 1,
    log: createLogger({ destination: lines }),
    onState: () => stage.states.push(stage.reflector.status().state),
  });
  t.teardown(() => stage.reflector.close());
  return stage;
}

/** The watch that was asked for is open, and its beginning has reached the reflector. */
const watching = ({ fake, clock }: Stage, times: number) =>
  until(
    `watch ${times}`,
    () =>
      fake.asked(PATH, 'watch').length === times &&
      fake.watching(PATH) === 1 &&
      clock.pending()[0] === WATCH_TIMING.watch + WATCH_TIMING.grace,
  );

/** The reflector sets no timer but that of its pause, and none of a request is left. */
const pausing = (clock: ManualClock, pause: number) =>
  until(`a pause of ${pause} ms`, () => clock.pending().length === 1 && clock.pending()[0] === pause);

t.test('it lists, then watches on from the list', async (t) => {
  const stage = await reflect(t);
  const { fake, names, reflector } = stage;
  t.match(reflector.status(), { state: 'waiting', freshAt: undefined, restarts: 0, failure: undefined });
  await watching(stage, 1);
  t.equal(names.sorted(), 'one');
  t.strictSame(stage.states, ['listed']);
  t.strictSame(fake.asked(PATH, 'list')[0]?.query, { limit: '500' }, 'no version: the store itself answers');
  t.strictSame(fake.asked(PATH, 'watch')[0]?.query, {
    watch: 'true',
    resourceVersion: '101',
    allowWatchBookmarks: 'true',
    timeoutSeconds: '30',
  });

  fake.put(PATH, named('two'));
  fake.remove(PATH, 'a', 'one');
  await until('the changes arrive', () => names.sorted() === 'two');
  t.match(reflector.status(), { state: 'listed', apiVersion: 'networking.istio.io/v1', restarts: 0 });
});

t.test('a long list comes in pages and shows as a whole', async (t) => {
  const stage = await reflect(t, ({ fake, names }) => {
    for (let i = 0; i < 9; i += 1) fake.put(PATH, named(`n${i}`));
    fake.pageSize = 4;
    fake.trick = ({ query }) => {
      t.equal(names.lists, query['watch'] === 'true' ? 1 : 0);
      return undefined;
    };
  });
  await watching(stage, 1);
  t.equal(stage.names.names.size, 10);
  t.strictSame(
    stage.fake.asked(PATH, 'list').map(({ query }) => query['continue']),
    [undefined, '4', '8'],
  );
});

t.test('a page that is asked for too late begins the list anew', async (t) => {
  let expired = false;
  const stage = await reflect(t, ({ fake }) => {
    fake.put(PATH, named('two'));
    fake.pageSize = 1;
    fake.trick = ({ query }) => {
      if (query['continue'] === undefined || expired) return undefined;
      expired = true;
      return { status: 410, body: { kind: 'Status', code: 410, reason: 'Expired' } };
    };
  });
  await pausing(stage.clock, 500);
  t.equal(stage.names.lists, 0, 'half a list is none');
  stage.clock.advance(500);
  await watching(stage, 1);
  t.equal(stage.names.sorted(), 'one two');
});

t.test('a watch that the API server ends in order goes on from its last event', async (t) => {
  const stage = await reflect(t);
  const { fake, clock, names, reflector } = stage;
  await watching(stage, 1);
  fake.put(PATH, named('two'));
  await until('it arrives', () => names.sorted() === 'one two');
  fake.endWatches(PATH);
  await watching(stage, 2);
  clock.advance(5);
  t.equal(fake.asked(PATH, 'watch')[1]?.query['resourceVersion'], '102');
  t.equal(fake.asked(PATH, 'check').length, 0, 'what has spoken need not be asked');

  fake.version = 150;
  fake.bookmark(PATH);
  await until('the bookmark arrives', () => reflector.status().freshAt === clock.now());
  fake.endWatches(PATH);
  await watching(stage, 3);
  t.equal(fake.asked(PATH, 'watch')[2]?.query['resourceVersion'], '150', 'a bookmark moves it on');
  t.equal(names.lists, 1);
  t.equal(reflector.status().restarts, 0, 'an end in order is no restart');
});

t.test('a quiet watch is fresh after its end, when the store has been asked', async (t) => {
  const stage = await reflect(t);
  const { fake, clock, reflector } = stage;
  await watching(stage, 1);
  const listed = clock.now();
  t.equal(reflector.status().freshAt, listed);
  clock.advance(30_000);
  t.equal(reflector.status().freshAt, listed, 'silence says nothing');
  fake.endWatches(PATH);
  await watching(stage, 2);
  t.equal(fake.asked(PATH, 'check').length, 1);
  t.equal(reflector.status().freshAt, listed + 30_000);
});

t.test('a store that was wiped or restored is noticed though its watch ends in order', async (t) => {
  const stage = await reflect(t);
  const { fake, clock, names, reflector } = stage;
  await watching(stage, 1);
  fake.clear(PATH);
  fake.version = 20;
  fake.putInSilence(PATH, named('other'));
  clock.advance(30_000);
  fake.endWatches(PATH);
  await pausing(clock, 500);
  t.match(reflector.status().failure, { code: 'gone', message: /store is older/ });
  clock.advance(500);
  await watching(stage, 2);
  t.equal(names.sorted(), 'other');
  t.equal(fake.asked(PATH, 'watch')[1]?.query['resourceVersion'], '21');
  t.match(reflector.status(), { restarts: 1, failure: undefined });
});

t.test('everything else that ends a watch begins a list, after a pause', async (t) => {
  const expired = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };
  const ends: Readonly<Record<string, (stage: Stage) => void>> = {
    'a connection that breaks': ({ fake }) => {
      fake.cut();
    },
    'an event that says 410': ({ fake }) => {
      fake.tell(PATH, expired);
    },
    'an event that is no JSON': ({ fake }) => {
      fake.write(PATH, '{"type":"ADDED","object":\n');
    },
    'an event of no known type': ({ fake }) => {
      fake.tell(PATH, { type: 'RENAMED', object: named('x') });
    },
    'an end within an event': ({ fake }) => {
      fake.write(PATH, '{"type":"AD');
      fake.endWatches(PATH);
    },
    'an end at once': ({ fake }) => {
      fake.endWatches(PATH);
    },
    'a silent connection': ({ clock }) => {
      clock.advance(40_000);
    },
    'a mirror that throws': ({ fake, names }) => {
      const put = names.put.bind(names);
      names.put = () => {
        names.put = put;
        throw new Error('a bug');
      };
      fake.put(PATH, named('bad'));
    },
  };
  for (const [what, end] of Object.entries(ends)) {
    await t.test(what, async (t) => {
      const stage = await reflect(t);
      const { fake, clock, names, reflector, lines } = stage;
      await watching(stage, 1);
      end(stage);
      await pausing(clock, 500);
      t.equal(reflector.status().restarts, 1);
      t.equal(reflector.status().state, 'listed', 'what was listed stays');
      t.equal(names.names.has('one'), true);
      fake.putInSilence(PATH, named('meanwhile'));
      t.equal(fake.asked(PATH, 'list').length, 1, 'not before the pause is over');
      clock.advance(500);
      await watching(stage, 2);
      t.ok(names.names.has('meanwhile'), 'what was missed is there');
      t.equal(reflector.status().failure, undefined);
      t.match(
        lines.records().filter(({ level }) => level === 'warn'),
        [{ kind: 'Gateway', wait: 500, err: { message: String }, msg: /trying again/ }],
      );
    });
  }
});

t.test('an API server that is away is asked less and less often, and told from one that is back', async (t) => {
  const stage = await reflect(t, ({ fake }) => {
    fake.trick = () => ({ status: 500, body: { kind: 'Status', code: 500, message: 'etcd is away' } });
  });
  const { fake, clock, reflector, names } = stage;
  for (const wait of [500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
    await pausing(clock, wait);
    clock.advance(wait);
  }
  await pausing(clock, 10_000);
  t.match(reflector.status(), { state: 'waiting', restarts: 8, failure: { message: /etcd is away/ } });
  fake.trick = () => undefined;
  clock.advance(10_000);
  await watching(stage, 1);
  t.equal(names.sorted(), 'one');

  fake.cut();
  await pausing(clock, 10_000);
  t.pass('a list alone does not prove that the watch works');
  clock.advance(10_000);
  await watching(stage, 2);
  fake.put(PATH, named('two'));
  await until('it arrives', () => names.sorted() === 'one two');
  fake.cut();
  await pausing(clock, 500);
  t.pass('an event does');
});

t.test('an API server that names the time to come back gets it', async (t) => {
  const { clock } = await reflect(t, ({ fake }) => {
    fake.trick = () => ({ status: 429, body: '', headers: { 'retry-after': '7' } });
  });
  await pausing(clock, 7000);
  t.pass('7 s');
});

t.test('a kind that is not served is empty, looked for, and taken up when it comes', async (t) => {
  const stage = await reflect(t, (each) => {
    each.found = undefined;
  });
  const { clock, names, reflector, lines } = stage;
  await until('it is absent', () => reflector.status().state === 'absent');
  t.equal(names.lists, 1);
  t.match(reflector.status(), { apiVersion: undefined, freshAt: clock.now(), restarts: 0, failure: undefined });
  clock.advance(12_500);
  await until('it looks again', () => reflector.status().freshAt === clock.now());
  t.equal(lines.records().length, 1, 'which is said once');
  stage.found = COLLECTION;
  clock.advance(12_500);
  await watching(stage, 1);
  t.equal(names.sorted(), 'one');
  t.strictSame(stage.states, ['absent', 'listed']);
});

t.test('a kind that is served no longer is empty', async (t) => {
  const stage = await reflect(t);
  const { fake, clock, names, reflector } = stage;
  await watching(stage, 1);
  stage.found = undefined;
  fake.trick = () => ({ status: 404, body: '404 page not found' });
  clock.advance(2000);
  fake.endWatches(PATH);
  await pausing(clock, 500);
  clock.advance(500);
  await until('it is absent', () => reflector.status().state === 'absent');
  t.equal(names.sorted(), '');
  t.strictSame(stage.states, ['listed', 'absent']);
});

t.test('closing ends the watch, or the pause, and leaves the copy', async (t) => {
  const watched = await reflect(t);
  await watching(watched, 1);
  await watched.reflector.close();
  await until('no watch is left', () => watched.fake.watching(PATH) === 0);
  t.strictSame(watched.clock.pending(), []);
  t.equal(watched.names.sorted(), 'one');
  t.equal(watched.reflector.status().restarts, 0);

  const failing = await reflect(t, ({ fake }) => {
    fake.trick = () => ({ status: 500, body: '' });
  });
  await pausing(failing.clock, 500);
  await failing.reflector.close();
  t.strictSame(failing.clock.pending(), []);
});
