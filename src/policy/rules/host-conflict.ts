import { hostConflicts } from '../delivery/mesh-conflicts.js';
import { observed } from '../delivery/observed.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** VirtualServices for one host of which only the first acts. */
export const hostConflict: Rule = {
  id: 'host-conflict',
  messages: {
    'not-first': {
      message: 'for {calls} from {clients} this VirtualService does nothing: {rival} has the host too, and goes first',
      mend: 'write these rules into {rival}, or remove the host from one of the two',
    },
    'takes-over': {
      message: '{calls} from {clients} were for {rival}, which has the host too, and from now on goes behind',
      mend: 'write these rules into {rival}, or remove the host from one of the two',
    },
    'at-gateway': {
      message:
        '{calls} from {clients} go to {destination}: at Gateway {gateway} {winner} has the host too, and goes before {loser}',
      mend: 'remove the host or Gateway {gateway} from one of the two',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    yield* observed(scene, 'host-conflict');
    yield* hostConflicts(scene);
  },
};
