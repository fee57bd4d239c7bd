import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { readCases } from '../conformance/case-file.js';
import type { Case } from '../conformance/case.js';
import { NO_SHARED_FOLDER, sharedFile } from '../mesh/shared-folder.js';
import { until } from '../until.js';
import { bare, isDocument, type CaseDocument } from './case-documents.js';
import type { TestCluster } from './harness/cluster.js';
import { succeeded, type CommandResult } from './harness/command.js';
import { withCluster } from './harness/with-cluster.js';

/** The one whose changes are judged; the worlds are made by the administrator, of whom nobody asks. */
const AUTHOR = 'author';

const MESH = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'istio', namespace: 'istio-system' },
  data: { mesh: 'outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n' },
};

const POLICY = `
egressGateways:
  - selector: { istio: egressgateway }
  - service: edge/egress-b
`;

const RESOURCES = ['virtualservices,serviceentries,destinationrules,gateways,sidecars,workloadentries', 'services'];

t.setTimeout(1_200_000);

await withCluster(t, async (cluster) => {
  const cases = NO_SHARED_FOLDER === false ? techniques() : [];
  const namespaces = new Set(cases.flatMap(documentsOf).map(({ metadata }) => metadata.namespace));
  await cluster.createNamespaces('istio-system', ...namespaces);
  succeeded(await cluster.apply(MESH));
  const policy = path.join(cluster.folder('policy'), 'policy.yaml');
  writeFileSync(policy, POLICY);
  const server = await cluster.startSallyport({ args: ['--policy', policy] });
  await cluster.registerWebhooks({ url: server.address, ca: server.ca, username: AUTHOR });
  for (const one of cases) {
    await t.test(`${one.name}: ${one.operation ?? ''} is to be ${one.decision ?? ''}`, (t) => judged(t, cluster, one));
  }
});

/** Those whose answer istiod's own routes give, in a mesh of which it can be said that nothing else leaves. */
function techniques(): readonly Case[] {
  return [...readCases(sharedFile('conformance', 'techniques.jsonl.gz'))].filter(
    ({ mesh, decision }) => mesh.outboundTrafficPolicy === 'REGISTRY_ONLY' && decision !== 'either',
  );
}

async function judged(t: Test, cluster: TestCluster, one: Case): Promise<void> {
  await makeWorld(cluster, one);
  const isRight = ({ status, stderr }: CommandResult): boolean =>
    one.decision === 'allow' ? status === 0 : status !== 0 && stderr.includes('denied the request: Sallyport refuses');
  let answer: CommandResult | undefined;
  // The server sees the world a moment after it was made.
  await until(`${one.name} is ${one.decision ?? ''} (last: ${answer?.stderr ?? ''})`, async () => {
    answer = await change(cluster, one, '--dry-run=server');
    return isRight(answer);
  }).catch((error: unknown) => t.fail(`${String(error)}: ${answer?.stderr ?? ''}`));
  const done = await change(cluster, one);
  t.ok(isRight(done), `${one.decision ?? ''}: ${done.stderr}`);
  if (one.decision === 'deny')
    t.match(done.stderr, /\[(?:direct-egress|outbound-any)\] spec.*Mend: /, 'and it says why');
}

function change(cluster: TestCluster, one: Case, ...flags: readonly string[]): Promise<CommandResult> {
  const as = ['--as', AUTHOR, '--as-group', 'system:masters', ...flags];
  const { operation, object, oldObject } = one;
  if (operation === 'DELETE') return cluster.pipe(bareOf(oldObject), 'delete', '--wait=false', ...as, '-f', '-');
  return cluster.pipe(bareOf(object), operation === 'CREATE' ? 'create' : 'replace', ...as, '-f', '-');
}

/** Puts the objects of a case in the place of those of the one before, in the order of their ages. */
async function makeWorld(cluster: TestCluster, { objects, oldObject }: Case): Promise<void> {
  for (const kinds of RESOURCES) {
    const others = '--field-selector=metadata.name!=kubernetes';
    succeeded(await cluster.kubectl('delete', kinds, '--all-namespaces', '--wait=true', others));
  }
  const world = [...objects, oldObject].filter(isDocument);
  for (const generation of generations(world)) {
    succeeded(await cluster.pipe(generation.map(bare), 'create', '-f', '-'));
    await nextSecond();
  }
}

/** Objects of one age, or of kinds of which no two have different ages, may be made in the same second. */
function generations(world: readonly CaseDocument[]): readonly (readonly CaseDocument[])[] {
  const found: CaseDocument[][] = [];
  for (const one of world.toSorted((a, b) => ageOf(a).localeCompare(ageOf(b)))) {
    const last = found.at(-1);
    const isYounger = last?.some((other) => other.kind === one.kind && ageOf(other) !== ageOf(one)) ?? true;
    if (isYounger) found.push([one]);
    else last?.push(one);
  }
  return found;
}

function ageOf({ metadata }: CaseDocument): string {
  return metadata.creationTimestamp ?? '';
}

/** The API server dates objects by the second: what comes later is younger only in the next one. */
async function nextSecond(): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  await until('the next second', () => Math.floor(Date.now() / 1000) > now);
}

function documentsOf({ objects, object, oldObject }: Case): readonly CaseDocument[] {
  return [...objects, object, oldObject].filter(isDocument);
}

function bareOf(document: unknown): object {
  if (!isDocument(document)) throw new Error('a case is about an object');
  return bare(document);
}
