import type { DestinationRule } from '../kinds/destination-rule.js';
import { byAge } from '../metadata.js';
import { LayeredOrder, OrderedList, type Ordered } from './ordered.js';

/**
 * The DestinationRules of one namespace and host, laid out by what a merge of them asks for. The host of an egress gateway has as
 * many rules as there are hosts behind it, and each change touches one of them: what a merge says is looked up here rule by rule,
 * and never made of all of them. All orders are `byMergeOrder`.
 */
export interface RuleGroup {
  /** The keys of the reaches that rules of the group have, and maybe of some that none has any more. */
  readonly reaches: readonly string[];
  /** The rules of one reach. */
  ofReach(key: string): Ordered<DestinationRule>;
  /** The rules that define a subset. */
  defining(subset: string): Ordered<DestinationRule>;
  /** The rules that have a trafficPolicy. */
  readonly governing: Ordered<DestinationRule>;
}

/** The order in which istiod merges rules: those with a workloadSelector first, then by age (`mergeDestinationRule`). */
export function byMergeOrder(a: DestinationRule, b: DestinationRule): number {
  const plain = Number(a.spec.workloadSelector === undefined) - Number(b.spec.workloadSelector === undefined);
  return plain !== 0 ? plain : byAge(a, b);
}

/** What says whether two rules are merged: rules of one key have equal exportTo and workloadSelector, as written. */
export function reachKey({ spec }: DestinationRule): string {
  const { exportTo, workloadSelector } = spec;
  if (workloadSelector === undefined) return exportTo.length === 0 ? '' : JSON.stringify(exportTo);
  return JSON.stringify([exportTo, Object.entries(workloadSelector).sort()]);
}

/** The group of the rules that it is told of. */
export class IndexedGroup implements RuleGroup {
  readonly #byReach = new Map<string, OrderedList<DestinationRule>>();
  /** Most subsets are defined once: the rule stands there by itself. */
  readonly #bySubset = new Map<string, DestinationRule | OrderedList<DestinationRule>>();
  readonly governing = new OrderedList(byMergeOrder);
  #reaches: readonly string[] | undefined;

  constructor(rules: Iterable<DestinationRule>) {
    for (const rule of rules) this.add(rule);
  }

  get reaches(): readonly string[] {
    return (this.#reaches ??= [...this.#byReach.keys()]);
  }

  ofReach(key: string): Ordered<DestinationRule> {
    return this.#byReach.get(key) ?? NO_RULES;
  }

  defining(subset: string): Ordered<DestinationRule> {
    const held = this.#bySubset.get(subset);
    if (held === undefined) return NO_RULES;
    return held instanceof OrderedList ? held : new OrderedList(byMergeOrder, [held]);
  }

  add(rule: DestinationRule): void {
    const key = reachKey(rule);
    const sameReach = this.#byReach.get(key);
    if (sameReach === undefined) {
      this.#byReach.set(key, new OrderedList(byMergeOrder, [rule]));
      this.#reaches = undefined;
    } else sameReach.add(rule);
    if (rule.spec.trafficPolicy !== undefined) this.governing.add(rule);
    for (const name of subsetNames(rule)) {
      const held = this.#bySubset.get(name);
      if (held === undefined) this.#bySubset.set(name, rule);
      else if (held instanceof OrderedList) held.add(rule);
      else this.#bySubset.set(name, new OrderedList(byMergeOrder, [held, rule]));
    }
  }

  /** The very rule that was added. */
  remove(rule: DestinationRule): void {
    const key = reachKey(rule);
    const sameReach = this.#byReach.get(key);
    sameReach?.remove(rule);
    if (sameReach?.length === 0) {
      this.#byReach.delete(key);
      this.#reaches = undefined;
    }
    this.governing.remove(rule);
    for (const name of subsetNames(rule)) {
      const held = this.#bySubset.get(name);
      if (held instanceof OrderedList) held.remove(rule);
      if (held === rule || (held instanceof OrderedList && held.length === 0)) this.#bySubset.delete(name);
    }
  }
}

/** A group with a few rules taken out and a few put in. */
export class LayeredGroup implements RuleGroup {
  readonly reaches: readonly string[];
  readonly governing: Ordered<DestinationRule>;
  readonly #below: RuleGroup;
  readonly #added: RuleGroup;
  readonly #isGone: (rule: DestinationRule) => boolean;

  constructor(below: RuleGroup, added: RuleGroup, isGone: (rule: DestinationRule) => boolean) {
    this.#below = below;
    this.#added = added;
    this.#isGone = isGone;
    this.reaches = added.reaches.every((key) => below.reaches.includes(key))
      ? below.reaches
      : [...new Set([...below.reaches, ...added.reaches])];
    this.governing = this.#layered(below.governing, added.governing);
  }

  ofReach(key: string): Ordered<DestinationRule> {
    return this.#layered(this.#below.ofReach(key), this.#added.ofReach(key));
  }

  defining(subset: string): Ordered<DestinationRule> {
    return this.#layered(this.#below.defining(subset), this.#added.defining(subset));
  }

  #layered(below: Ordered<DestinationRule>, added: Ordered<DestinationRule>): Ordered<DestinationRule> {
    return new LayeredOrder(below, { added, isGone: this.#isGone, compare: byMergeOrder });
  }
}

const NO_RULES: Ordered<DestinationRule> = new OrderedList<DestinationRule>(byMergeOrder);

/** Each name once: two subsets of one name are one rule's own affair. */
function subsetNames({ spec }: DestinationRule): Iterable<string> {
  const { subsets } = spec;
  return subsets.length < 2 ? subsets.map(({ name }) => name) : new Set(subsets.map(({ name }) => name));
}
