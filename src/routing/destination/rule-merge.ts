import type { DestinationRule, Subset, TrafficPolicy } from '../../mesh/kinds/destination-rule.js';
import { selects, type Labels } from '../../mesh/metadata.js';
import { placeFor, type Ordered } from '../../mesh/world/ordered.js';
import { byMergeOrder, reachKey, type RuleGroup } from '../../mesh/world/rule-group.js';

/** The DestinationRule that a proxy uses for a service: one object, or several of one namespace and host merged. */
export interface EffectiveRule {
  /** Oldest first: the one whose exportTo and selector hold, then those that were merged into it. */
  readonly from: readonly DestinationRule[];
  readonly trafficPolicy: TrafficPolicy | undefined;
  /** By name; of two of one name the older rule's. */
  readonly subsets: MergedSubsets;
  /** Set where the rule is for some pods only. */
  readonly workloadSelector: Labels | undefined;
}

/** The subsets of several rules, of which nobody asks for all. */
export interface MergedSubsets {
  get(name: string): Subset | undefined;
}

export interface MergedRule extends EffectiveRule {
  readonly namespace: string;
  readonly exportTo: readonly string[];
}

/**
 * Rules of one namespace and host, merged as istiod merges them (C3; `mergeDestinationRule`): those with a selector first, then
 * by age; each into every earlier one that it fits; it stays by itself where it does not fit the last one.
 *
 * Whether two rules fit is said by their reach alone. So the rules that stay are found among the first of each run of rules of one
 * reach; and what was merged into one that stays are the later rules of the reaches that fit it, which are looked up when a subset
 * or the policy is asked for.
 *
 * @param isMeant - tells by one of its rules whether a reach takes part
 */
export function mergedRules(group: RuleGroup, isMeant: (rule: DestinationRule) => boolean): readonly MergedRule[] {
  const reaches = reachesOf(group, isMeant);
  const kept: DestinationRule[] = [];
  for (const head of runsOf(reaches)) {
    const last = kept.at(-1);
    if (last === undefined || fitOf(last, head) !== 'merged') kept.push(head);
  }
  return kept.map((head) => new Merging(group, head, reaches));
}

/** The rules of one reach. */
interface Reach {
  readonly key: string;
  readonly rules: Ordered<DestinationRule>;
  readonly first: DestinationRule;
}

function reachesOf(group: RuleGroup, isMeant: (rule: DestinationRule) => boolean): readonly Reach[] {
  return group.reaches.flatMap((key) => {
    const rules = group.ofReach(key);
    const first = rules.from();
    return first !== undefined && isMeant(first) ? [{ key, rules, first }] : [];
  });
}

/** Of all rules in order the first of each run of one reach: the others of a run fare as it does, and never stay. */
function* runsOf(reaches: readonly Reach[]): Generator<DestinationRule> {
  const heads = reaches.map(({ rules, first }) => ({ rules, head: first }));
  heads.sort(byHead);
  for (let next = heads.shift(); next !== undefined; next = heads.shift()) {
    yield next.head;
    const rival = heads[0];
    const head = rival === undefined ? undefined : next.rules.behind(rival.head);
    if (head === undefined) continue;
    const behind = { rules: next.rules, head };
    heads.splice(placeFor(heads, behind, byHead), 0, behind);
  }
}

function byHead(a: { readonly head: DestinationRule }, b: { readonly head: DestinationRule }): number {
  return byMergeOrder(a.head, b.head);
}

/** A rule that stayed, with what was merged into it. */
class Merging implements MergedRule {
  readonly namespace: string;
  readonly workloadSelector: Labels | undefined;
  readonly exportTo: readonly string[];
  readonly subsets: MergedSubsets;
  readonly #group: RuleGroup;
  readonly #head: DestinationRule;
  /** Of all rules that take part. */
  readonly #reaches: readonly Reach[];
  /** Those whose rules are a part of this one, if they are behind it. */
  #fitting: readonly Reach[] | undefined;
  #from: readonly DestinationRule[] | undefined;
  #policy: { readonly policy: TrafficPolicy | undefined } | undefined;

  constructor(group: RuleGroup, head: DestinationRule, reaches: readonly Reach[]) {
    this.#group = group;
    this.#head = head;
    this.namespace = head.metadata.namespace;
    this.#reaches = reaches;
    this.workloadSelector = head.spec.workloadSelector;
    this.exportTo = exportToOf(head);
    this.subsets = {
      get: (name) => this.#first(group.defining(name))?.spec.subsets.find((one) => one.name === name),
    };
  }

  get from(): readonly DestinationRule[] {
    this.#from ??= this.#fits()
      .flatMap(({ rules }) => [...walked(rules, this.#head)])
      .sort(byMergeOrder);
    return this.#from;
  }

  get trafficPolicy(): TrafficPolicy | undefined {
    this.#policy ??= { policy: this.#first(this.#group.governing)?.spec.trafficPolicy };
    return this.#policy.policy;
  }

  #fits(): readonly Reach[] {
    this.#fitting ??= this.#reaches.filter(({ first }) => fitOf(this.#head, first) !== 'apart');
    return this.#fitting;
  }

  /** The first of some rules of the group that is a part of this one. */
  #first(rules: Ordered<DestinationRule>): DestinationRule | undefined {
    // Where all rules are of one reach, all are a part of the first.
    if (this.#group.reaches.length === 1) return rules.from();
    for (const rule of walked(rules, this.#head)) {
      const reach = reachKey(rule);
      if (this.#fits().some(({ key }) => key === reach)) return rule;
    }
    return undefined;
  }
}

function* walked(rules: Ordered<DestinationRule>, from: DestinationRule): Generator<DestinationRule> {
  for (let rule = rules.from(from); rule !== undefined; rule = rules.behind(rule)) yield rule;
}

/** A rule with a selector is private to its namespace, whatever it says. */
export function exportToOf({ spec }: DestinationRule): readonly string[] {
  return spec.workloadSelector === undefined ? spec.exportTo : OWN;
}

const OWN: readonly string[] = ['.'];

/** `merged`: only a part of the older one. `both`: a part of it, and by itself as well. `apart`: no part of it. */
function fitOf(older: DestinationRule, younger: DestinationRule): 'merged' | 'both' | 'apart' {
  const wide = exportToOf(younger);
  const narrow = exportToOf(older);
  const equal = sameSet(narrow, wide);
  if (!equal && !(narrow.length > 0 && narrow.every((target) => wide.includes(target)))) return 'apart';
  const mine = younger.spec.workloadSelector;
  const theirs = older.spec.workloadSelector;
  if (mine !== undefined && theirs !== undefined && !sameLabels(mine, theirs)) return 'apart';
  if (equal) return 'merged';
  return (mine === undefined) === (theirs === undefined) ? 'merged' : 'both';
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.every((one) => b.includes(one)) && b.every((one) => a.includes(one));
}

function sameLabels(a: Labels, b: Labels): boolean {
  return selects(a, b) && selects(b, a);
}
