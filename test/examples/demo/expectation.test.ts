import t from 'tap';
import {
  type Answer,
  type Expectation,
  differences,
  parseAnswer,
  parseExpectations,
} from '../../../examples/demo/expectation.js';

const expected: Expectation = { path: '/validate', decision: 'denied', says: ['spec.http'], warns: [], patch: null };
const answer: Answer = {
  status: 200,
  uid: 'u',
  decision: 'denied',
  message: 'no: spec.http',
  warnings: [],
  patch: null,
};

t.test('reads expectations, with the defaults of what is left out', (t) => {
  const read = parseExpectations('{"a.json": {"path": "/mutate", "decision": "allowed"}}');
  t.same(read.get('a.json'), { path: '/mutate', decision: 'allowed', says: [], warns: [], patch: null });
  t.end();
});

for (const [entry, message] of [
  ['1', 'a.json must be an object'],
  ['{"decision": "allowed"}', 'a.json.path must be'],
  ['{"path": "/validate", "decision": "maybe"}', 'a.json.decision must be'],
  ['{"path": "/validate", "decision": "denied", "says": "x"}', 'a.json.says must be'],
  ['{"path": "/validate", "decision": "denied", "warns": [1]}', 'a.json.warns must be'],
  ['{"path": "/mutate", "decision": "allowed", "patch": [{"op": "add"}]}', 'a.json.patch must be'],
  ['{"path": "/mutate", "decision": "allowed", "field": "x"}', 'a.json.field must be absent'],
] as const) {
  t.test(`refuses the expectation ${entry}`, (t) => {
    t.throws(() => parseExpectations(`{"a.json": ${entry}}`), { message: new RegExp(message) });
    t.end();
  });
}

t.test('reads a denial and a patch', (t) => {
  const denial = { response: { uid: 'u', allowed: false, status: { message: 'no' }, warnings: ['w'] } };
  t.same(parseAnswer(200, JSON.stringify(denial)), {
    status: 200,
    uid: 'u',
    decision: 'denied',
    message: 'no',
    warnings: ['w'],
    patch: null,
  });
  const steps = [{ op: 'add', path: '/spec/ä', value: 'x' }];
  const patch = Buffer.from(JSON.stringify(steps)).toString('base64');
  const patched = { response: { uid: 'u', allowed: true, patchType: 'JSONPatch', patch } };
  t.same(parseAnswer(200, JSON.stringify(patched)).patch, steps);
  t.end();
});

t.test('what is no review is an error that shows it', (t) => {
  t.throws(() => parseAnswer(400, '{"message": "no uid"}'), { message: /HTTP 400.*no uid/ });
  t.end();
});

t.test('an answer as expected has no differences', (t) => {
  t.same(differences(expected, answer, 'u'), []);
  t.end();
});

const patch = [{ op: 'add', path: '/a', value: 1 }];
for (const [name, wanted, given, difference] of [
  ['status', expected, { ...answer, status: 500 }, /HTTP 500/],
  ['uid', expected, { ...answer, uid: 'v' }, /uid v/],
  ['decision', expected, { ...answer, decision: 'allowed' }, /allowed instead of denied/],
  ['message', expected, { ...answer, message: 'no' }, /does not say "spec.http"/],
  ['warning', { ...expected, warns: ['gone'] }, answer, /no warning says "gone"/],
  ['patch too many', expected, { ...answer, patch }, /instead of null/],
  ['patch missing', { ...expected, patch }, answer, /patch null/],
  ['patch value', { ...expected, patch }, { ...answer, patch: [{ op: 'add', path: '/a', value: 2 }] }, /patch/],
  ['patch path', { ...expected, patch }, { ...answer, patch: [{ op: 'add', path: '/b', value: 1 }] }, /patch/],
  ['patch length', { ...expected, patch }, { ...answer, patch: [...patch, ...patch] }, /patch/],
] as const) {
  t.test(`tells another ${name}`, (t) => {
    const found = differences(wanted, given, 'u');
    t.equal(found.length, 1);
    t.match(found[0], difference);
    t.end();
  });
}

t.test('a patch value that is left open may be anything', (t) => {
  t.same(differences({ ...expected, patch: [{ op: 'add', path: '/a' }] }, { ...answer, patch }, 'u'), []);
  t.end();
});
