import t from 'tap';
import { ManifestError } from '../../src/mesh/manifest-error.js';
import type { MeshObject } from '../../src/mesh/mesh-object.js';
import { OLDEST, YOUNGEST } from '../../src/mesh/metadata.js';
import { readObject } from '../../src/mesh/read-object.js';
import { overlay, type Change } from '../../src/mesh/world/overlay.js';
import type { Call, Client } from '../../src/routing/call.js';
import { trace, type Topology } from '../../src/routing/trace.js';
import type { Way } from '../../src/routing/way.js';
import { NO_SHARED_FOLDER, sharedFile } from '../mesh/shared-folder.js';
import { topologyOf, type Case } from './case.js';
import { readCases } from './case-file.js';
import { graftsOf, mutate, textsOf } from './mutation.js';
import { Random } from './random.js';

/*
 * SALLYPORT_FUZZ_SEED=<n>       other mutations than those of seed 1
 * SALLYPORT_FUZZ_MUTATIONS=<n>  more or fewer than 100,000
 * SALLYPORT_FUZZ_ONLY=<n>       the one mutation that a failure names
 */
const SEED = numberOf('SALLYPORT_FUZZ_SEED', 1);
const MUTATIONS = numberOf('SALLYPORT_FUZZ_MUTATIONS', 100_000);
const ONLY = numberOf('SALLYPORT_FUZZ_ONLY', -1);

/** So many are on one core done in a minute; a loaded machine may take thrice as long. */
t.setTimeout(600_000);

const name = 'no object, however spoilt, makes a trace fail or depend on the order of reading';

