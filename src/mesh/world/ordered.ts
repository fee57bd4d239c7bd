/** Values in an order in which no two are equal, read on from any place of it: nothing is walked to get there. */
export interface Ordered<V> {
  /** The first of all, or of those that are not before `place`. */
  from(place?: V): V | undefined;
  /** The first behind `place`. */
  behind(place: V): V | undefined;
}

export class OrderedList<V> implements Ordered<V> {
  readonly #values: V[] = [];
  readonly #compare: (a: V, b: V) => number;

  constructor(compare: (a: V, b: V) => number, values: Iterable<V> = []) {
    this.#compare = compare;
    for (const value of values) this.add(value);
  }

  get length(): number {
    return this.#values.length;
  }

  from(place?: V): V | undefined {
    if (place === undefined) return this.#values[0];
    const at = placeFor(this.#values, place, this.#compare);
    const before = this.#values[at - 1];
    return before !== undefined && this.#compare(before, place) === 0 ? before : this.#values[at];
  }

  behind(place: V): V | undefined {
    return this.#values[placeFor(this.#values, place, this.#compare)];
  }

  add(value: V): void {
    const last = this.#values.at(-1);
    // Most come in order.
    if (last === undefined || this.#compare(last, value) <= 0) this.#values.push(value);
    else this.#values.splice(placeFor(this.#values, value, this.#compare), 0, value);
  }

  remove(value: V): void {
    const at = placeFor(this.#values, value, this.#compare) - 1;
    if (this.#values[at] === value) this.#values.splice(at, 1);
  }
}

/** What is below with a few values taken out and a few put in. */
export class LayeredOrder<V> implements Ordered<V> {
  readonly #below: Ordered<V>;
  readonly #added: Ordered<V>;
  readonly #isGone: (value: V) => boolean;
  readonly #compare: (a: V, b: V) => number;

  constructor(
    below: Ordered<V>,
    {
      added,
      isGone,
      compare,
    }: {
      readonly added: Ordered<V>;
      readonly isGone: (value: V) => boolean;
      readonly compare: (a: V, b: V) => number;
    },
  ) {
    this.#below = below;
    this.#added = added;
    this.#isGone = isGone;
    this.#compare = compare;
  }

  from(place?: V): V | undefined {
    return this.#first(this.#below.from(place), this.#added.from(place));
  }

  behind(place: V): V | undefined {
    return this.#first(this.#below.behind(place), this.#added.behind(place));
  }

  #first(theirs: V | undefined, mine: V | undefined): V | undefined {
    let next = theirs;
    while (next !== undefined && this.#isGone(next)) next = this.#below.behind(next);
    if (next === undefined || mine === undefined) return next ?? mine;
    return this.#compare(mine, next) < 0 ? mine : next;
  }
}

/** The first place behind everything that is not greater. */
export function placeFor<V>(list: readonly V[], value: V, compare: (a: V, b: V) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = list[middle];
    if (there !== undefined && compare(there, value) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
