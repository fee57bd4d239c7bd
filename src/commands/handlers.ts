import { parseYaml } from '../files/yaml/parse.js';
import { DecisionMemory } from '../admission/decision-memory.js';
import { mutate, type OnHeld } from '../admission/mutate.js';
import { RecentChanges } from '../admission/recent-changes.js';
import { validate, type Grounds } from '../admission/validate.js';
import type { World } from '../mesh/world/world.js';
import type { Policy } from '../policy/policy.js';
import type { AdmissionHandlers } from '../server/admission-routes.js';
import type { Asking } from './world-source.js';

/** What judging needs. The policy and the world's age are asked for at every review, for both change. */
export interface Judgement {
  readonly world: World;
  readonly policy: () => Policy;
  /** Milliseconds since the world was last known to be complete. */
  readonly age: () => number;
  readonly apply: (manifest: unknown, asking: Asking) => Promise<void>;
  /** Whether what is let through comes about in the world, which then is about to change. */
  readonly comesAbout: boolean;
  /** Told of each entry that is held until its routes are there. */
  readonly onHeld?: OnHeld;
}

export type HandlersFor = (judgement: Judgement) => AdmissionHandlers;

/** The webhooks over a world that changes under them. */
export const handlersFor: HandlersFor = ({ world, policy, age, apply, comesAbout, onHeld }) => {
  const recent = new RecentChanges();
  const memory = new DecisionMemory();
  const grounds = (now: number): Grounds => ({
    world: recent.over(world, now),
    policy: policy(),
    now,
    worldAge: age(),
    parseYaml,
    memory,
    ...(comesAbout
      ? {
          admitted: (change) => {
            recent.admitted(world, change, now);
          },
        }
      : {}),
  });
  return {
    validate: (request) => validate(request, grounds(Date.now())),
    mutate: (request, deadline) =>
      mutate(request, grounds(Date.now()), (manifest) => apply(manifest, deadline), onHeld),
  };
};
