/** What is indexed under a key, in the order of the index. */
export interface Lookup<V> {
  of(key: string): readonly V[];
}

/** An index whose lists may be as long as the world: walked until the first that serves, never copied. */
export interface Sequence<V> {
  of(key: string): Iterable<V>;
}

const NOTHING: readonly never[] = Object.freeze([]);

/** A sorted list under each key. */
export class Index<V> implements Lookup<V> {
  readonly #lists = new Map<string, V[]>();
  readonly #compare: (a: V, b: V) => number;
  /** Keys whose lists are in no order: sorted when they are asked for, so that a world is filled at the price of one sorting. */
  #unsorted: Set<string> | undefined;

  constructor(compare: (a: V, b: V) => number) {
    this.#compare = compare;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#lists.size;
  }

  of(key: string): readonly V[] {
    if (this.#unsorted !== undefined) this.#sort(key);
    return this.#lists.get(key) ?? NOTHING;
  }

  has(key: string): boolean {
    return this.#lists.has(key);
  }

  keys(): Iterable<string> {
    return this.#lists.keys();
  }

  /** Answers whether the key is new. */
  add(key: string, value: V): boolean {
    const list = this.#lists.get(key);
    if (list === undefined) {
      this.#lists.set(key, [value]);
      return true;
    }
    const last = list.at(-1);
    if (last !== undefined && this.#compare(last, value) > 0) (this.#unsorted ??= new Set()).add(key);
    list.push(value);
    return false;
  }

  /** Answers whether the key is gone. */
  remove(key: string, value: V): boolean {
    const list = this.#lists.get(key);
    if (list === undefined) return false;
    const at = list.indexOf(value);
    if (at >= 0) list.splice(at, 1);
    if (list.length > 0) return false;
    this.#lists.delete(key);
    this.#unsorted?.delete(key);
    return true;
  }

  /** Equals keep the order in which they came. */
  #sort(key: string): void {
    if (this.#unsorted?.delete(key) !== true) return;
    this.#lists.get(key)?.sort(this.#compare);
    if (this.#unsorted.size === 0) this.#unsorted = undefined;
  }
}
