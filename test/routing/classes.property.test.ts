import t from 'tap';
import type { Service } from '../../src/mesh/kinds/service.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import type { Topology } from '../../src/routing/trace.js';
import { topologyOf, type Case } from '../conformance/case.js';
import { readCases } from '../conformance/case-file.js';
import { graftsOf, mutate } from '../conformance/mutation.js';
import { Random } from '../conformance/random.js';
import { NO_SHARED_FOLDER, sharedFile } from '../mesh/shared-folder.js';
import { differences, vocabularyOf, type Sample } from './class-check.js';
import { CLIENT_NAMESPACES, randomDocuments, randomMesh, readDocuments } from './random-world.js';

/*
 * SALLYPORT_CLASSES_SEED=<n>    other worlds than those of seed 1
 * SALLYPORT_CLASSES_WORLDS=<n>  more or fewer than 2,000
 * SALLYPORT_CLASSES_ONLY=<n>    the one world that a failure names
 */
const SEED = numberOf('SALLYPORT_CLASSES_SEED', 1);
const WORLDS = numberOf('SALLYPORT_CLASSES_WORLDS', 2000);
const ONLY = numberOf('SALLYPORT_CLASSES_ONLY', -1);

/** Both tests are done on one core in half a minute; a loaded machine may take many times as long. */
t.setTimeout(600_000);

t.test('what happens to a pod is what happens to its class', (t) => {
  const { problems, traced } = inWorlds(WORLDS, { targets: 8, pods: 2 }, (random) => {
    const mesh = randomMesh(random);
    const documents = randomDocuments(random, mesh.rootNamespace);
    return { documents, topology: { world: new MeshWorld(mesh, readDocuments(documents)), isEgressGateway } };
  });
  t.strictSame(problems, []);
  t.comment(`seed ${SEED}: ${traced} pods' calls traced`);
  t.end();
});

t.test('so it does in the worlds that istiod answered for, spoilt', { skip: NO_SHARED_FOLDER }, (t) => {
  const cases = ['traces', 'admissions'].flatMap((name) => [
    ...readCases(sharedFile('conformance', `${name}.jsonl.gz`)),
  ]);
  const { problems, traced } = inWorlds(WORLDS / 4, { targets: 6, pods: 2 }, (random) => {
    const one = random.pick(cases);
    const documents = spoilt(one, random);
    return { documents, topology: topologyOf(one, readDocuments(documents)) };
  });
  t.strictSame(problems, []);
  t.comment(`seed ${SEED}: ${traced} pods' calls traced`);
  t.end();
});

interface Made {
  readonly documents: readonly unknown[];
  readonly topology: Topology;
}

/** Looks for differences in so many worlds, each made of its own random numbers; ends at the fifth. */
function inWorlds(count: number, sample: Sample, make: (random: Random) => Made) {
  const [first, end] = ONLY < 0 ? [0, count] : [ONLY, ONLY + 1];
  const problems: string[] = [];
  let traced = 0;
  for (let index = first; index < end && problems.length < 5; index++) {
    const random = new Random(Math.imul(SEED, 0x9e3779b1) + index);
    const { documents, topology } = make(random);
    const checked = differences(topology, vocabularyOf(topology.world, CLIENT_NAMESPACES), random, sample);
    traced += checked.traced;
    const [one] = checked.found;
    if (one === undefined) continue;
    const lines = [JSON.stringify(topology.world.mesh), ...documents.map((document) => JSON.stringify(document))];
    problems.push(`SALLYPORT_CLASSES_SEED=${SEED} SALLYPORT_CLASSES_ONLY=${index}: ${one}\nin ${lines.join('\n')}`);
  }
  return { problems, traced };
}

/** The objects of a case, some of them changed; what is changed stands beside the original now and then. */
function spoilt(one: Case, random: Random): readonly unknown[] {
  const documents = [...one.objects, one.object].filter((document) => document !== undefined && document !== null);
  const grafts = graftsOf(documents);
  const kept = documents.map((document) => (random.chance(0.3) ? mutate(document, random, grafts) : document));
  return [...kept, ...(random.chance(0.5) ? [renamed(mutate(random.pick(documents), random, grafts))] : [])];
}

function renamed(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('metadata' in document)) return document;
  return { ...document, metadata: { ...(document.metadata as object), name: 'renamed', namespace: 'shop' } };
}

function isEgressGateway({ spec }: Service): boolean {
  return spec.selector?.['istio'] === 'egressgateway';
}

function numberOf(name: string, standard: number): number {
  const text = process.env[name];
  return text === undefined ? standard : Number(text);
}
