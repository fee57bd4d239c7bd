import t from 'tap';
import { DecisionMemory, type Judged } from '../../src/admission/decision-memory.js';
import type { AdmissionRequest } from '../../src/admission/review.js';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import { YOUNGEST } from '../../src/mesh/metadata.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { DEFAULT_POLICY } from '../../src/policy/policy.js';
import { read } from '../policy/judgement.js';
import { entry } from '../policy/manifests.js';

const REQUEST: AdmissionRequest = {
  uid: '1',
  kind: { group: 'networking.istio.io', version: 'v1', kind: 'ServiceEntry' },
  resource: { group: 'networking.istio.io', version: 'v1', resource: 'serviceentries' },
  namespace: 'shop',
  name: 'cnn',
  operation: 'CREATE',
  username: 'ann',
  dryRun: false,
  object: entry(['80 HTTP']),
  oldObject: null,
};

/** A request with the text of its review. */
function asked(request: Partial<AdmissionRequest>): AdmissionRequest {
  const whole = { ...REQUEST, ...request };
  return { ...whole, question: JSON.stringify({ ...whole, uid: undefined }) };
}

/** A memory over a world, and how often it had to judge. */
function setUp() {
  const world = new MeshWorld(DEFAULT_MESH);
  const memory = new DecisionMemory();
  const counter = { judged: 0, now: 0, until: Infinity };
  const judge = (): Judged => {
    counter.judged++;
    return {
      change: { old: undefined, object: read(entry(['80 HTTP']), YOUNGEST) },
      decision: { allowed: true, findings: [], old: counter.judged, exempted: [], until: counter.until },
    };
  };
  const ask = (request: Partial<AdmissionRequest> = {}, policy = DEFAULT_POLICY) =>
    memory.judged(asked(request), { world, policy, now: counter.now }, judge)?.decision.old;
  return { world, memory, counter, ask };
}

t.test('the same question is answered once, under whatever uid', (t) => {
  const { ask, counter } = setUp();
  t.equal(ask(), 1);
  t.equal(ask({ uid: '2', object: structuredClone(REQUEST.object) }), 1);
  t.equal(counter.judged, 1);
  t.end();
});

t.test('another question is another one', (t) => {
  const { ask } = setUp();
  ask();
  const others: readonly Partial<AdmissionRequest>[] = [
    { operation: 'UPDATE' },
    { object: entry(['443 TLS']) },
    { oldObject: entry(['443 TLS']) },
    { name: 'other' },
    { namespace: 'other' },
    { kind: { ...REQUEST.kind, version: 'v1beta1' } },
    { keysDropped: true },
  ];
  others.forEach((other, index) => t.equal(ask(other), index + 2));
  t.equal(ask(), 1, 'and the first is still known');
  t.end();
});

t.test('a change of the world or of the policy forgets everything', (t) => {
  const { world, ask } = setUp();
  ask();
  world.put(read(entry(['80 HTTP'], {}, { name: 'more' }), YOUNGEST));
  t.equal(ask(), 2);
  t.equal(ask({}, { ...DEFAULT_POLICY }), 3);
  t.end();
});

t.test('what is thrown, what is no question and what is too long is not kept', (t) => {
  const { world, memory, ask, counter } = setUp();
  t.throws(() =>
    memory.judged(asked({}), { world, policy: DEFAULT_POLICY, now: 0 }, () => {
      throw new Error('failed');
    }),
  );
  t.equal(
    memory.judged(asked({}), { world, policy: DEFAULT_POLICY, now: 0 }, () => undefined),
    undefined,
  );
  t.equal(ask(), 1);
  const long = entry(['80 HTTP'], { hosts: Array.from({ length: 2000 }, (_, index) => `host-${index}.com`) });
  ask({ object: long });
  ask({ object: long });
  t.equal(counter.judged, 3);
  const ground = { world, policy: DEFAULT_POLICY, now: 0 };
  const judge = (): undefined => {
    counter.judged++;
  };
  memory.judged(REQUEST, ground, judge);
  memory.judged(REQUEST, ground, judge);
  t.equal(counter.judged, 5, 'of a review without its text nothing is');
  t.end();
});

t.test('what rests on an exemption is known until that expires', (t) => {
  const { counter, ask } = setUp();
  counter.until = 1000;
  t.equal(ask(), 1);
  counter.now = 999;
  t.equal(ask(), 1);
  counter.now = 1000;
  t.equal(ask(), 2);
  t.end();
});

t.test('a subresource is another question', (t) => {
  const { ask } = setUp();
  ask();
  t.equal(ask({ subResource: 'status' }), 2);
  t.end();
});

t.test('it stays small', (t) => {
  const { ask } = setUp();
  for (let index = 1; index <= 513; index++) ask({ name: `n${index}` });
  t.equal(ask({ name: 'n513' }), 513);
  t.equal(ask({ name: 'n1' }), 514, 'the first was forgotten');
  t.end();
});
