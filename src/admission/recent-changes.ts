import { isHeld } from '../mesh/judged-object.js';
import type { MeshObject } from '../mesh/mesh-object.js';
import { YOUNGEST } from '../mesh/metadata.js';
import { overlay, type Change } from '../mesh/world/overlay.js';
import type { World } from '../mesh/world/world.js';
import type { ObjectChange } from '../policy/change.js';
import { sameValue } from '../policy/touched/changes-nothing.js';

/** How long an admitted change is waited for, in milliseconds: another webhook may refuse it, and then it never comes. */
const PATIENCE = 10_000;

interface Recent {
  readonly change: Change;
  /** The object as it was admitted, before it was dated. */
  object: MeshObject | undefined;
  /** What the world had of the object when the change was admitted: anything else means that the watch has moved on. */
  readonly seen: MeshObject | undefined;
  until: number;
}

/** A world with the recent changes, good while the world below has this version and none of them is given up. */
interface Over {
  readonly world: World;
  readonly version: number;
  readonly seen: World;
  readonly until: number;
}

/**
 * What was admitted a moment ago and is not yet seen by the watch. The next review is judged as if it were there, so that one
 * `kubectl apply` of routes and their entry does not race against the watch.
 */
export class RecentChanges {
  readonly #recent = new Map<string, Recent>();
  /** The world with these changes, as long as neither of them is another one. */
  #over: Over | undefined;

  /** @param now - milliseconds since the epoch */
  admitted(world: World, { old, object }: ObjectChange, now: number): void {
    const subject = object ?? old;
    if (subject === undefined || !isHeld(subject)) return;
    // An exemption counts when it is stored: another webhook may keep them to somebody, and it lets others pass.
    if (subject.kind === 'EgressExemption') return;
    this.#remember(world, subject, object === undefined ? leftBy(subject) : subject, now);
  }

  #remember(world: World, { kind, metadata }: MeshObject, object: MeshObject | undefined, now: number): void {
    const { namespace, name } = metadata;
    const key = `${kind}/${namespace}/${name}`;
    const seen = world.object(kind, namespace, name);
    const known = this.#recent.get(key);
    if (known !== undefined && known.seen === seen && sameValue(known.object, object)) {
      known.object = object;
      known.until = now + PATIENCE;
      return;
    }
    const change = object === undefined ? { remove: { kind, namespace, name } } : { put: dated(object, now) };
    this.#recent.set(key, { change, object, seen, until: now + PATIENCE });
    this.#over = undefined;
  }

  /** The world with what it is known to become: the same one until something changes. */
  over(world: World, now: number): World {
    if (this.#recent.size === 0) return world;
    const known = this.#over;
    if (known?.world === world && known.version === world.version && now < known.until) return known.seen;
    let until = Infinity;
    for (const [key, recent] of this.#recent) {
      const { kind, namespace, name } = identity(recent.change);
      const isAwaited = now <= recent.until && world.object(kind, namespace, name) === recent.seen;
      if (isAwaited) until = Math.min(until, recent.until);
      else this.#forget(key);
    }
    if (this.#recent.size === 0) return world;
    const isKnown = this.#over?.world === world && this.#over.version === world.version;
    const changes = [...this.#recent.values()].map(({ change }) => change);
    const seen = isKnown && this.#over !== undefined ? this.#over.seen : overlay(world, changes);
    this.#over = { world, version: world.version, seen, until };
    return seen;
  }

  #forget(key: string): void {
    this.#recent.delete(key);
    this.#over = undefined;
  }
}

/** What is left of an object that is deleted: a namespace stays until all that is in it has gone. */
function leftBy(object: MeshObject): MeshObject | undefined {
  if (object.kind !== 'Namespace') return undefined;
  return { ...object, metadata: { ...object.metadata, deleting: true } };
}

/**
 * An object that was the youngest at its creation has the second of its creation from then on.
 *
 * @param now - milliseconds since the epoch
 */
export function dated(object: MeshObject, now: number): MeshObject {
  if (object.metadata.createdAt !== YOUNGEST) return object;
  return { ...object, metadata: { ...object.metadata, createdAt: Math.floor(now / 1000) * 1000 } };
}

function identity(change: Change) {
  if ('remove' in change) return change.remove;
  const { kind, metadata } = change.put;
  return { kind, namespace: metadata.namespace, name: metadata.name };
}
