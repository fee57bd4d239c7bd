import { observed } from '../delivery/observed.js';
import type { Rule } from '../rule.js';

/** Calls for which the egress gateway has no more than a wildcard to dial. */
export const wildcardUnreachable: Rule = {
  id: 'wildcard-unreachable',
  messages: {
    none: {
      message:
        '{calls} from {clients} fail: the gateway is to dial {destination}, and {entry} has resolution NONE, which leaves it without an address',
      mend: 'send them to a host with its full name here, which a ServiceEntry with resolution DNS declares',
    },
    'dynamic-dns': {
      message:
        '{calls} from {clients} fail: the gateway is to dial {destination}, and resolves no name of {entry}: resolution DYNAMIC_DNS is for sidecars',
      mend: 'send them to a host with its full name here, which a ServiceEntry with resolution DNS declares',
    },
    dns: {
      message:
        '{calls} from {clients} fail: the gateway is to dial {destination}, which is no name that DNS knows, and {entry} has no endpoint',
      mend: 'send them to a host with its full name here, or give the entry endpoints',
    },
  },
  check: (scene) => observed(scene, 'wildcard-unreachable'),
};
