import type { DestinationRule } from '../../mesh/kinds/destination-rule.js';
import { selects, type Labels } from '../../mesh/metadata.js';
import type { RuleGroup } from '../../mesh/world/rule-group.js';
import type { RuleLookup } from '../../mesh/world/rule-lookup.js';
import type { World } from '../../mesh/world/world.js';
import { remembered } from '../memory.js';
import { exportToOf, mergedRules, type EffectiveRule, type MergedRule } from './rule-merge.js';

export type { EffectiveRule };

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
  const rules = decisive(world, namespace, host, owner);
  const [first] = rules;
  if (first === undefined) return NOTHING;
  return { rule: forPod(rules, first.namespace === namespace, labels), namespace: first.namespace };
}

/** The rule of `ruleFor` alone. */
export function effectiveRule(
  world: World,
  namespace: string,
  labels: Labels,
  host: string,
  owner: string,
): EffectiveRule | undefined {
  const rules = decisive(world, namespace, host, owner);
  return forPod(rules, rules[0]?.namespace === namespace, labels);
}

function decisive(world: World, namespace: string, host: string, owner: string): readonly MergedRule[] {
  const { rootNamespace } = world.mesh;
  const own = mergedOn(world, namespace, host, namespace === rootNamespace ? 'private' : 'visible');
  if (own.length > 0) return own;
  const beside = exportedTo(namespace, mergedOn(world, owner, host, 'exported'));
  return beside.length > 0 ? beside : exportedTo(namespace, mergedOn(world, rootNamespace, host, 'exported'));
}

/** The first for the pod's labels, else the youngest that has no selector. */
function forPod(rules: readonly MergedRule[], own: boolean, labels: Labels): EffectiveRule | undefined {
  const [first] = rules;
  if (rules.length < 2 && first?.workloadSelector === undefined) return first;
  const selected = own
    ? rules.find(({ workloadSelector }) => workloadSelector !== undefined && selects(workloadSelector, labels))
    : undefined;
  return selected ?? rules.findLast(({ workloadSelector }) => workloadSelector === undefined);
}

/** Which of a namespace's rules a look-up considers. */
export type Shelf = 'visible' | 'private' | 'exported';

function exportedTo(client: string, rules: readonly MergedRule[]): readonly MergedRule[] {
  for (const rule of rules) if (!reaches(rule, client)) return rules.filter((one) => reaches(one, client));
  return rules;
}

function reaches({ exportTo }: MergedRule, client: string): boolean {
  return exportTo.length === 0 || exportTo.includes('*') || exportTo.includes(client);
}

interface Remembered {
  readonly version: number;
  readonly shelves: Readonly<Record<Shelf, Map<string, readonly MergedRule[]>>>;
}

const REMEMBERED = new WeakMap<RuleLookup, Remembered>();

function mergedOn(world: World, namespace: string, host: string, shelf: Shelf): readonly MergedRule[] {
  const lookup = world.destinationRules(namespace);
  if (lookup.size === 0) return NO_RULES;
  let memory = REMEMBERED.get(lookup);
  if (memory?.version !== lookup.version) {
    memory = { version: lookup.version, shelves: { visible: new Map(), private: new Map(), exported: new Map() } };
    REMEMBERED.set(lookup, memory);
  }
  const known = memory.shelves[shelf];
  return known.get(host) ?? remembered(known, host, () => mostSpecific(world, lookup, host, shelf));
}

const NO_RULES: readonly MergedRule[] = Object.freeze([]);

/** The rules of the exact host, else of the longest wildcard over it that has any on this shelf. */
function mostSpecific(world: World, lookup: RuleLookup, host: string, shelf: Shelf): readonly MergedRule[] {
  const merged = (group: RuleGroup | undefined): readonly MergedRule[] =>
    group === undefined ? NO_RULES : mergedRules(group, (rule) => stands(world, rule, shelf));
  const exact = merged(lookup.group(host));
  if (exact.length > 0) return exact;
  for (const wildcard of lookup.covering(host)) {
    const rules = merged(lookup.group(wildcard));
    if (rules.length > 0) return rules;
  }
  return NO_RULES;
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
