import t from 'tap';
import { ManifestError } from '../../../src/mesh/manifest-error.js';
import { OLDEST } from '../../../src/mesh/metadata.js';
import type { MeshObject } from '../../../src/mesh/mesh-object.js';
import { readObject } from '../../../src/mesh/read-object.js';
import { explain } from '../../../src/routing/explanation/explain.js';
import type { Hop } from '../../../src/routing/explanation/step.js';
import { trace } from '../../../src/routing/trace.js';
import { outcomesOf } from '../../../src/routing/way.js';
import { readCases } from '../../conformance/case-file.js';
import { topologyOf, type Case } from '../../conformance/case.js';
import { graftsOf, mutate } from '../../conformance/mutation.js';
import { Random } from '../../conformance/random.js';
import { NO_SHARED_FOLDER, sharedFile } from '../../mesh/shared-folder.js';

/** What the last steps of a way say of its cluster. */
const MISSING = new Set(['unknown', 'hidden', 'port-unknown', 'no-subset', 'no-rule-for-subset', 'no-cluster']);
const EXTERNAL = new Set([
  'outside-name',
  'outside-address',
  'resolution-none',
  'headless',
  'passthrough-balancer',
  'forward-proxy',
]);

/** Where steps and outcomes of a hop tell different stories. */
function* contradictions({ ways }: Hop): Generator<string> {
  for (const { outcome, steps, next } of ways) {
    const reasons = steps.map(({ reason }) => reason);
    const told = `${JSON.stringify(outcome)}: ${reasons.join()}`;
    if (outcome.type === 'cluster') {
      if (reasons.some((one) => MISSING.has(one)) !== (outcome.missing === true)) yield `missing? ${told}`;
      if (reasons.some((one) => EXTERNAL.has(one)) !== (outcome.external === true)) yield `external? ${told}`;
      if ((next === undefined) !== (outcome.then === undefined)) yield `then? ${told}`;
      if (outcome.tls?.mode !== steps.find(({ step }) => step === 'tls')?.reason && outcome.tls !== undefined) {
        yield `tls? ${told}`;
      }
    }
    if (next !== undefined) yield* contradictions(next);
  }
}

function disagreements(one: Case, topology = topologyOf(one)): readonly string[] {
  return one.probes.flatMap(({ client, host, port, protocol, address }) => {
    const call = { host, port, protocol, ...(address === undefined ? {} : { address }) };
    const explanation = explain(topology, client, call);
    const outcomes = outcomesOf(trace(topology, client, call));
    const what = `${JSON.stringify(client)} ${JSON.stringify(call)}`;
    const differs = JSON.stringify(explanation.outcomes) === JSON.stringify(outcomes) ? [] : ['other outcomes'];
    return [...differs, ...contradictions(explanation.hop)].map((problem) => `${what}: ${problem}`);
  });
}

t.test('an explanation says what happens, and its steps say the same', { skip: NO_SHARED_FOLDER }, (t) => {
  for (const one of readCases(sharedFile('conformance', 'traces.jsonl.gz'))) {
    const found = disagreements(one);
    if (found.length > 0) t.same(found, [], one.name);
  }
  t.end();
});

const MUTATIONS = 1000;

t.test('also where an object is spoilt', { skip: NO_SHARED_FOLDER }, (t) => {
  const cases = [...readCases(sharedFile('conformance', 'traces.jsonl.gz'))];
  for (let seed = 0; seed < MUTATIONS; seed++) {
    const random = new Random(seed);
    const one = random.pick(cases);
    const documents = [...one.objects];
    const at = random.below(documents.length);
    documents[at] = mutate(documents[at], random, graftsOf(documents));
    const found = disagreements(one, topologyOf(one, documents.flatMap(readable)));
    if (found.length > 0) t.same(found, [], `${one.name}, seed ${seed}`);
  }
  t.end();
});

function readable(document: unknown): readonly MeshObject[] {
  try {
    const object = readObject(document, OLDEST);
    return object === undefined ? [] : [object];
  } catch (error) {
    if (error instanceof ManifestError) return [];
    throw error;
  }
}
