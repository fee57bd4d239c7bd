import { resolveHost } from '../../mesh/host.js';
import type { DestinationRule, Subset, TrafficPolicy } from '../../mesh/kinds/destination-rule.js';
import { selects } from '../../mesh/metadata.js';
import type { World } from '../../mesh/world/world.js';
import type { ClusterProxy } from '../destination/cluster.js';
import { stands, type EffectiveRule, type RuleChoice } from '../destination/destination-rules.js';
import type { ClusterOutcome } from '../outcome.js';
import type { Place } from './fields.js';
import { step, type Loser, type LossReason, type StepOf } from './step.js';

/** The DestinationRule of a cluster, whether it has the subset, and which others there are for the host (C1 to C3). */
export function policyStep(
  proxy: ClusterProxy,
  owner: string,
  { host, subset }: ClusterOutcome,
  { rule, namespace }: RuleChoice,
): StepOf<'policy'> {
  const { world } = proxy;
  const path = [...new Set([proxy.namespace, owner, world.mesh.rootNamespace])];
  const values = { host, subset: subset ?? '', namespace: proxy.namespace, path: path.join(', '), owner };
  const all = rulesFor(world, host);
  const [first] = rule?.from ?? [];
  // A namespace can decide by rules that are for other pods.
  const decider = first ?? all.find(({ metadata }) => metadata.namespace === namespace);
  const losers = all
    .filter((one) => rule?.from.includes(one) !== true)
    .map((one) => loser(proxy, one, path, decider, all));
  if (subset !== undefined) {
    const defined = definition(rule, subset);
    if (defined !== undefined) return step('policy', 'subset', defined, values, losers);
    if (first === undefined) return step('policy', 'no-rule-for-subset', undefined, values, losers);
    const merged = String((rule?.from.length ?? 1) - 1);
    return step('policy', 'no-subset', { object: first, field: 'spec.subsets' }, { ...values, merged }, losers);
  }
  if (first === undefined) return step('policy', 'no-rule', undefined, values, losers);
  return step('policy', 'rule', { object: first, field: 'spec.host' }, values, losers);
}

/** Where a subset is defined: of several merged rules in the oldest that has it. */
export function definition(
  rule: EffectiveRule | undefined,
  name: string,
): (Place & { readonly subset: Subset }) | undefined {
  for (const object of rule?.from ?? []) {
    const index = object.spec.subsets.findIndex((one) => one.name === name);
    const subset = object.spec.subsets[index];
    if (subset !== undefined) return { object, field: `spec.subsets[${index}]`, subset };
  }
  return undefined;
}

/** Every DestinationRule of the world for a host. */
function rulesFor(world: World, host: string): readonly DestinationRule[] {
  return [...world.ruleNamespaces()].flatMap((namespace) => {
    const lookup = world.destinationRules(namespace);
    return [host, ...lookup.covering(host)].flatMap((name) => lookup.of(name));
  });
}

/** `decider` is of the namespace that decides, and the rule that counts where one does. */
function loser(
  proxy: ClusterProxy,
  object: DestinationRule,
  path: readonly string[],
  decider: DestinationRule | undefined,
  all: readonly DestinationRule[],
): Loser {
  const lose = (reason: LossReason, field: string): Loser =>
    decider === undefined ? { object, field, reason } : { object, field, reason, by: { object: decider, field } };
  const { namespace } = object.metadata;
  if (!path.includes(namespace)) return { object, field: 'metadata.namespace', reason: 'off-path' };
  if (!isOnShelf(proxy, object)) return { object, field: 'spec.exportTo', reason: 'not-exported' };
  if (decider !== undefined && decider.metadata.namespace !== namespace) {
    return lose('nearer-namespace', 'metadata.namespace');
  }
  const { workloadSelector } = object.spec;
  if (workloadSelector !== undefined && !selects(workloadSelector, proxy.labels)) {
    return { object, field: 'spec.workloadSelector', reason: 'other-pods' };
  }
  if (decider !== undefined && hostOf(proxy.world, decider) !== hostOf(proxy.world, object)) {
    return lose('less-specific', 'spec.host');
  }
  if (decider?.spec.workloadSelector !== undefined) return lose('less-specific', 'spec.workloadSelector');
  if (decider !== undefined) return lose('older', 'metadata.creationTimestamp');
  const hidden = all.find((one) => one.metadata.namespace === namespace && !isOnShelf(proxy, one));
  const merged: Loser = { object, field: 'spec.exportTo', reason: 'merged' };
  return hidden === undefined ? merged : { ...merged, by: { object: hidden, field: 'spec.exportTo' } };
}

/** Whether a proxy finds a rule in the rule's own namespace, if it comes to look there: for its own, or for what is exported. */
function isOnShelf({ world, namespace }: ClusterProxy, rule: DestinationRule): boolean {
  const { rootNamespace } = world.mesh;
  const isOwn = rule.metadata.namespace === namespace;
  if (isOwn && stands(world, rule, namespace === rootNamespace ? 'private' : 'visible')) return true;
  const { exportTo } = rule.spec;
  return (
    stands(world, rule, 'exported') && (exportTo.length === 0 || exportTo.includes('*') || exportTo.includes(namespace))
  );
}

function hostOf(world: World, { spec, metadata }: DestinationRule): string {
  return resolveHost(spec.host, metadata.namespace, world.mesh.domain);
}

/** Where the setting stands that holds for a port of a cluster (C6); undefined where no DestinationRule sets it. */
export function settingPlace(
  rule: EffectiveRule | undefined,
  subset: Subset | undefined,
  port: number,
  setting: 'tls' | 'loadBalancer',
): Place | undefined {
  for (const object of rule?.from ?? []) {
    const index = subset === undefined ? -1 : object.spec.subsets.indexOf(subset);
    const inner = index < 0 ? undefined : object.spec.subsets[index]?.trafficPolicy;
    const field = settingField(inner, port, setting);
    if (field !== undefined) return { object, field: `spec.subsets[${index}].${field}` };
  }
  for (const object of rule?.from ?? []) {
    if (object.spec.trafficPolicy !== rule?.trafficPolicy) continue;
    const field = settingField(object.spec.trafficPolicy, port, setting);
    if (field !== undefined) return { object, field: `spec.${field}` };
  }
  return undefined;
}

function settingField(
  policy: TrafficPolicy | undefined,
  port: number,
  setting: 'tls' | 'loadBalancer',
): string | undefined {
  if (policy === undefined) return undefined;
  const index = policy.portLevelSettings.findIndex((settings) => settings.port === port);
  if (policy.portLevelSettings[index]?.[setting] !== undefined) {
    return `trafficPolicy.portLevelSettings[${index}].${setting}`;
  }
  return policy[setting] === undefined ? undefined : `trafficPolicy.${setting}`;
}
