import t from 'tap';
import type { Service } from '../../src/mesh/kinds/service.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { Random } from '../conformance/random.js';
import { differences, vocabularyOf } from './class-check.js';
import { CLIENT_NAMESPACES, randomDocuments, randomMesh, readDocuments } from './random-world.js';

/*
 * SALLYPORT_CLASSES_SEED=<n>    other worlds than those of seed 1
 * SALLYPORT_CLASSES_WORLDS=<n>  more or fewer than 2,000
 * SALLYPORT_CLASSES_ONLY=<n>    the one world that a failure names
 */
const SEED = numberOf('SALLYPORT_CLASSES_SEED', 1);
const WORLDS = numberOf('SALLYPORT_CLASSES_WORLDS', 2000);
const ONLY = numberOf('SALLYPORT_CLASSES_ONLY', -1);
const SAMPLE = { targets: 8, pods: 2 };

/** So many worlds are on one core done in a quarter of a minute; a loaded machine may take many times as long. */
t.setTimeout(600_000);

t.test('what happens to a pod is what happens to its class', (t) => {
  const [first, end] = ONLY < 0 ? [0, WORLDS] : [ONLY, ONLY + 1];
  const problems: string[] = [];
  let traced = 0;
  let objects = 0;
  for (let index = first; index < end && problems.length < 5; index++) {
    const random = new Random(Math.imul(SEED, 0x9e3779b1) + index);
    const mesh = randomMesh(random);
    const documents = randomDocuments(random, mesh.rootNamespace);
    const read = readDocuments(documents);
    objects += read.length;
    const topology = { world: new MeshWorld(mesh, read), isEgressGateway };
    const checked = differences(topology, vocabularyOf(read, CLIENT_NAMESPACES), random, SAMPLE);
    traced += checked.traced;
    for (const one of checked.found.slice(0, 3)) {
      problems.push(
        `SALLYPORT_CLASSES_SEED=${SEED} SALLYPORT_CLASSES_ONLY=${index}: ${one}\nin ${JSON.stringify(mesh)}\n${documents.map((document) => JSON.stringify(document)).join('\n')}`,
      );
    }
  }
  t.strictSame(problems, []);
  t.comment(`seed ${SEED}: ${objects} objects, ${traced} pods' calls traced`);
  t.end();
});

function isEgressGateway({ spec }: Service): boolean {
  return spec.selector?.['istio'] === 'egressgateway';
}

function numberOf(name: string, standard: number): number {
  const text = process.env[name];
  return text === undefined ? standard : Number(text);
}
