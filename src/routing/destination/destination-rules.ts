import type { DestinationRule, Subset, TrafficPolicy } from '../../mesh/kinds/destination-rule.js';
import { selects, type Labels } from '../../mesh/metadata.js';
import type { HostLookup } from '../../mesh/world/host-lookup.js';
import type { World } from '../../mesh/world/world.js';

/** The DestinationRule that a proxy uses for a service: one object, or several of one namespace and host merged. */
export interface EffectiveRule {
  /** Oldest first: the one whose exportTo and selector hold, then those that were merged into it. */
  readonly from: readonly DestinationRule[];
  readonly trafficPolicy: TrafficPolicy | undefined;
  readonly subsets: readonly Subset[];
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
  return found === undefined
    ? NOTHING
    : { rule: forPod(found.rules, found.namespace === namespace, labels), namespace: found.namespace };
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
  const lookup = world.destinationRules(namespace);
  const rules = mostSpecific(lookup, host, (rule) => stands(world, rule, shelf));
  if (rules === undefined) return undefined;
  const consolidated = consolidate(rules);
  const visible =
    shelf === 'exported'
      ? consolidated.filter(
          ({ exportTo }) => exportTo.length === 0 || exportTo.includes('*') || exportTo.includes(client),
        )
      : consolidated;
  return visible.length === 0 ? undefined : { rules: visible, namespace };
}

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
  const [only] = rules;
  if (only !== undefined && rules.length === 1) return [standing(only)];
  const ordered = [
    ...rules.filter(({ spec }) => spec.workloadSelector !== undefined),
    ...rules.filter(({ spec }) => spec.workloadSelector === undefined),
  ];
  const kept: Consolidated[] = [];
  for (const rule of ordered) {
    let stays = true;
    for (let at = 0; at < kept.length; at++) {
      const older = kept[at];
      if (older === undefined) continue;
      const fit = fitOf(older, rule);
      stays = fit !== 'merged';
      if (fit !== 'apart') kept[at] = mergedInto(older, rule);
    }
    if (stays) kept.push(standing(rule));
  }
  return kept;
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

function standing(rule: DestinationRule): Consolidated {
  const { trafficPolicy, subsets, workloadSelector } = rule.spec;
  return { from: [rule], trafficPolicy, subsets, workloadSelector, exportTo: exportToOf(rule) };
}

function mergedInto(older: Consolidated, rule: DestinationRule): Consolidated {
  const names = new Set(older.subsets.map(({ name }) => name));
  return {
    ...older,
    from: [...older.from, rule],
    trafficPolicy: older.trafficPolicy ?? rule.spec.trafficPolicy,
    subsets: [...older.subsets, ...rule.spec.subsets.filter(({ name }) => !names.has(name))],
  };
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.every((one) => b.includes(one)) && b.every((one) => a.includes(one));
}

function sameLabels(a: Labels, b: Labels): boolean {
  return selects(a, b) && selects(b, a);
}
