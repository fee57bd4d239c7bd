import type { MeshObject } from '../../src/mesh/mesh-object.js';
import { YOUNGEST } from '../../src/mesh/metadata.js';
import { declarationsOf } from '../../src/mesh/world/declaration.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import type { World } from '../../src/mesh/world/world.js';
import type { ObjectChange, Worlds } from '../../src/policy/change.js';
import { Reach } from '../../src/policy/touched/reach.js';
import { callsOf, type TouchedCall } from '../../src/policy/touched/touched-calls.js';
import type { Random } from '../conformance/random.js';
import { randomDocuments, randomMesh, readDocuments } from '../routing/random-world.js';

/** A random world, and a change of it by an object of another one or the deletion of one of its own. */
export function randomChange(random: Random): { readonly world: World; readonly change: ObjectChange } {
  const mesh = randomMesh(random);
  const own = readDocuments(randomDocuments(random, mesh.rootNamespace));
  const world = new MeshWorld(mesh, own);
  const foreign = readDocuments(randomDocuments(random, mesh.rootNamespace));
  return { world, change: changeIn(random, world, [...world.all('VirtualService'), ...own], foreign) };
}

function changeIn(
  random: Random,
  world: World,
  own: readonly MeshObject[],
  foreign: readonly MeshObject[],
): ObjectChange {
  if (random.chance(0.3)) return { old: random.pick(own), object: undefined };
  const object = random.pick(foreign);
  const { kind, metadata } = object;
  // Half of them replace what another one of their kind says.
  const same = own.filter((one) => one.kind === kind);
  const place = same.length > 0 && random.chance(0.5) ? random.pick(same).metadata : metadata;
  const old = world.object(kind, place.namespace, place.name);
  const { namespace, name } = place;
  const createdAt = old?.metadata.createdAt ?? YOUNGEST;
  return { old, object: { ...object, metadata: { ...metadata, namespace, name, createdAt } } };
}

/** Every call to everything that either world declares or routes. */
export function callsToEverything({ before, after }: Worlds): readonly TouchedCall[] {
  const reach = new Reach();
  for (const world of [before, after]) {
    for (const kind of ['ServiceEntry', 'Service'] as const) {
      for (const object of world.all(kind)) {
        for (const declaration of declarationsOf(object, world.mesh)) reach.addDeclaration(declaration);
      }
    }
    for (const route of world.all('VirtualService')) reach.addRoute(world, route);
  }
  return callsOf([reach], {});
}
