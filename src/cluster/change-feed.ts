import type { MeshConfig } from '../mesh/kinds/mesh-config.js';
import type { MeshKind, MeshObject } from '../mesh/mesh-object.js';
import type { World } from '../mesh/world/world.js';
import type { WorldWriter } from '../mesh/world/writer.js';
import type { ObjectChange } from '../policy/change.js';
import { changesNothing } from '../policy/touched/changes-nothing.js';

/** Who wants to know what becomes of a world. */
export interface ChangeListener {
  /** While it is false nothing is compared and nothing told. */
  readonly leading: boolean;
  /** Called after the change. A list tells what differs from what was there, and nothing of the rest. */
  changed(change: ObjectChange): void;
  /** The configuration of the mesh has changed, and with it anything may have. */
  restart(): void;
}

/** Writes into a world, and tells a listener what that changes of it. */
export class ChangeFeed implements WorldWriter {
  readonly #world: World & WorldWriter;
  readonly #listener: ChangeListener;

  constructor(world: World & WorldWriter, listener: ChangeListener) {
    this.#world = world;
    this.#listener = listener;
  }

  put(object: MeshObject): void {
    const { kind, metadata } = object;
    const old = this.#world.object(kind, metadata.namespace, metadata.name);
    this.#world.put(object);
    this.#tell(old, object);
  }

  remove(kind: MeshKind, namespace: string, name: string): void {
    const old = this.#world.object(kind, namespace, name);
    this.#world.remove(kind, namespace, name);
    this.#tell(old, undefined);
  }

  replace(kind: MeshKind, objects: readonly MeshObject[]): void {
    if (!this.#listener.leading) {
      this.#world.replace(kind, objects);
      return;
    }
    const before = new Map<string, MeshObject>();
    for (const old of this.#world.all(kind)) before.set(keyOf(old), old);
    this.#world.replace(kind, objects);
    for (const object of this.#world.all(kind)) {
      const key = keyOf(object);
      this.#tell(before.get(key), object);
      before.delete(key);
    }
    for (const old of before.values()) this.#tell(old, undefined);
  }

  configure(mesh: MeshConfig): void {
    this.#world.configure(mesh);
    this.#listener.restart();
  }

  #tell(old: MeshObject | undefined, object: MeshObject | undefined): void {
    if (!this.#listener.leading || old === object) return;
    if (old !== undefined && object !== undefined && changesNothing(old, object)) return;
    this.#listener.changed({ old, object });
  }
}

function keyOf({ metadata }: MeshObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
