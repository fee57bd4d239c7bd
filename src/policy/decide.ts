import type { World } from '../mesh/world/world.js';
import type { IsEgressGateway } from '../routing/egress-gateways.js';
import { worldsOf, type ObjectChange } from './change.js';
import { compare } from './comparison.js';
import { compareFindings, type Finding } from './finding.js';
import { imagineEntries } from './imagined-entries.js';
import { mendsOnly, noveltyOf } from './newness.js';
import type { Policy } from './policy.js';
import type { Scene } from './rule.js';
import { RULES } from './rules/all.js';
import { findingsOf } from './telling.js';
import { touchedCalls } from './touched-calls.js';

/** What becomes of a change. */
export interface Decision {
  readonly allowed: boolean;
  /** What is new and counts, in the order in which it is told: errors deny, warnings are told, infos are for the record. */
  readonly findings: readonly Finding[];
  /** How many findings were there before the change and still are. */
  readonly old: number;
}

/**
 * Judges a change: the world as it would be against the world as it is, for every client that can differ. What the change makes
 * worse counts; what was wrong before never blocks it.
 */
export function decide(world: World, isEgressGateway: IsEgressGateway, policy: Policy, change: ObjectChange): Decision {
  const { worlds, imagined } = imagineEntries(worldsOf(world, change), change);
  const { old: was, object } = change;
  const objects = [was, object].filter((one) => one !== undefined);
  const calls = touchedCalls([worlds.before, worlds.after], objects);
  const comparisons = compare(worlds, isEgressGateway, calls);
  const before: Scene = {
    topology: { world: worlds.before, isEgressGateway },
    subject: was,
    removed: undefined,
    calls: comparisons.map((one) => one.before),
    imagined,
  };
  const after: Scene = {
    topology: { world: worlds.after, isEgressGateway },
    subject: object,
    removed: object === undefined ? was : undefined,
    calls: comparisons.map((one) => one.after),
    imagined,
  };
  const mends = mendsOnly(comparisons, imagined);
  const findings: Finding[] = [];
  let old = 0;
  for (const rule of RULES) {
    const novelty = noveltyOf(rule, before, after, change);
    old += novelty.old;
    const isLeak = rule.id === 'direct-egress' || rule.id === 'outbound-any';
    const counted = rule.id === 'direct-egress' && !mends ? [...novelty.fresh, ...novelty.authored] : novelty.fresh;
    findings.push(...findingsOf(counted, rule, policy, mends && !isLeak));
  }
  findings.sort(compareFindings);
  return { allowed: !findings.some(({ severity }) => severity === 'error'), findings, old };
}
