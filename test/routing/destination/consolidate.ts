import type { DestinationRule, Subset, TrafficPolicy } from '../../../src/mesh/kinds/destination-rule.js';
import { selects, type Labels } from '../../../src/mesh/metadata.js';

/*
 * The merge of C3 as it is written in `mergeDestinationRule`, rule by rule over the whole list: what `mergedRules`, which never looks
 * at the whole list, is held against.
 */

export interface Consolidated {
  readonly from: readonly DestinationRule[];
  readonly trafficPolicy: TrafficPolicy | undefined;
  readonly subsets: ReadonlyMap<string, Subset>;
  readonly workloadSelector: Labels | undefined;
  readonly exportTo: readonly string[];
}

/** A rule with a selector is private to its namespace, whatever it says. */
function exportToOf({ spec }: DestinationRule): readonly string[] {
  return spec.workloadSelector === undefined ? spec.exportTo : ['.'];
}

/**
 * Rules of one namespace and host, merged as istiod merges them (C3; `mergeDestinationRule`): those with a selector first, then
 * by age; each into every earlier one that it fits; it stays by itself where it does not fit the last one.
 */
export function consolidate(rules: readonly DestinationRule[]): readonly Consolidated[] {
  const ordered = [
    ...rules.filter(({ spec }) => spec.workloadSelector !== undefined),
    ...rules.filter(({ spec }) => spec.workloadSelector === undefined),
  ];
  const kept: Merging[] = [];
  for (const rule of ordered) {
    let stays = true;
    for (const older of kept) {
      const fit = fitOf(older, rule);
      stays = fit !== 'merged';
      if (fit !== 'apart') mergeInto(older, rule);
    }
    if (stays) kept.push(standing(rule));
  }
  return kept;
}

/** A rule while others are merged into it. */
interface Merging extends Consolidated {
  readonly from: DestinationRule[];
  trafficPolicy: TrafficPolicy | undefined;
  readonly subsets: Map<string, Subset>;
}

/** `merged`: only a part of the older one. `both`: a part of it, and by itself as well. `apart`: no part of it. */
function fitOf(older: Consolidated, rule: DestinationRule): 'merged' | 'both' | 'apart' {
  const exportTo = exportToOf(rule);
  const equal = sameSet(older.exportTo, exportTo);
  const wider = older.exportTo.length > 0 && older.exportTo.every((target) => exportTo.includes(target));
  if (!equal && !wider) return 'apart';
  const mine = rule.spec.workloadSelector;
  const theirs = older.workloadSelector;
  if (mine !== undefined && theirs !== undefined && !sameLabels(mine, theirs)) return 'apart';
  if (equal) return 'merged';
  return (mine === undefined) === (theirs === undefined) ? 'merged' : 'both';
}

function standing(rule: DestinationRule): Merging {
  const { trafficPolicy, workloadSelector } = rule.spec;
  const merging = { from: [rule], trafficPolicy, subsets: new Map(), workloadSelector, exportTo: exportToOf(rule) };
  addSubsets(merging, rule);
  return merging;
}

function mergeInto(older: Merging, rule: DestinationRule): void {
  older.from.push(rule);
  older.trafficPolicy ??= rule.spec.trafficPolicy;
  addSubsets(older, rule);
}

function addSubsets({ subsets }: Merging, { spec }: DestinationRule): void {
  for (const subset of spec.subsets) if (!subsets.has(subset.name)) subsets.set(subset.name, subset);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.every((one) => b.includes(one)) && b.every((one) => a.includes(one));
}

function sameLabels(a: Labels, b: Labels): boolean {
  return selects(a, b) && selects(b, a);
}
