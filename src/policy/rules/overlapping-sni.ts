import { sniConflicts } from '../delivery/mesh-conflicts.js';
import { observed } from '../delivery/observed.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** One SNI in two places, of which one does not count. */
export const overlappingSni: Rule = {
  id: 'overlapping-sni',
  messages: {
    'server-refused': {
      message:
        '{calls} from {clients} fail: {rival} has a server with TLS for the same host on port {port} before this one, which Istio leaves out',
      mend: 'name the host in one server alone, and bind {route} to that',
    },
    'match-skipped': {
      message:
        '{calls} from {clients} fail: at the gateway an earlier match has an SNI of this one, so the gateway leaves out all of it',
      mend: 'give each SNI one match for the gateway',
    },
    'two-lists': {
      message:
        '{calls} from {clients} may break: {rival} has the SNI in another list, and then a sidecar refuses the whole listener',
      mend: 'give each SNI one match, or have the same list of them in both',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    yield* observed(scene, 'overlapping-sni');
    yield* sniConflicts(scene);
  },
};
