import { covers, isWildcard } from '../host.js';
import { Index, type Lookup } from './lookup.js';
import { SuffixOrder } from './suffix-order.js';

/** An index by host name, in which a name also finds the wildcards over it and a wildcard the names under it. */
export interface HostLookup<V> extends Lookup<V> {
  /** Changes with every change of the index: what is remembered of it is worth nothing at another version. */
  readonly version: number;
  /** How many hosts there are. */
  readonly size: number;
  /** The wildcards of the index that cover `name`, without `name` itself, longest first. */
  covering(name: string): readonly string[];
  /** The names and wildcards of the index that `wildcard` covers, without itself, in no order. */
  below(wildcard: string): readonly string[];
}

const NO_NAMES: readonly string[] = Object.freeze([]);

export class HostIndex<V> implements HostLookup<V> {
  readonly #index: Index<V>;
  #wildcards: Wildcards | undefined;
  /** Made when somebody first asks for the names below a wildcard: most indices are never asked. */
  #order: SuffixOrder | undefined;
  /** How many names were put into the order or taken out of it since it was last used. */
  #moves = 0;
  #version = 0;

  constructor(compare: (a: V, b: V) => number) {
    this.#index = new Index(compare);
  }

  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#index.size;
  }

  of(host: string): readonly V[] {
    return this.#index.of(host);
  }

  count(host: string): number {
    return this.#index.count(host);
  }

  keys(): Iterable<string> {
    return this.#index.keys();
  }

  has(host: string): boolean {
    return this.#index.has(host);
  }

  add(host: string, value: V): void {
    this.#version++;
    if (!this.#index.add(host, value)) return;
    this.#moved()?.add(host);
    if (isWildcard(host)) (this.#wildcards ??= new Wildcards()).add(host);
  }

  remove(host: string, value: V): void {
    this.#version++;
    if (!this.#index.remove(host, value)) return;
    this.#moved()?.remove(host);
    if (isWildcard(host)) this.#wildcards?.remove(host);
  }

  covering(name: string): readonly string[] {
    return this.#wildcards?.covering(name) ?? NO_NAMES;
  }

  below(wildcard: string): readonly string[] {
    this.#order ??= new SuffixOrder(this.#index.keys());
    this.#moves = 0;
    return this.#order.endingIn(wildcard.slice(1)).filter((name) => name !== wildcard && covers(wildcard, name));
  }

  /** The order to put a name into or take it out of; a list's worth of names is cheaper sorted anew when it is next used. */
  #moved(): SuffixOrder | undefined {
    if (this.#order !== undefined && ++this.#moves > FEW) this.#order = undefined;
    return this.#order;
  }
}

const FEW = 64;

/** The wildcards of an index. */
class Wildcards {
  /** What follows the `*` of each. */
  readonly #suffixes = new Set<string>();
  /** How many of the suffixes do not begin at a label (`*-x.com`): they can be found only by trying every place of a name. */
  #ragged = 0;

  add(wildcard: string): void {
    const suffix = wildcard.slice(1);
    this.#suffixes.add(suffix);
    if (isRagged(suffix)) this.#ragged++;
  }

  remove(wildcard: string): void {
    const suffix = wildcard.slice(1);
    this.#suffixes.delete(suffix);
    if (isRagged(suffix)) this.#ragged--;
  }

  covering(name: string): readonly string[] {
    if (this.#suffixes.size === 0) return NO_NAMES;
    const found: string[] = [];
    const everyPlace = this.#ragged > 0;
    // A wildcard is not over itself, and what is as long as it is it.
    for (let at = isWildcard(name) ? 2 : 0; at < name.length; at++) {
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
}

function isRagged(suffix: string): boolean {
  return suffix !== '' && !suffix.startsWith('.');
}
