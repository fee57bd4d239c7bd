import { observed } from '../delivery/observed.js';
import type { Rule } from '../rule.js';

/** Calls that the egress gateway sends to an egress gateway again. */
export const gatewayLoop: Rule = {
  id: 'gateway-loop',
  messages: {
    'back-to-gateway': {
      message:
        '{calls} from {clients} fail: this rule, by which the gateway takes them, sends them to the gateway again',
      mend: 'send them to {host} here',
    },
    unscoped: {
      message:
        '{calls} from {clients} fail: this rule is for the gateway as well as for the sidecars, so the gateway sends them to itself',
      mend: 'write match.gateways [mesh] into it, and have another rule for the gateway that sends them to {host}',
    },
    entry: {
      message:
        '{calls} from {clients} fail: the gateway is to dial {destination}, and {entry} has the gateway itself among its endpoints',
      mend: 'give it endpoints outside, or none: then the host itself is dialled',
    },
  },
  check: (scene) => observed(scene, 'gateway-loop'),
};
