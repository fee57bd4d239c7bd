import type { World } from '../mesh/world/world.js';
import type { ObjectChange } from '../policy/change.js';
import type { Decision } from '../policy/decision.js';
import type { Policy } from '../policy/policy.js';
import type { AdmissionRequest } from './review.js';

/** What a request was found to ask, and what was decided of it. */
export interface Judged {
  readonly change: ObjectChange;
  readonly decision: Decision;
}

/** What a decision depends on beside the request. */
export interface Ground {
  readonly world: World;
  readonly policy: Policy;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** How many decisions are kept, and of requests of what size in characters: some 10 MB at the most. */
const MOST_KEPT = 512;
const LONGEST_KEPT = 20_000;

/**
 * Decisions of a moment ago, for the same question asked again: GitOps controllers send the same objects over and over, dry or not, and
 * every replica of them does. A decision is a function of the world, the policy and the request, so it holds until one of them is
 * another one, or an exemption that it rests on has expired; everything is forgotten as soon as the world or the policy changes.
 */
export class DecisionMemory {
  readonly #kept = new Map<string, Judged>();
  #world: World | undefined;
  #version = 0;
  #policy: Policy | undefined;

  /** @param judge - decides where nothing is remembered; what it throws is not */
  judged(
    request: AdmissionRequest,
    { world, policy, now }: Ground,
    judge: () => Judged | undefined,
  ): Judged | undefined {
    if (world !== this.#world || world.version !== this.#version || policy !== this.#policy) {
      this.#kept.clear();
      this.#world = world;
      this.#version = world.version;
      this.#policy = policy;
    }
    const { question } = request;
    if (question === undefined || question.length > LONGEST_KEPT) return judge();
    const known = this.#kept.get(question);
    if (known !== undefined && now < known.decision.until) return known;
    const found = judge();
    if (found === undefined) return undefined;
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(question, found);
    return found;
  }
}
