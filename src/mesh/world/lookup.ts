import { placeFor } from './ordered.js';

/** What is indexed under a key, in the order of the index. */
export interface Lookup<V> {
  of(key: string): readonly V[];
  /** How many values there are under a key. */
  count(key: string): number;
}

/** An index whose lists may be as long as the world: walked until the first that serves, never copied. */
export interface Sequence<V> {
  of(key: string): Iterable<V>;
}

const NOTHING: readonly never[] = Object.freeze([]);

/** A sorted list under each key. */
export class Index<V> implements Lookup<V> {
  /** Most keys hold one value, which stands there by itself. */
  readonly #lists = new Map<string, V | Several<V>>();
  readonly #compare: (a: V, b: V) => number;

  constructor(compare: (a: V, b: V) => number) {
    this.#compare = compare;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#lists.size;
  }

  of(key: string): readonly V[] {
    const held = this.#lists.get(key);
    if (held === undefined) return NOTHING;
    return held instanceof Several ? held.sorted(this.#compare) : [held];
  }

  count(key: string): number {
    const held = this.#lists.get(key);
    if (held === undefined) return 0;
    return held instanceof Several ? held.length : 1;
  }

  has(key: string): boolean {
    return this.#lists.has(key);
  }

  keys(): Iterable<string> {
    return this.#lists.keys();
  }

  /** Answers whether the key is new. */
  add(key: string, value: V): boolean {
    const held = this.#lists.get(key);
    if (held === undefined) {
      this.#lists.set(key, value);
      return true;
    }
    if (held instanceof Several) held.add(value, this.#compare);
    else this.#lists.set(key, new Several([held, value]));
    return false;
  }

  /** Answers whether the key is gone. */
  remove(key: string, value: V): boolean {
    const held = this.#lists.get(key);
    if (held === undefined) return false;
    if (held instanceof Several) {
      held.remove(value);
      if (held.only !== undefined) this.#lists.set(key, held.only);
      return false;
    }
    return held === value && this.#lists.delete(key);
  }
}

/** Two values or more, in order when they are asked for: a world is filled at the price of one sorting. */
class Several<V> {
  readonly #values: V[];
  #isSorted = false;

  constructor(values: V[]) {
    this.#values = values;
  }

  get length(): number {
    return this.#values.length;
  }

  /** The one that is left. */
  get only(): V | undefined {
    return this.#values.length === 1 ? this.#values[0] : undefined;
  }

  sorted(compare: (a: V, b: V) => number): readonly V[] {
    // Equals keep the order in which they came.
    if (!this.#isSorted) this.#values.sort(compare);
    this.#isSorted = true;
    return this.#values;
  }

  add(value: V, compare: (a: V, b: V) => number): void {
    if (this.#isSorted) this.#values.splice(placeFor(this.#values, value, compare), 0, value);
    else this.#values.push(value);
  }

  remove(value: V): void {
    const at = this.#values.indexOf(value);
    if (at >= 0) this.#values.splice(at, 1);
  }
}
