import { isHeld, type JudgedObject } from '../mesh/judged-object.js';
import { overlay } from '../mesh/world/overlay.js';
import { reconfigured } from '../mesh/world/reconfigured.js';
import type { World } from '../mesh/world/world.js';
import { sameValue } from './touched/changes-nothing.js';

/** One object that is created, replaced or deleted. At least one of the two is there. */
export interface ObjectChange {
  /** What was there: of an update and a deletion. */
  readonly old: JudgedObject | undefined;
  /** What will be there: of a creation and an update. */
  readonly object: JudgedObject | undefined;
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
  if (subject.kind === 'ConfigMap') return { before: configured(world, old), after: configured(world, object) };
  // What no world holds leaves it as it is.
  if (!isHeld(subject)) return { before: world, after: world };
  const { kind } = subject;
  const { namespace, name } = subject.metadata;
  const gone = { remove: { kind, namespace, name } };
  const held = world.object(kind, namespace, name);
  const sideOf = (one: JudgedObject | undefined): World => {
    if (held === one) return world;
    return overlay(world, [one === undefined || !isHeld(one) ? gone : { put: one }]);
  };
  return { before: sideOf(old), after: sideOf(object) };
}

/** The mesh's own ConfigMap is always there in a change: where there is none, Istio's defaults are what it says. */
function configured(world: World, map: JudgedObject | undefined): World {
  if (map?.kind !== 'ConfigMap' || sameValue(map.mesh, world.mesh)) return world;
  return reconfigured(world, map.mesh);
}
