import t, { type Test } from 'tap';
import { Controllers, type Controller } from '../../src/cluster/controllers.js';
import { LeakController } from '../../src/cluster/leak-controller.js';
import { ReleaseController } from '../../src/cluster/release-controller.js';
import type { ClusterEvent } from '../../src/cluster/events.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import type { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import type { Finding } from '../../src/policy/finding.js';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/policy.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { worldWith } from '../admission/request.js';
import { read } from '../policy/judgement.js';
import { entry, httpPair, type Document } from '../policy/manifests.js';
import { until } from '../until.js';
import { connectTo, FakeApiServer } from './fake-api-server.js';
import { ManualClock } from './manual-clock.js';

const log = createLogger({ level: 'silent' });
const signal = new AbortController().signal;
const HOLD: Policy = { ...DEFAULT_POLICY, serviceEntries: { unrouted: 'hold' } };
const WISH = 'sallyport.dev/held-export-to';
const held = entry(['80 HTTP'], { exportTo: ['istio-system'] }, { annotations: { [WISH]: '["*"]' } });

function listening() {
  const told: ClusterEvent[] = [];
  return {
    told,
    events: {
      record: (event: ClusterEvent) => {
        told.push(event);
        return Promise.resolve();
      },
    },
  };
}

async function releasing(t: Test, world: MeshWorld) {
  const fake = await FakeApiServer.start(t);
  const { told, events } = listening();
  const connection = await connectTo(t, fake);
  const controller = new ReleaseController({
    connection,
    world,
    policy: () => HOLD,
    clock: new ManualClock(),
    events,
    log,
  });
  return { fake, told, controller };
}

t.test('what can be given back is, once, in our name', async (t) => {
  const { fake, told, controller } = await releasing(t, worldWith([held, httpPair()]));
  fake.trick = () => ({ status: 200, body: { metadata: { name: 'cnn' } } });
  t.strictSame([...controller.standing()], ['shop/cnn']);
  t.equal(await controller.work('shop/cnn', signal), undefined);
  t.match(fake.requests, [
    {
      method: 'PATCH',
      path: '/apis/networking.istio.io/v1/namespaces/shop/serviceentries/cnn',
      query: { fieldManager: 'sallyport' },
      headers: { 'content-type': 'application/json-patch+json' },
    },
  ]);
  t.strictSame(JSON.parse(fake.requests[0]?.body ?? ''), [
    { op: 'test', path: '/metadata/annotations/sallyport.dev~1held-export-to', value: '["*"]' },
    { op: 'test', path: '/spec/exportTo', value: ['istio-system'] },
    { op: 'add', path: '/spec/exportTo', value: ['*'] },
    { op: 'remove', path: '/metadata/annotations/sallyport.dev~1held-export-to' },
  ]);
  t.match(told, [{ type: 'Normal', reason: 'Released', regarding: { kind: 'ServiceEntry', name: 'cnn' } }]);
});

t.test('the field that was written is given up', async (t) => {
  const { fake, controller } = await releasing(t, worldWith([held, httpPair()]));
  const managedFields = [
    { manager: 'kubectl', operation: 'Update' },
    { manager: 'sallyport', operation: 'Update' },
  ];
  fake.trick = () => ({ status: 200, body: { metadata: { name: 'cnn', resourceVersion: '7', managedFields } } });
  await controller.work('shop/cnn', signal);
  t.strictSame(JSON.parse(fake.requests[1]?.body ?? ''), [
    { op: 'test', path: '/metadata/resourceVersion', value: '7' },
    { op: 'remove', path: '/metadata/managedFields/1' },
  ]);
});

t.test('what has to wait is told of once, and not written', async (t) => {
  const world = worldWith([held]);
  const { fake, told, controller } = await releasing(t, world);
  for (let time = 0; time < 2; time++) t.equal(await controller.work('shop/cnn', signal), undefined);
  t.strictSame(fake.requests, []);
  t.match(told, [{ type: 'Normal', reason: 'Held', note: /cnn\.com:80 .* Mend: first apply a VirtualService/ }]);
  t.equal(told.length, 1);
  const route = read(httpPair(), OLDEST);
  world.put(route);
  t.strictSame([...controller.concernedBy({ old: undefined, object: route })], [], 'it was not known of');
  t.strictSame([...controller.concernedBy({ old: undefined, object: read(held, OLDEST) })], ['shop/cnn']);
  t.strictSame([...controller.concernedBy({ old: undefined, object: route })], ['shop/cnn']);
});

t.test('what has changed meanwhile, was held again or cannot be written', async (t) => {
  const { fake, told, controller } = await releasing(t, worldWith([held, httpPair()]));
  for (const status of [422, 404]) {
    fake.trick = () => ({ status, body: {} });
    t.equal(await controller.work('shop/cnn', signal), undefined, `${status}: the watch will tell`);
  }
  fake.trick = () => ({ status: 200, body: { metadata: { annotations: { [WISH]: '["*"]' } } } });
  t.equal(await controller.work('shop/cnn', signal), 2000, 'held again by the webhook');
  for (const status of [403, 500]) {
    fake.trick = () => ({ status, body: {} });
    await t.rejects(controller.work('shop/cnn', signal), new RegExp(`answered ${status}`));
  }
  t.strictSame(told, []);
});

