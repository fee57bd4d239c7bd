import { blockKey, blockOf, parseBlock, type Address } from '../address.js';
import { Index, layered, type LayerChange, type Lookup } from './lookup.js';

/** An index by address block, in which an address finds the blocks around it. Keys are those of `blockKey`. */
export interface BlockLookup<V> extends Lookup<V> {
  /** The keys of the blocks of the index that contain `address`, longest prefix first. */
  containing(address: Address): readonly string[];
}

const NO_KEYS: readonly string[] = Object.freeze([]);

export class BlockIndex<V> implements BlockLookup<V> {
  readonly #index: Index<V>;
  /** How many blocks of each prefix length there are, so that a look-up tries only lengths that exist. */
  readonly #lengths = new Map<number, number>();

  constructor(compare: (a: V, b: V) => number) {
    this.#index = new Index(compare);
  }

  of(key: string): readonly V[] {
    return this.#index.of(key);
  }

  add(key: string, value: V): void {
    if (this.#index.add(key, value)) this.#count(key, 1);
  }

  remove(key: string, value: V): void {
    if (this.#index.remove(key, value)) this.#count(key, -1);
  }

  containing(address: Address): readonly string[] {
    if (this.#lengths.size === 0) return NO_KEYS;
    const keys: string[] = [];
    for (const length of [...this.#lengths.keys()].sort((a, b) => b - a)) {
      const block = blockOf(address, length);
      if (block === undefined) continue;
      const key = blockKey(block);
      if (this.#index.has(key)) keys.push(key);
    }
    return keys;
  }

  #count(key: string, step: number): void {
    const length = parseBlock(key)?.length;
    if (length === undefined) return;
    const count = (this.#lengths.get(length) ?? 0) + step;
    if (count > 0) this.#lengths.set(length, count);
    else this.#lengths.delete(length);
  }
}

/** A block index with one layer of changes over it. */
export function layeredBlocks<V>(
  below: BlockLookup<V>,
  change: LayerChange<V> & { readonly added: BlockLookup<V> },
): BlockLookup<V> {
  return {
    of: layered(below, change),
    containing: (address) => {
      const mine = change.added.containing(address);
      if (mine.length === 0) return below.containing(address);
      const keys = new Set([...mine, ...below.containing(address)]);
      return [...keys].sort((a, b) => (parseBlock(b)?.length ?? 0) - (parseBlock(a)?.length ?? 0));
    },
  };
}
