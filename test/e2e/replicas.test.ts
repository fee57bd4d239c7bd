import t from 'tap';
import { readCases } from '../conformance/case-file.js';
import type { Case } from '../conformance/case.js';
import { NO_SHARED_FOLDER, sharedFile } from '../mesh/shared-folder.js';
import { bare, isDocument } from './case-documents.js';
import type { SallyportProcess } from './harness/sallyport-process.js';
import { withCluster } from './harness/with-cluster.js';

const WORLDS = 30;
const REVIEWS = 500;

t.setTimeout(600_000);

await withCluster(t, async (cluster) => {
  const cases = NO_SHARED_FOLDER === false ? [...readCases(sharedFile('conformance', 'admissions.jsonl.gz'))] : [];
  const documents = cases.slice(0, WORLDS).flatMap(({ objects }) => objects.filter(isDocument));
  await cluster.createNamespaces('istio-system', ...documents.map(({ metadata }) => metadata.namespace));
  // What is there twice is there once, and what the API server refuses is not.
  await cluster.pipe(documents.map(bare), 'apply', '--server-side', '--force-conflicts', '-f', '-');
  const first = await cluster.startSallyport();
  const second = await cluster.startSallyport();

  await t.test(`two replicas give the same answers to ${REVIEWS} reviews`, async (t) => {
    const verdicts = new Map<unknown, number>();
    for (const [index, one] of cases.slice(-REVIEWS).entries()) {
      const review = reviewOf(one, index);
      const [mine, theirs] = await Promise.all([answer(first, review), answer(second, review)]);
      t.strictSame(mine, theirs, `${one.name}: ${JSON.stringify(mine)}`);
      verdicts.set(mine.allowed, (verdicts.get(mine.allowed) ?? 0) + 1);
    }
    t.ok(verdicts.size === 2 && verdicts.get(undefined) === undefined, 'and not all of them are the same');
    t.comment([...verdicts].map(([verdict, count]) => `allowed ${String(verdict)}: ${count}`).join(', '));
  });
});

interface Answer {
  readonly allowed: unknown;
  readonly status: unknown;
  readonly warnings: unknown;
}

async function answer(server: SallyportProcess, review: object): Promise<Answer> {
  const { body } = await server.ask('/validate?timeout=10s', { body: review });
  const { response } = body as { readonly response: Answer };
  return { allowed: response.allowed, status: response.status, warnings: response.warnings };
}

function reviewOf({ operation, object, oldObject }: Case, index: number): object {
  const subject = [object, oldObject].find(isDocument);
  if (subject === undefined) throw new Error('a case is about an object');
  const [group = '', version = ''] = subject.apiVersion.includes('/')
    ? subject.apiVersion.split('/')
    : ['', subject.apiVersion];
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `review-${index}`,
      kind: { group, version, kind: subject.kind },
      resource: { group, version, resource: 'any' },
      name: subject.metadata.name,
      namespace: subject.metadata.namespace,
      operation,
      userInfo: { username: 'somebody' },
      object: object ?? null,
      oldObject: oldObject ?? null,
      // So that no answer depends on what was admitted before.
      dryRun: true,
    },
  };
}