t.test('an entry that is gone is forgotten', async (t) => {
  const world = worldWith([held]);
  const { controller } = await releasing(t, world);
  t.strictSame([...controller.standing()], ['shop/cnn']);
  world.remove('ServiceEntry', 'shop', 'cnn');
  await controller.work('shop/cnn', signal);
  t.strictSame([...controller.concernedBy({ old: read(httpPair(), OLDEST), object: undefined })], []);
});

function watching(world: MeshWorld) {
  const leaks: Finding[] = [];
  const { told, events } = listening();
  const policy = () => DEFAULT_POLICY;
  const controller = new LeakController({
    world,
    policy,
    clock: new ManualClock(),
    events,
    log,
    onLeak: (leak) => leaks.push(leak),
  });
  const changed = (old: Document | undefined, object: Document | undefined): readonly string[] => {
    const [was, is] = [old, object].map((one) => (one === undefined ? undefined : read(one, OLDEST)));
    if (is !== undefined) world.put(is);
    else if (was !== undefined) world.remove(was.kind, was.metadata.namespace, was.metadata.name);
    return [...controller.concernedBy({ old: was, object: is })];
  };
  return { controller, changed, leaks, told };
}

t.test('a leak that came about is told of on the object, and counted', async (t) => {
  const { controller, changed, leaks, told } = watching(worldWith([httpPair(), entry(['80 HTTP'])]));
  const [key = ''] = changed(httpPair(), undefined);
  t.equal(key, 'VirtualService/shop/cnn');
  await controller.work(key, signal);
  t.match(leaks, [{ rule: 'direct-egress', reason: 'deleted-route', host: 'cnn.com', port: 80 }]);
  t.match(told, [
    {
      type: 'Warning',
      reason: 'EgressLeak',
      note: /^calls to cnn\.com:80 from every namespace .*\. Mend: /,
      regarding: { kind: 'ServiceEntry', namespace: 'shop', name: 'cnn' },
    },
  ]);
  await controller.work(key, signal);
  t.equal(leaks.length, 1, 'once');
});

t.test('what was a leak for a moment only is none', async (t) => {
  const { controller, changed, leaks } = watching(worldWith([httpPair(), entry(['80 HTTP'])]));
  const keys = [changed(httpPair(), undefined), changed(entry(['80 HTTP']), undefined)].flat();
  for (const key of keys) await controller.work(key, signal);
  t.strictSame(leaks, []);
});

t.test('several changes of an object are judged as one, from what was there before the first', async (t) => {
  const world = worldWith([httpPair(), entry(['80 HTTP'])]);
  const { controller, changed, leaks } = watching(world);
  const [key = ''] = changed(entry(['80 HTTP']), undefined);
  changed(undefined, entry(['80 HTTP', '8080 HTTP']));
  await controller.work(key, signal);
  t.match(leaks, [{ reason: 'port-uncovered', port: 8080 }]);
});

t.test('two changes of two replicas that leak only together are told of', async (t) => {
  const { controller, changed, leaks } = watching(worldWith([httpPair()]));
  // Each replica had let its own through: the entry with the routes there, the deletion with no entry there.
  const keys = [changed(undefined, entry(['80 HTTP'])), changed(httpPair(), undefined)].flat();
  for (const key of keys) await controller.work(key, signal);
  t.ok(leaks.length > 0);
});

/** A controller that notes what it is asked to do. */
class Noting implements Controller {
  readonly name: string;
  readonly delay = 100;
  readonly worked: string[] = [];
  readonly asked: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  standing(): readonly string[] {
    this.asked.push('standing');
    return [`all of ${this.name}`];
  }

  concernedBy(): readonly string[] {
    this.asked.push('change');
    return ['one'];
  }

  work(key: string): Promise<undefined> {
    this.worked.push(key);
    return Promise.resolve(undefined);
  }
}

t.test('controllers work while their replica leads', async (t) => {
  const clock = new ManualClock();
  const [a, b] = [new Noting('a'), new Noting('b')];
  const controllers = new Controllers({ controllers: [a, b], clock, random: () => 1, log });
  t.teardown(() => controllers.close());
  const change = { old: undefined, object: read(held, OLDEST) };
  controllers.changed(change);
  controllers.restart();
  t.strictSame(a.worked, [], 'not before');
  t.notOk(controllers.leading);

  controllers.lead(true);
  t.ok(controllers.leading);
  await until('all that stands is looked at', () => a.worked.length === 1 && b.worked.length === 1);
  t.strictSame([a.worked, b.worked], [['all of a'], ['all of b']]);
  controllers.changed(change);
  controllers.changed(change);
  await until('it gathers', () => clock.pending()[0] === 100);
  clock.advance(100);
  await until('it is worked', () => a.worked.length === 2 && b.worked.length === 2);

  controllers.changed(change);
  controllers.lead(false);
  await controllers.close();
  clock.advance(1000);
  controllers.changed(change);
  t.strictSame(a.worked, ['all of a', 'one'], 'nothing more');
  controllers.lead(true);
  await until('it begins anew', () => a.worked.length === 3);
  t.equal(a.worked[2], 'all of a');
});
