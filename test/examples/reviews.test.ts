import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { parseExpectations } from '../../examples/demo/expectation.js';
import { readReview } from '../../examples/demo/review.js';
import { parseReview } from '../../src/admission/review.js';

const REVIEWS = new URL('../../../examples/reviews/', import.meta.url);
const files = readdirSync(REVIEWS).filter((file) => file.endsWith('.json') && file !== 'expectations.json');
const expectations = parseExpectations(readFileSync(new URL('expectations.json', REVIEWS), 'utf8'));

t.test('every review has its expectation, every expectation its review', (t) => {
  t.same([...expectations.keys()].sort(), [...files].sort());
  t.ok(files.length >= 24);
  t.end();
});

t.test('every review is one that the server reads, under a uid of its own', async (t) => {
  const uids = new Set<string>();
  for (const file of files) {
    const { body, uid } = await readReview(REVIEWS, file);
    t.equal(parseReview(JSON.parse(body)).uid, uid, file);
    t.notOk(uids.has(uid), file);
    uids.add(uid);
  }
});

t.test('the reviews cover what the server is for', (t) => {
  const requests = files.map((file) => parseReview(JSON.parse(readFileSync(new URL(file, REVIEWS), 'utf8'))));
  t.same(new Set(requests.map(({ operation }) => operation)), new Set(['CREATE', 'UPDATE', 'DELETE']));
  t.ok(requests.some(({ dryRun }) => dryRun));
  t.same(
    new Set(
      requests.filter(({ kind }) => kind.kind === 'VirtualService').map((request) => request.requestKind?.version),
    ),
    new Set(['v1', 'v1beta1', 'v1alpha3']),
  );
  t.ok(requests.some(({ kind, requestKind }) => kind.version !== requestKind?.version));
  const wanted = [...expectations.values()];
  t.ok(wanted.filter(({ decision }) => decision === 'denied').length >= 10);
  t.ok(wanted.filter(({ decision }) => decision === 'allowed').length >= 10);
  t.ok(wanted.some(({ patch }) => patch !== null));
  t.end();
});

t.test('a denial that is expected says which field', (t) => {
  for (const [file, { decision, says }] of expectations) t.equal(says.length > 0, decision === 'denied', file);
  t.end();
});
