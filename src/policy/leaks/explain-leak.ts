import { dialled } from './dialled.js';
import type { Leak, LeakExplanation } from './leak.js';
import { leakValues } from './leak.js';
import { routed } from './routed.js';
import { unrouted } from './unrouted.js';

/** What a person must know of a leak: the reason, where it stands, and who else has a part in it. */
export function explainLeak(leak: Leak): LeakExplanation {
  const { object } = leak.source;
  switch (object.kind) {
    case 'Sidecar':
      return {
        message: 'fallthrough/egress-proxy',
        object,
        field: 'spec.outboundTrafficPolicy.egressProxy',
        values: leakValues(leak),
      };
    case 'VirtualService':
      return dialled(leak) ?? routed(leak, object);
    case 'ServiceEntry':
    case 'Service':
      return dialled(leak) ?? unrouted(leak, object);
    default:
      throw new Error(`a ${object.kind} sends no call out of the mesh`);
  }
}
