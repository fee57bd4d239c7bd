import { mutate } from '../admission/mutate.js';
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
}

export type HandlersFor = (judgement: Judgement) => AdmissionHandlers;

/** The webhooks over a world that changes under them. */
export const handlersFor: HandlersFor = ({ world, policy, age, apply }) => {
  const grounds = (): Grounds => ({ world, policy: policy(), worldAge: age() });
  return {
    validate: (request) => validate(request, grounds()),
    mutate: (request, deadline) => mutate(request, grounds(), (manifest) => apply(manifest, deadline)),
  };
};
