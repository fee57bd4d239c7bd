import { covers, isWildcard } from '../host.js';
import { Index, layered, type LayerChange, type Lookup } from './lookup.js';

/** An index by host name, in which a name also finds the wildcards over it and a wildcard the names under it. */
export interface HostLookup<V> extends Lookup<V> {
  /** The wildcards of the index that cover `name`, without `name` itself, longest first. */
  covering(name: string): readonly string[];
  /** The names and wildcards of the index that `wildcard` covers, without itself, in no order. */
  below(wildcard: string): readonly string[];
}

const NO_NAMES: readonly string[] = Object.freeze([]);

export class HostIndex<V> implements HostLookup<V> {
  readonly #index: Index<V>;
  /** What follows the `*` of every wildcard. */
  readonly #suffixes = new Set<string>();
  /** How many of the suffixes do not begin at a label (`*-x.com`): they can be found only by trying every place of a name. */
  #ragged = 0;
  readonly #names = new SuffixOrder();

  constructor(compare: (a: V, b: V) => number) {
    this.#index = new Index(compare);
  }

  of(host: string): readonly V[] {
    return this.#index.of(host);
  }

  has(host: string): boolean {
    return this.#index.has(host);
  }

  add(host: string, value: V): void {
    if (!this.#index.add(host, value)) return;
    this.#names.add(host);
    if (!isWildcard(host)) return;
    const suffix = host.slice(1);
    this.#suffixes.add(suffix);
    if (isRagged(suffix)) this.#ragged++;
  }

  remove(host: string, value: V): void {
    if (!this.#index.remove(host, value)) return;
    this.#names.remove(host);
    if (!isWildcard(host)) return;
    const suffix = host.slice(1);
    this.#suffixes.delete(suffix);
    if (isRagged(suffix)) this.#ragged--;
  }

  covering(name: string): readonly string[] {
    if (this.#suffixes.size === 0) return NO_NAMES;
    const found: string[] = [];
    const everyPlace = this.#ragged > 0;
    const start = isWildcard(name) ? 2 : 0;
    for (let at = start; at < name.length; at++) {
      if (!everyPlace) {
        at = name.indexOf('.', at);
        if (at < 0) break;
      }
      const suffix = name.slice(at);
      if (this.#suffixes.has(suffix)) found.push(`*${suffix}`);
    }
    if (name !== '*' && this.#suffixes.has('')) found.push('*');
    return found;
  }

  below(wildcard: string): readonly string[] {
    return this.#names.endingIn(wildcard.slice(1)).filter((name) => name !== wildcard && covers(wildcard, name));
  }
}

function isRagged(suffix: string): boolean {
  return suffix !== '' && !suffix.startsWith('.');
}

/** Names sorted from their ends, so that all that share an end stand together. Sorted when first asked after many changes. */
class SuffixOrder {
  #sorted: { readonly reversed: string; readonly name: string }[] = [];
  readonly #fresh = new Set<string>();

  add(name: string): void {
    this.#fresh.add(name);
  }

  remove(name: string): void {
    if (this.#fresh.delete(name)) return;
    const reversed = reverse(name);
    const at = this.#place(reversed);
    if (this.#sorted[at]?.name === name) this.#sorted.splice(at, 1);
  }

  endingIn(suffix: string): readonly string[] {
    this.#settle();
    const beginning = reverse(suffix);
    const names: string[] = [];
    for (let at = this.#place(beginning); at < this.#sorted.length; at++) {
      const there = this.#sorted[at];
      if (there?.reversed.startsWith(beginning) !== true) break;
      names.push(there.name);
    }
    return names;
  }

  #settle(): void {
    if (this.#fresh.size === 0) return;
    const entries = [...this.#fresh].map((name) => ({ reversed: reverse(name), name }));
    this.#fresh.clear();
    if (entries.length < FEW) {
      for (const entry of entries) this.#sorted.splice(this.#place(entry.reversed), 0, entry);
      return;
    }
    this.#sorted.push(...entries);
    this.#sorted.sort((a, b) => (a.reversed < b.reversed ? -1 : a.reversed > b.reversed ? 1 : 0));
  }

  #place(reversed: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#sorted[middle];
      if (there !== undefined && there.reversed < reversed) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Below this many new names each is put in its place; above, everything is sorted once. */
const FEW = 32;

function reverse(text: string): string {
  let reversed = '';
  for (let at = text.length - 1; at >= 0; at--) reversed += text.charAt(at);
  return reversed;
}

/** A host index with one layer of changes over it. */
export function layeredHosts<V>(
  below: HostLookup<V>,
  change: LayerChange<V> & { readonly added: HostLookup<V> },
): HostLookup<V> {
  const names = (mine: readonly string[], theirs: readonly string[]): readonly string[] =>
    mine.length === 0 ? theirs : theirs.length === 0 ? mine : [...new Set([...mine, ...theirs])];
  return {
    of: layered(below, change),
    covering: (name) => {
      const found = names(change.added.covering(name), below.covering(name));
      return found.length < 2 ? found : [...found].sort((a, b) => b.length - a.length);
    },
    below: (wildcard) => names(change.added.below(wildcard), below.below(wildcard)),
  };
}
