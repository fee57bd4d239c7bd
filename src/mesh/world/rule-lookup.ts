import type { DestinationRule } from '../kinds/destination-rule.js';
import { byAge } from '../metadata.js';
import { HostIndex, type HostLookup } from './host-lookup.js';
import { layeredHosts, type Layer } from './layer.js';
import { IndexedGroup, LayeredGroup, type RuleGroup } from './rule-group.js';

/** The DestinationRules of one namespace by their host. */
export interface RuleLookup extends HostLookup<DestinationRule> {
  /** Those of this very host, as a merge of them looks at them; undefined where there are none. */
  group(host: string): RuleGroup | undefined;
}

/** Groups of fewer rules are not kept: they are made in no time. */
const MANY = 16;

export class RuleIndex implements RuleLookup {
  readonly #hosts = new HostIndex<DestinationRule>(byAge);
  /** Of hosts with many rules, from when somebody first asks, kept up with every change. */
  readonly #groups = new Map<string, IndexedGroup>();

  get version(): number {
    return this.#hosts.version;
  }

  get size(): number {
    return this.#hosts.size;
  }

  of(host: string): readonly DestinationRule[] {
    return this.#hosts.of(host);
  }

  count(host: string): number {
    return this.#hosts.count(host);
  }

  keys(): Iterable<string> {
    return this.#hosts.keys();
  }

  has(host: string): boolean {
    return this.#hosts.has(host);
  }

  covering(name: string): readonly string[] {
    return this.#hosts.covering(name);
  }

  below(wildcard: string): readonly string[] {
    return this.#hosts.below(wildcard);
  }

  group(host: string): RuleGroup | undefined {
    const known = this.#groups.get(host);
    if (known !== undefined) return known;
    const rules = this.of(host);
    if (rules.length === 0) return undefined;
    const group = new IndexedGroup(rules);
    if (rules.length >= MANY) this.#groups.set(host, group);
    return group;
  }

  add(host: string, rule: DestinationRule): void {
    this.#hosts.add(host, rule);
    this.#groups.get(host)?.add(rule);
  }

  remove(host: string, rule: DestinationRule): void {
    this.#hosts.remove(host, rule);
    this.#groups.get(host)?.remove(rule);
    if (this.#hosts.count(host) < MANY) this.#groups.delete(host);
  }
}

export function layeredRuleLookup(below: RuleLookup, layer: Layer<DestinationRule, RuleIndex>): RuleLookup {
  const hosts = layeredHosts(below, layer);
  return hosts === below ? below : new LayeredRules(below, layer, hosts);
}

class LayeredRules implements RuleLookup {
  readonly version = 0;
  readonly #below: RuleLookup;
  readonly #layer: Layer<DestinationRule, RuleIndex>;
  readonly #hosts: HostLookup<DestinationRule>;

  constructor(below: RuleLookup, layer: Layer<DestinationRule, RuleIndex>, hosts: HostLookup<DestinationRule>) {
    this.#below = below;
    this.#layer = layer;
    this.#hosts = hosts;
  }

  get size(): number {
    return this.#hosts.size;
  }

  of(host: string): readonly DestinationRule[] {
    return this.#hosts.of(host);
  }

  count(host: string): number {
    return this.#hosts.count(host);
  }

  covering(name: string): readonly string[] {
    return this.#hosts.covering(name);
  }

  below(wildcard: string): readonly string[] {
    return this.#hosts.below(wildcard);
  }

  group(host: string): RuleGroup | undefined {
    const { added, gone, isGone } = this.#layer;
    if (!added.has(host) && !gone.has(host)) return this.#below.group(host);
    if (this.count(host) === 0) return undefined;
    const mine = added.group(host) ?? NO_RULES;
    const theirs = this.#below.group(host);
    return theirs === undefined ? mine : new LayeredGroup(theirs, mine, isGone);
  }
}

const NO_RULES: RuleGroup = new IndexedGroup([]);
