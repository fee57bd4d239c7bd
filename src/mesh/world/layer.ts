import type { MeshObject } from '../mesh-object.js';
import type { BlockIndex, BlockLookup } from './block-lookup.js';
import { parseBlock, type Address } from '../address.js';
import type { HostLookup } from './host-lookup.js';
import type { Index, Lookup, Sequence } from './lookup.js';
import { placeFor } from './ordered.js';

/** What one layer of a world changes in an index of the layer below. */
export interface Layer<V, I extends Keyed<V> = Keyed<V>> {
  readonly added: I;
  /** Where the objects stood below that are replaced or removed. */
  readonly gone: Keyed<V>;
  readonly isGone: (value: V) => boolean;
  readonly compare: (a: V, b: V) => number;
}

interface Keyed<V> extends Lookup<V> {
  readonly size: number;
  keys(): Iterable<string>;
  has(key: string): boolean;
}

type KeyedHosts<V> = Keyed<V> & HostLookup<V>;

/** The objects of a layer's changes, in the indices of one kind. */
export interface LayerIndices<I> {
  readonly added: I;
  readonly gone: I;
  readonly isGone: (object: MeshObject) => boolean;
}

/** The index below with a few values taken out and a few put in: where there are none, the index below itself. */
export function layered<V>(below: Lookup<V>, layer: Layer<V, Index<V>>): Lookup<V> {
  return isEmpty(layer) ? below : new LayeredLists(below, layer);
}

/** As `layered`, for lists that are walked and not copied. */
export function layeredSequence<V>(below: Sequence<V>, layer: Layer<V, Index<V>>): Sequence<V> {
  if (isEmpty(layer)) return below;
  return {
    of: (key) => {
      const added = layer.added.of(key);
      return added.length === 0 && !layer.gone.has(key) ? below.of(key) : interleaved(below.of(key), added, layer);
    },
  };
}

export function layeredHosts<V>(below: HostLookup<V>, layer: Layer<V, KeyedHosts<V>>): HostLookup<V> {
  return isEmpty(layer) ? below : new LayeredHosts(below, layer);
}

export function layeredBlocks<V>(below: BlockLookup<V>, layer: Layer<V, BlockIndex<V>>): BlockLookup<V> {
  return isEmpty(layer) ? below : new LayeredBlocks(below, layer);
}

function isEmpty<V>({ added, gone }: Layer<V>): boolean {
  return added.size === 0 && gone.size === 0;
}

/** The lists of a layered index; those that the layer changes are made when they are asked for. */
class LayeredLists<V> implements Lookup<V> {
  readonly #below: Lookup<V>;
  readonly #layer: Layer<V>;
  #changed: Map<string, readonly V[]> | undefined;

  constructor(below: Lookup<V>, layer: Layer<V>) {
    this.#below = below;
    this.#layer = layer;
  }

  of(key: string): readonly V[] {
    const { added, gone } = this.#layer;
    if (!added.has(key) && !gone.has(key)) return this.#below.of(key);
    const known = this.#changed?.get(key);
    if (known !== undefined) return known;
    const made = this.#made(key);
    this.#changed ??= new Map();
    this.#changed.set(key, made);
    return made;
  }

  /** No list is made for it: what is gone stands below. */
  count(key: string): number {
    return this.#below.count(key) - this.#layer.gone.count(key) + this.#layer.added.count(key);
  }

  /** How many keys more there are than below. */
  growth(): number {
    let growth = 0;
    for (const key of new Set([...this.#layer.added.keys(), ...this.#layer.gone.keys()])) {
      growth += Number(this.count(key) > 0) - Number(this.#below.count(key) > 0);
    }
    return growth;
  }

  /** The keys that either side has and that still stand for something. */
  names(mine: readonly string[], theirs: readonly string[]): readonly string[] {
    const { gone } = this.#layer;
    const left = gone.size === 0 ? theirs : theirs.filter((name) => !gone.has(name) || this.count(name) > 0);
    if (mine.length === 0) return left;
    return left.length === 0 ? mine : [...new Set([...mine, ...left])];
  }

  #made(key: string): readonly V[] {
    const { added, gone, isGone, compare } = this.#layer;
    const below = this.#below.of(key);
    const list = gone.has(key) ? below.filter((value) => !isGone(value)) : [...below];
    for (const value of added.of(key)) list.splice(placeFor(list, value, compare), 0, value);
    return list;
  }
}

class LayeredHosts<V> implements HostLookup<V> {
  // The layer does not change, and the world below may not.
  readonly version = 0;
  readonly #below: HostLookup<V>;
  readonly #added: KeyedHosts<V>;
  readonly #lists: LayeredLists<V>;

  constructor(below: HostLookup<V>, layer: Layer<V, KeyedHosts<V>>) {
    this.#below = below;
    this.#added = layer.added;
    this.#lists = new LayeredLists(below, layer);
  }

  get size(): number {
    return this.#below.size + this.#lists.growth();
  }

  of(host: string): readonly V[] {
    return this.#lists.of(host);
  }

  count(host: string): number {
    return this.#lists.count(host);
  }

  covering(name: string): readonly string[] {
    const found = this.#lists.names(this.#added.covering(name), this.#below.covering(name));
    return found.length < 2 ? found : [...found].sort((a, b) => b.length - a.length);
  }

  below(wildcard: string): readonly string[] {
    return this.#lists.names(this.#added.below(wildcard), this.#below.below(wildcard));
  }
}

class LayeredBlocks<V> implements BlockLookup<V> {
  readonly #below: BlockLookup<V>;
  readonly #added: BlockIndex<V>;
  readonly #lists: LayeredLists<V>;

  constructor(below: BlockLookup<V>, layer: Layer<V, BlockIndex<V>>) {
    this.#below = below;
    this.#added = layer.added;
    this.#lists = new LayeredLists(below, layer);
  }

  of(key: string): readonly V[] {
    return this.#lists.of(key);
  }

  count(key: string): number {
    return this.#lists.count(key);
  }

  containing(address: Address): readonly string[] {
    const found = this.#lists.names(this.#added.containing(address), this.#below.containing(address));
    return found.length < 2 ? found : [...found].sort((a, b) => prefixLength(b) - prefixLength(a));
  }
}

function prefixLength(key: string): number {
  return parseBlock(key)?.length ?? 0;
}

function* interleaved<V>(
  below: Iterable<V>,
  added: readonly V[],
  { isGone, compare }: Pick<Layer<V>, 'isGone' | 'compare'>,
): Generator<V> {
  let next = 0;
  for (const value of below) {
    if (isGone(value)) continue;
    for (let mine = added[next]; mine !== undefined && compare(mine, value) < 0; mine = added[++next]) yield mine;
    yield value;
  }
  yield* added.slice(next);
}
