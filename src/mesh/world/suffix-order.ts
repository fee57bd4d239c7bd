/** Names sorted from their ends, so that all that share an end stand together. */
export class SuffixOrder {
  readonly #names: string[];

  constructor(names: Iterable<string>) {
    this.#names = [...names].sort(compareFromEnd);
  }

  add(name: string): void {
    const at = this.#place(name);
    if (this.#names[at] !== name) this.#names.splice(at, 0, name);
  }

  remove(name: string): void {
    const at = this.#place(name);
    if (this.#names[at] === name) this.#names.splice(at, 1);
  }

  endingIn(suffix: string): readonly string[] {
    const found: string[] = [];
    for (let at = this.#place(suffix); at < this.#names.length; at++) {
      const name = this.#names[at];
      if (name?.endsWith(suffix) !== true) break;
      found.push(name);
    }
    return found;
  }

  /** The first place whose name is not before `name`. */
  #place(name: string): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#names[middle];
      if (there !== undefined && compareFromEnd(there, name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Compares character by character from the ends: no name is turned around and kept a second time. */
function compareFromEnd(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let back = 1; back <= shorter; back++) {
    const difference = a.charCodeAt(a.length - back) - b.charCodeAt(b.length - back);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
