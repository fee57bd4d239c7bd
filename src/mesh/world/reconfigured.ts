import { HELD_KINDS } from '../held-kinds.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { MeshObject } from '../mesh-object.js';
import { MeshWorld } from './mesh-world.js';
import type { World } from './world.js';

/**
 * The objects of a world in a mesh that is configured otherwise. Where a default for all is another one, every index is: unlike an
 * overlay this costs what making the world has cost.
 */
export function reconfigured(world: World, mesh: MeshConfig): World {
  return new MeshWorld(mesh, objectsOf(world));
}

function* objectsOf(world: World): Generator<MeshObject> {
  for (const { kind } of HELD_KINDS) yield* world.all(kind);
}
