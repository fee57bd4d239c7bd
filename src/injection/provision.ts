import type { DestinationRule } from '../mesh/kinds/destination-rule.js';
import type { World } from '../mesh/world/world.js';
import { MANAGED_BY, WANTED_BY, type WantedSubset } from './wanted.js';

/** Whether the DestinationRule of a wanted subset has to be applied: a destination is to name it, or names it while nobody defines it. */
export function isDue(world: World, { unnamed, subset, rule }: WantedSubset): boolean {
  if (unnamed.length > 0) return true;
  return !rulesBeside(world, rule).some(({ spec }) => spec.subsets.some(({ name }) => name === subset));
}

/**
 * Why a wanted subset cannot be provided, in words for its author; undefined where it can.
 *
 * @param most - how many injected subsets the routes of one namespace may ask for
 */
export function obstacleTo(world: World, { rule }: WantedSubset, most: number): string | undefined {
  const { namespace, name } = rule.metadata;
  const known = world.object('DestinationRule', namespace, name);
  if (known?.kind === 'DestinationRule') {
    return known.spec.host === rule.spec.host ? undefined : `DestinationRule ${namespace}/${name} is for another host`;
  }
  const wantedBy = rule.metadata.labels[WANTED_BY];
  const count = rulesBeside(world, rule).filter(
    (one) => isInjected(one) && one.metadata.labels[WANTED_BY] === wantedBy,
  );
  if (count.length < most) return undefined;
  return `the routes of namespace ${wantedBy ?? ''} have asked for ${most} subsets, as many as they may (injection.maxPerNamespace)`;
}

/** The DestinationRules for the same host in the same namespace. */
function rulesBeside(world: World, { metadata, spec }: DestinationRule): readonly DestinationRule[] {
  return world.destinationRules(metadata.namespace).of(spec.host);
}

function isInjected({ metadata }: DestinationRule): boolean {
  return Object.entries(MANAGED_BY).every(([key, value]) => metadata.labels[key] === value);
}
