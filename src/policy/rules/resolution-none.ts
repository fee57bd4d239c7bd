import { observed } from '../delivery/observed.js';
import type { Rule } from '../rule.js';

/** Calls to an entry that gives the egress gateway nothing to dial. */
export const resolutionNone: Rule = {
  id: 'resolution-none',
  messages: {
    none: {
      message:
        '{calls} from {clients} fail: the gateway is to dial {destination}, and {entry} has resolution NONE, which leaves it without an address',
      mend: 'write resolution DNS',
    },
    'no-endpoint': {
      message:
        '{calls} from {clients} fail: the gateway is to dial {destination}, and {entry} has resolution {resolution} and no endpoint for it',
      mend: 'give it endpoints, or resolution DNS',
    },
  },
  check: (scene) => observed(scene, 'resolution-none'),
};
