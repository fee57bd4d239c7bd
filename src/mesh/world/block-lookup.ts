import { blockKey, blockOf, parseBlock, type Address } from '../address.js';
import { Index, type Lookup } from './lookup.js';

/** An index by address block, in which an address finds the blocks around it. Keys are those of `blockKey`. */
export interface BlockLookup<V> extends Lookup<V> {
  /** The keys of the blocks of the index that contain `address`, longest prefix first. */
  containing(address: Address): readonly string[];
}

const NO_KEYS: readonly string[] = Object.freeze([]);

export class BlockIndex<V> implements BlockLookup<V> {
  readonly #index: Index<V>;
  /** How many blocks of each prefix length there are, so that a look-up tries only lengths that exist. */
  #lengths: Map<number, number> | undefined;

  constructor(compare: (a: V, b: V) => number) {
    this.#index = new Index(compare);
  }

  /** How many blocks there are. */
  get size(): number {
    return this.#index.size;
  }

  of(key: string): readonly V[] {
    return this.#index.of(key);
  }

  count(key: string): number {
    return this.#index.count(key);
  }

  keys(): Iterable<string> {
    return this.#index.keys();
  }

  has(key: string): boolean {
    return this.#index.has(key);
  }

  add(key: string, value: V): void {
    if (this.#index.add(key, value)) this.#count(key, 1);
  }

  remove(key: string, value: V): void {
    if (this.#index.remove(key, value)) this.#count(key, -1);
  }

  containing(address: Address): readonly string[] {
    if (this.#lengths === undefined) return NO_KEYS;
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
    this.#lengths ??= new Map();
    const count = (this.#lengths.get(length) ?? 0) + step;
    if (count > 0) this.#lengths.set(length, count);
    else this.#lengths.delete(length);
    if (this.#lengths.size === 0) this.#lengths = undefined;
  }
}
