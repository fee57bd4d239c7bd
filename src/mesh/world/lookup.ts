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

  constructor(compare: (a: V, b: V) => number) {
    this.#compare = compare;
  }

  of(key: string): readonly V[] {
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
    list.splice(this.#place(list, value), 0, value);
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
    return true;
  }

  /** The first place behind everything that is not greater, so that equals keep the order in which they came. */
  #place(list: readonly V[], value: V): number {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = list[middle];
      if (there !== undefined && this.#compare(there, value) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What one layer of a world changes in an index of the layer below. */
export interface LayerChange<V> {
  readonly added: Lookup<V>;
  /** The keys under which a dropped object stood below. */
  readonly touched: (key: string) => boolean;
  readonly dropped: (value: V) => boolean;
  readonly compare: (a: V, b: V) => number;
}

/** The index below with a few values taken out and a few put in; costs what the one key holds. */
export function layered<V>(below: Lookup<V>, change: LayerChange<V>): (key: string) => readonly V[] {
  return (key) => {
    const added = change.added.of(key);
    const kept = change.touched(key) ? below.of(key).filter((value) => !change.dropped(value)) : below.of(key);
    return added.length === 0 ? kept : merged(kept, added, change.compare);
  };
}

function merged<V>(a: readonly V[], b: readonly V[], compare: (a: V, b: V) => number): readonly V[] {
  return a.length === 0 ? b : [...a, ...b].sort(compare);
}

/** As `layered`, for lists that are walked and not copied. */
export function layeredSequence<V>(
  below: Sequence<V>,
  change: Omit<LayerChange<V>, 'added'> & { readonly added: Lookup<V> },
): (key: string) => Iterable<V> {
  return (key) => {
    const added = change.added.of(key);
    if (added.length === 0 && !change.touched(key)) return below.of(key);
    return interleaved(below.of(key), added, change);
  };
}

function* interleaved<V>(
  below: Iterable<V>,
  added: readonly V[],
  { dropped, compare }: Pick<LayerChange<V>, 'dropped' | 'compare'>,
): Generator<V> {
  let next = 0;
  for (const value of below) {
    if (dropped(value)) continue;
    for (let mine = added[next]; mine !== undefined && compare(mine, value) < 0; mine = added[++next]) yield mine;
    yield value;
  }
  yield* added.slice(next);
}
