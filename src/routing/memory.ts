import type { World } from '../mesh/world/world.js';

/** How many things one memory keeps: beyond it everything is forgotten, which costs only that it is found again. */
const MOST = 30_000;

/** What `make` gives for a key, made once as long as the memory holds it. */
export function remembered<K, V>(memory: Map<K, V>, key: K, make: () => V): V {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (memory.size >= MOST) memory.clear();
  memory.set(key, made);
  return made;
}

/** What was found of worlds, by name, forgotten with the world and with every change of it. */
export class WorldMemory<V> {
  readonly #worlds = new WeakMap<World, { readonly version: number; readonly values: Map<string, V> }>();

  get(world: World, key: string, make: () => V): V {
    return remembered(this.of(world), key, make);
  }

  /** All that is remembered of a world as it is. */
  of(world: World): Map<string, V> {
    let memory = this.#worlds.get(world);
    if (memory?.version !== world.version) {
      memory = { version: world.version, values: new Map() };
      this.#worlds.set(world, memory);
    }
    return memory.values;
  }
}
