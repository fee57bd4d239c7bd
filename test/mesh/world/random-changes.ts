import type { MeshObject } from '../../../src/mesh/mesh-object.js';
import { OLDEST } from '../../../src/mesh/metadata.js';
import { readObject } from '../../../src/mesh/read-object.js';
import type { Change } from '../../../src/mesh/world/overlay.js';
import type { Random } from '../../conformance/random.js';
import { exemption, networkPolicy } from '../../policy/kubernetes-manifests.js';
import { randomDocuments, readDocuments } from '../../routing/random-world.js';

/** Objects that compete for a few names, hosts and ports, each kind among them. */
export function randomObjects(random: Random): readonly MeshObject[] {
  const objects = [
    ...readDocuments(randomDocuments(random)),
    ...readDocuments(randomDocuments(random)),
    ...others(random),
  ];
  // As the API server has them: one of a kind, namespace and name.
  return [...new Map(objects.map((object) => [keyOf(object), object])).values()];
}

/** Kinds by which no call is routed. */
function others(random: Random): readonly MeshObject[] {
  const documents = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: random.pick(['app', 'shop']) } },
    { apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter', metadata: { name: 'f', namespace: 'app' } },
    exemption({}, { name: random.pick(['a', 'b']), namespace: random.pick(['app', 'shop']) }),
    networkPolicy({ podSelector: {} }, { name: random.pick(['a', 'b']), namespace: random.pick(['app', 'shop']) }),
  ];
  return random.chance(0.5) ? documents.map((document) => readObject(document, OLDEST)!) : [];
}

/** Some objects come, some go, some take the place of others; now and then one that is not there goes, or one changes twice. */
export function randomChanges(random: Random, held: readonly MeshObject[]): readonly Change[] {
  const fresh = randomObjects(random);
  return Array.from({ length: 1 + random.below(8) }, (): Change => {
    const from = held.length > 0 && random.chance(0.6) ? random.pick(held) : random.pick(fresh);
    if (random.chance(0.4)) {
      const { namespace, name } = from.metadata;
      return { remove: { kind: from.kind, namespace, name } };
    }
    return { put: random.chance(0.5) ? from : revised(from, random.pick(fresh), random) };
  });
}

/** The name of one object and, where they are of one kind, the body of another; younger or older. */
function revised(object: MeshObject, other: MeshObject, random: Random): MeshObject {
  const { name, namespace, createdAt } = object.metadata;
  const body = object.kind === other.kind ? other : object;
  const labels = { ...body.metadata.labels, revision: String(random.below(1000)) };
  const age = random.pick([createdAt, createdAt, other.metadata.createdAt]);
  return { ...body, metadata: { ...body.metadata, name, namespace, labels, createdAt: age } };
}

/** What is there after the changes. */
export function changed(objects: readonly MeshObject[], changes: readonly Change[]): readonly MeshObject[] {
  const held = new Map(objects.map((object) => [keyOf(object), object]));
  for (const change of changes) {
    if ('put' in change) held.set(keyOf(change.put), change.put);
    else held.delete(`${change.remove.kind} ${change.remove.namespace}/${change.remove.name}`);
  }
  return [...held.values()];
}

function keyOf({ kind, metadata }: MeshObject): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}
