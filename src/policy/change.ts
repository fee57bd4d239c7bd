import type { MeshObject } from '../mesh/mesh-object.js';
import { overlay } from '../mesh/world/overlay.js';
import type { World } from '../mesh/world/world.js';

/** One object that is created, replaced or deleted. At least one of the two is there. */
export interface ObjectChange {
  /** What was there: of an update and a deletion. */
  readonly old: MeshObject | undefined;
  /** What will be there: of a creation and an update. */
  readonly object: MeshObject | undefined;
}

/** A world without and with a change, whatever the source of the world has seen of it so far. */
export interface Worlds {
  readonly before: World;
  readonly after: World;
}

/**
 * The worlds on both sides of a change. What the API server says of the old object counts, not what the world has: a watch may
 * lag behind, or may have seen the change already.
 */
export function worldsOf(world: World, { old, object }: ObjectChange): Worlds {
  const subject = object ?? old;
  if (subject === undefined) return { before: world, after: world };
  const { kind } = subject;
  const { namespace, name } = subject.metadata;
  const gone = { remove: { kind, namespace, name } };
  const held = world.object(kind, namespace, name);
  const before = held === old ? world : overlay(world, [old === undefined ? gone : { put: old }]);
  const after = held === object ? world : overlay(world, [object === undefined ? gone : { put: object }]);
  return { before, after };
}