t.test(name, { skip: NO_SHARED_FOLDER }, (t) => {
  const cases = ['traces', 'admissions'].flatMap((name) => [
    ...readCases(sharedFile('conformance', `${name}.jsonl.gz`)),
  ]);
  const [first, last] = ONLY < 0 ? [0, MUTATIONS] : [ONLY, ONLY + 1];
  const found = { mutations: 0, refused: 0, calls: 0 };
  // Neighbours change the same case, so that its objects are read once.
  const share = Math.ceil(MUTATIONS / cases.length);
  let subject: Subject | undefined;
  const problems: string[] = [];
  for (let index = first; index < last && problems.length < 10; index++) {
    const one = cases[Math.floor(index / share) % cases.length]!;
    if (subject?.one !== one) subject = subjectOf(one);
    found.mutations++;
    try {
      const checked = check(subject, new Random(Math.imul(SEED, 0x9e3779b1) + index));
      if (checked === 'refused') found.refused++;
      else found.calls += checked;
    } catch (error) {
      const again = `SALLYPORT_FUZZ_SEED=${SEED} SALLYPORT_FUZZ_MUTATIONS=${MUTATIONS} SALLYPORT_FUZZ_ONLY=${index}`;
      problems.push(`${one.name}: ${again}\n${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    }
  }
  t.strictSame(problems, []);
  t.comment(`seed ${SEED}: ${found.mutations} mutations, ${found.refused} refused, ${found.calls} calls traced`);
  if (ONLY < 0) t.ok(found.calls > found.mutations, 'most of them can be read');
  t.end();
});

/** A case, and all that its mutations share. */
interface Subject {
  readonly one: Case;
  readonly documents: readonly unknown[];
  readonly objects: readonly (MeshObject | undefined)[];
  readonly topology: Topology;
  readonly grafts: ReturnType<typeof graftsOf>;
}

function subjectOf(one: Case): Subject {
  const documents = [...one.objects, one.object].filter((document) => document !== undefined && document !== null);
  const objects = documents.map((document) => readObject(document, OLDEST));
  return { one, documents, objects, topology: topologyOf(one, known(objects)), grafts: graftsOf(documents) };
}

/** The number of calls that were traced, or that the mutated object was refused. */
function check({ one, documents, objects, topology, grafts }: Subject, random: Random): number | 'refused' {
  const at = random.below(documents.length);
  // Beside the object it changes, or in its place.
  const beside = random.chance(0.3);
  const document = mutate(beside ? namesake(documents[at], random) : documents[at], random, grafts);
  const mutated = read(document, random.chance(0.2) ? YOUNGEST : OLDEST);
  if (mutated === undefined) return 'refused';
  const before = beside ? undefined : objects[at];
  const kept = objects.filter((object) => object !== before && !isSame(object, mutated));
  const all = known([...kept, mutated]);
  const worlds = [
    topologyOf(one, all),
    topologyOf(one, random.shuffled(all)),
    { ...topology, world: overlay(topology.world, changesOf(before, mutated)) },
  ];
  const texts = textsOf(document);
  const calls = [0, 1, 2].map(() => callOf(one, texts, random));
  for (const { client, call } of calls) {
    const [first, ...others] = worlds.flatMap((world) => [told(world, client, call), told(world, client, call)]);
    const other = others.find((text) => text !== first);
    if (other !== undefined) {
      const what = `${JSON.stringify(client)} ${JSON.stringify(call)} and ${JSON.stringify(document)}`;
      throw new Error(`two results for ${what}:\n${first}\n${other}`);
    }
  }
  return calls.length;
}

function read(document: unknown, missingAge: number): MeshObject | undefined {
  try {
    return readObject(document, missingAge);
  } catch (error) {
    if (error instanceof ManifestError) return undefined;
    throw error;
  }
}

/** The same, as old and in every other way equal, under another name or in another namespace. */
function namesake(document: unknown, random: Random): unknown {
  const copy = structuredClone(document);
  if (typeof copy !== 'object' || copy === null || !('metadata' in copy)) return copy;
  const other = random.chance(0.5)
    ? { name: 'namesake' }
    : { namespace: random.pick(['shop', 'billing', 'istio-system']) };
  return { ...copy, metadata: { ...(copy.metadata as object), ...other } };
}

function changesOf(before: MeshObject | undefined, after: MeshObject): readonly Change[] {
  const put: Change = { put: after };
  if (before === undefined) return [put];
  const { kind, metadata } = before;
  return [{ remove: { kind, namespace: metadata.namespace, name: metadata.name } }, put];
}

function isSame(object: MeshObject | undefined, other: MeshObject): boolean {
  return (
    object?.kind === other.kind &&
    object.metadata.namespace === other.metadata.namespace &&
    object.metadata.name === other.metadata.name
  );
}

function known(objects: readonly (MeshObject | undefined)[]): readonly MeshObject[] {
  return objects.filter((object) => object !== undefined);
}

/** A call of the case, or the same to a name that stands in the mutated object. */
function callOf(one: Case, texts: readonly string[], random: Random): { client: Client; call: Call } {
  const { client, host, port, protocol, address } = random.pick(one.probes);
  const call: Call = { host, port, protocol, ...(address === undefined ? {} : { address }) };
  if (texts.length === 0 || random.chance(0.5)) return { client, call };
  if (random.chance(0.3)) return { client, call: { ...call, address: random.pick(texts) } };
  return { client, call: { ...call, host: random.pick(texts) } };
}

/** The ways as text, in their order and with what decided them. */
function told(topology: Topology, client: Client, call: Call): string {
  return waysText(trace(topology, client, call));
}

function waysText(ways: readonly Way[]): string {
  return ways
    .map(({ outcome, source, next }) => {
      const { kind, metadata } = source?.object ?? { kind: '', metadata: { namespace: '', name: '' } };
      const from = `${kind} ${metadata.namespace}/${metadata.name} ${source?.field}`;
      return `${JSON.stringify(outcome)} by ${from}${next === undefined ? '' : ` then (${waysText(next)})`}`;
    })
    .join('\n');
}

function numberOf(name: string, standard: number): number {
  const text = process.env[name];
  return text === undefined ? standard : Number(text);
}
