import { resolveHost } from '../../mesh/host.js';
import type { DestinationRule, Subset } from '../../mesh/kinds/destination-rule.js';
import type { Ordered } from '../../mesh/world/ordered.js';
import { reachKey } from '../../mesh/world/rule-group.js';
import type { World } from '../../mesh/world/world.js';
import type { ObjectChange, Worlds } from '../change.js';
import { sameValue } from './changes-nothing.js';

/** The host that a DestinationRule is for, a short name resolved. */
export function hostOf({ spec, metadata }: DestinationRule, world: World): string {
  return resolveHost(spec.host, metadata.namespace, world.mesh.domain);
}

/**
 * The subsets whose definitions a change of a DestinationRule can touch; undefined where it can touch everything of its host. A
 * gateway's host has a rule for each host behind it, and most changes are about one of them (C3 of the routing notes: rules that
 * agree on exportTo and have no selector are one rule, to which each adds its subsets).
 */
export function changedSubsets(worlds: Worlds, { old, object }: ObjectChange): ReadonlySet<string> | undefined {
  const was = old?.kind === 'DestinationRule' ? old : undefined;
  const is = object?.kind === 'DestinationRule' ? object : undefined;
  const subject = is ?? was;
  if (subject === undefined) return undefined;
  const stands = was !== undefined && is !== undefined && sameButSubsets(was, is);
  return stands || addsSubsetsOnly(worlds, subject, was, is) ? differences(was, is) : undefined;
}

function sameButSubsets(was: DestinationRule, is: DestinationRule): boolean {
  return (
    was.metadata.createdAt === is.metadata.createdAt &&
    sameValue({ ...was.spec, subsets: undefined }, { ...is.spec, subsets: undefined })
  );
}

/** Whether, with or without it, there is one merged rule for the host, of which it gives subsets and nothing else. */
function addsSubsetsOnly(
  { before, after }: Worlds,
  subject: DestinationRule,
  was: DestinationRule | undefined,
  is: DestinationRule | undefined,
): boolean {
  const isPlain = (rule: DestinationRule): boolean =>
    rule.spec.workloadSelector === undefined && sameValue(rule.spec.exportTo, subject.spec.exportTo);
  const versions = [was, is].filter((one) => one !== undefined);
  if (versions.some((one) => !isPlain(one) || one.spec.trafficPolicy !== undefined)) return false;
  if (was !== undefined && is !== undefined && hostOf(was, before) !== hostOf(is, after)) return false;
  return [before, after].every((world) => {
    const group = world.destinationRules(subject.metadata.namespace).group(hostOf(subject, world));
    if (group === undefined) return false;
    const own = reachKey(subject);
    // A reach may be remembered though no rule has it any more.
    const isOne = group.reaches.every((key) => key === own || group.ofReach(key).from() === undefined);
    return isOne && hasOthers(group.ofReach(own), versions);
  });
}

function hasOthers(rules: Ordered<DestinationRule>, versions: readonly DestinationRule[]): boolean {
  let rule = rules.from();
  while (rule !== undefined && versions.includes(rule)) rule = rules.behind(rule);
  return rule !== undefined;
}

function differences(was: DestinationRule | undefined, is: DestinationRule | undefined): ReadonlySet<string> {
  const [before, after] = [byName(was), byName(is)];
  const names = new Set<string>();
  for (const name of [...before.keys(), ...after.keys()]) {
    if (!sameValue(before.get(name), after.get(name))) names.add(name);
  }
  return names;
}

/** Of two subsets of one name in one rule the first counts. */
function byName(rule: DestinationRule | undefined): ReadonlyMap<string, Subset> {
  return new Map(rule?.spec.subsets.toReversed().map((subset) => [subset.name, subset]));
}
