import type { DestinationRule, Subset, TrafficPolicy } from '../../mesh/kinds/destination-rule.js';
import { selects, type Labels } from '../../mesh/metadata.js';
import type { HostLookup } from '../../mesh/world/host-lookup.js';
import type { World } from '../../mesh/world/world.js';

/** The DestinationRule that a proxy uses for a service: one object, or several of one namespace and host merged. */
export interface EffectiveRule {
  /** Oldest first: the one whose exportTo and selector hold, then those that were merged into it. */
  readonly from: readonly DestinationRule[];
  readonly trafficPolicy: TrafficPolicy | undefined;
  /** By name; of two of one name the older rule's. */
  readonly subsets: ReadonlyMap<string, Subset>;
  /** Set where the rule is for some pods only. */
  readonly workloadSelector: Labels | undefined;
}

/** Where an effective rule was looked for: what an explanation names. */
export interface RuleChoice {
  readonly rule: EffectiveRule | undefined;
  /** The namespace whose rules decided, although none may be for this pod; undefined where no namespace has any. */
  readonly namespace: string | undefined;
}

const NOTHING: RuleChoice = { rule: undefined, namespace: undefined };

/**
 * The DestinationRule of a service for a pod (C1, C2; `destinationRule` of `PushContext` and of `SidecarScope` in istiod): the
 * first of the pod's namespace, the service's namespace and the root namespace that has any, and never a mixture.
 */
export function ruleFor(world: World, namespace: string, labels: Labels, host: string, owner: string): RuleChoice {
  const { rootNamespace } = world.mesh;
  const own = namespace === rootNamespace ? 'private' : 'visible';
  const found =
    candidates(world, namespace, host, own, namespace) ??
    candidates(world, owner, host, 'exported', namespace) ??
    candidates(world, rootNamespace, host, 'exported', namespace);
  if (found === undefined) return NOTHING;
  return { rule: forPod(found.rules, found.namespace === namespace, labels), namespace: found.namespace };
}

/** The first for the pod's labels, else the youngest that has no selector. */
function forPod(rules: readonly Consolidated[], own: boolean, labels: Labels): EffectiveRule | undefined {
  const selected = own
    ? rules.find(({ workloadSelector }) => workloadSelector !== undefined && selects(workloadSelector, labels))
    : undefined;
  return selected ?? rules.findLast(({ workloadSelector }) => workloadSelector === undefined);
}

interface Consolidated extends EffectiveRule {
  readonly exportTo: readonly string[];
}

/** Which of a namespace's rules a look-up considers. */
export type Shelf = 'visible' | 'private' | 'exported';

function candidates(
  world: World,
  namespace: string,
  host: string,
  shelf: Shelf,
  client: string,
): { readonly rules: readonly Consolidated[]; readonly namespace: string } | undefined {
  const consolidated = consolidatedOn(world, namespace, host, shelf);
  const rules = shelf === 'exported' ? consolidated.filter(({ exportTo }) => reaches(exportTo, client)) : consolidated;
  return rules.length === 0 ? undefined : { rules, namespace };
}

function reaches(exportTo: readonly string[], client: string): boolean {
  return exportTo.length === 0 || exportTo.includes('*') || exportTo.includes(client);
}

interface Remembered {
  readonly version: number;
  readonly shelves: Map<string, readonly Consolidated[]>;
}

/** A gateway's host has as many rules as there are hosts behind it: they are merged once, until one of them changes. */
const REMEMBERED = new WeakMap<HostLookup<DestinationRule>, Remembered>();

function consolidatedOn(world: World, namespace: string, host: string, shelf: Shelf): readonly Consolidated[] {
  const lookup = world.destinationRules(namespace);
  if (lookup.size === 0) return NO_RULES;
  let memory = REMEMBERED.get(lookup);
  if (memory?.version !== lookup.version) {
    memory = { version: lookup.version, shelves: new Map() };
    REMEMBERED.set(lookup, memory);
  }
  const key = `${shelf} ${host}`;
  const known = memory.shelves.get(key);
  if (known !== undefined) return known;
  const found = consolidate(mostSpecific(lookup, host, (rule) => stands(world, rule, shelf)) ?? []);
  memory.shelves.set(key, found);
  return found;
}

const NO_RULES: readonly Consolidated[] = Object.freeze([]);

/** The rules of the exact host, else of the longest wildcard over it that has any on this shelf. */
function mostSpecific(
  lookup: HostLookup<DestinationRule>,
  host: string,
  stand: (rule: DestinationRule) => boolean,
): readonly DestinationRule[] | undefined {
  const exact = lookup.of(host).filter(stand);
  if (exact.length > 0) return exact;
  for (const wildcard of lookup.covering(host)) {
    const rules = lookup.of(wildcard).filter(stand);
    if (rules.length > 0) return rules;
  }
  return undefined;
}

/** Whether a rule stands on a shelf of its namespace (`setDestinationRules`). */
export function stands(world: World, rule: DestinationRule, shelf: Shelf): boolean {
  const exportTo = exportToOf(rule);
  const { namespace } = rule.metadata;
  if (shelf === 'visible') {
    return exportTo.length === 0 || exportTo.includes('*') || exportTo.includes('.') || exportTo.includes(namespace);
  }
  const isPrivate =
    exportTo.length === 0
      ? world.mesh.defaultDestinationRuleExportTo.includes('.')
      : exportTo.length === 1 && (exportTo[0] === '.' || exportTo[0] === namespace);
  return shelf === 'private' ? isPrivate : !isPrivate;
}

/** A rule with a selector is private to its namespace, whatever it says. */
function exportToOf({ spec }: DestinationRule): readonly string[] {
  return spec.workloadSelector === undefined ? spec.exportTo : OWN;
}

const OWN: readonly string[] = ['.'];

/**
 * Rules of one namespace and host, merged as istiod merges them (C3; `mergeDestinationRule`): those with a selector first, then
 * by age; each into every earlier one that it fits; it stays by itself where it does not fit the last one.
 */
function consolidate(rules: readonly DestinationRule[]): readonly Consolidated[] {
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
