import type { ObjectChange } from './change.js';
import type { Comparison } from './comparison.js';
import type { Observation, Rule, Scene } from './rule.js';

/** What a rule sees after a change, told apart by whether the change brought it. */
export interface Novelty {
  readonly fresh: readonly Observation[];
  /** How many were there before and still are. */
  readonly old: number;
  /** Of the old ones those that another object decided before: the author of the new one is told of them all the same. */
  readonly authored: readonly Observation[];
}

const NOTHING: Novelty = { fresh: [], old: 0, authored: [] };

/** Holds what a rule sees after a change against what it saw before. The same client's same call is compared, whoever decides it. */
export function noveltyOf(rule: Rule, before: Scene, after: Scene, change: ObjectChange): Novelty {
  const seen = [...rule.check(after)];
  if (seen.length === 0) return NOTHING;
  const known = new Set<string>();
  for (const { identity } of rule.check(before)) known.add(identity);
  const isKnown = ({ identity, wider }: Observation): boolean =>
    known.has(identity) || (wider !== undefined && known.has(wider));
  const fresh = seen.filter((one) => !isKnown(one));
  const stayed = seen.filter(isKnown);
  return { fresh, old: stayed.length, authored: authored(stayed, before, change) };
}

/**
 * Who writes a direct route himself is told so, although the call leaked before he did: by another object's doing, or because
 * nothing routed it.
 */
function authored(
  stayed: readonly Observation[],
  before: Scene,
  { object, old }: ObjectChange,
): readonly Observation[] {
  if (object?.kind !== 'VirtualService') return [];
  const mine = stayed.filter(({ decider }) => decider === object);
  if (mine.length === 0 || old === undefined) return mine;
  const wasMine = before.calls.some(({ ways }) => ways.some(({ source }) => source?.object === old));
  return wasMine ? [] : mine;
}

/**
 * Whether a change stops some leak and opens none: then what it breaks or leaves undone does not block it, for a call that fails harms
 * less than one that leaves.
 */
export function mendsOnly(comparisons: readonly Comparison[], imagined: Scene['imagined']): boolean {
  let mends = false;
  for (const { before, after } of comparisons) {
    // What leaves through an entry that only the judgement assumes does not leave.
    const wasReal = !before.ways.some(
      ({ source }) => source?.object.kind === 'ServiceEntry' && imagined.has(source.object),
    );
    if (badness(after) > (wasReal ? badness(before) : 0)) return false;
    if (wasReal && before.verdict === 'leaks' && after.verdict !== 'leaks') mends = true;
  }
  return mends;
}

function badness({ verdict }: Comparison['after']): number {
  switch (verdict) {
    case 'leaks':
      return 2;
    case 'passthrough':
      return 1;
    case 'broken':
    case 'delivered':
    case 'blocked':
      return 0;
  }
}
