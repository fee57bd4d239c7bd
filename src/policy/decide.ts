import { worldsOf, type ObjectChange, type Worlds } from './change.js';
import { compare, type Comparison } from './comparison.js';
import type { Circumstances, Decision } from './decision.js';
import { reasonOf } from './describe.js';
import { holdingGatewayTest } from './egress-gateways.js';
import { imagineEntries, type ImaginedWorlds } from './imagined-entries.js';
import { mendsOnly, noveltyOf } from './newness.js';
import type { Explanation, Rule, Scene } from './rule.js';
import { RULES } from './rules/all.js';
import { Tally } from './tally.js';
import { touchedCalls } from './touched/touched-calls.js';

/** So many calls are traced before it is looked whether the change is denied already. */
const SLICE = 2_000;

/**
 * Judges a change: the world as it would be against the world as it is, for every client that can differ. What the change makes
 * worse counts; what was wrong before never blocks it. Of a change that moves very many calls not all are traced once some of them
 * deny it.
 */
export function decide(circumstances: Circumstances, change: ObjectChange): Decision {
  const { world, isEgressGateway, policy } = circumstances;
  // An annotation of somebody's own must hide nothing where nothing is held.
  const holder = policy.serviceEntries.unrouted === 'hold' ? holdingGatewayTest(policy, world) : undefined;
  const ground = imagineEntries(worldsOf(world, change), change, holder);
  const judgement = new Judgement(ground, circumstances, change);
  const calls = touchedCalls(ground.worlds, change);
  const comparisons: Comparison[] = [];
  for (let start = 0; start < calls.length; start += SLICE) {
    const slice = compare(ground.worlds, isEgressGateway, calls.slice(start, start + SLICE), holder);
    for (const one of slice) comparisons.push(one);
    if (start + SLICE < calls.length && !judgement.of(slice, LEAK_RULES).allowed) break;
  }
  return judgement.of(comparisons, RULES);
}

/** A leak is never made up for by what the rest of the change mends. */
const LEAK_RULES = RULES.filter(({ id }) => isLeakRule(id));

function isLeakRule(id: Rule['id']): boolean {
  return id === 'direct-egress' || id === 'outbound-any';
}

/** What the rules say of traced calls of one change. */
class Judgement {
  readonly #before: Omit<Scene, 'calls'>;
  readonly #after: Omit<Scene, 'calls'>;
  readonly #circumstances: Circumstances;
  readonly #change: ObjectChange;

  constructor({ worlds, imagined }: ImaginedWorlds, circumstances: Circumstances, change: ObjectChange) {
    const { isEgressGateway, now } = circumstances;
    const { old, object } = change;
    const topology = (side: keyof Worlds) => ({ world: worlds[side], isEgressGateway });
    this.#before = { topology: topology('before'), subject: old, removed: undefined, former: undefined, now, imagined };
    const removed = object === undefined ? old : undefined;
    this.#after = { topology: topology('after'), subject: object, removed, former: old, now, imagined };
    this.#circumstances = circumstances;
    this.#change = change;
  }

  of(comparisons: readonly Comparison[], rules: readonly Rule[]): Decision {
    const before = { ...this.#before, calls: comparisons.map((one) => one.before) };
    const after = { ...this.#after, calls: comparisons.map((one) => one.after) };
    const mends = mendsOnly(comparisons, after.imagined);
    const tally = new Tally(this.#circumstances, after.topology.world);
    let old = 0;
    for (const rule of rules) {
      const novelty = noveltyOf(rule, before, after, this.#change);
      old += novelty.old;
      const counted = rule.id === 'direct-egress' && !mends ? [...novelty.fresh, ...novelty.authored] : novelty.fresh;
      const mended = mends && !isLeakRule(rule.id);
      tally.add(rule, counted, (explanation) => mended || this.#isOnlyUnrouted(rule, explanation));
    }
    return tally.decision(old, this.#expiry());
  }

  /** A ServiceEntry that comes before its routes, where the policy lets it. */
  #isOnlyUnrouted(rule: Rule, { message, object }: Explanation): boolean {
    const isOwn = object.kind === 'ServiceEntry' && object === this.#change.object;
    const isAllowed = this.#circumstances.policy.serviceEntries.unrouted === 'warn';
    return isOwn && isAllowed && rule.id === 'direct-egress' && reasonOf(message) === 'no-route';
  }

  /** An exemption that is to be granted is another one once it has expired. */
  #expiry(): number {
    const { object } = this.#change;
    return object?.kind === 'EgressExemption' ? object.spec.expires : Infinity;
  }
}
