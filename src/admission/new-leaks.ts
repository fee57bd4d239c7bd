import type { World } from '../mesh/world/world.js';
import type { ObjectChange } from '../policy/change.js';
import { decide } from '../policy/decide.js';
import { egressGatewayTest } from '../policy/egress-gateways.js';
import type { Finding } from '../policy/finding.js';
import type { Policy } from '../policy/policy.js';

/**
 * The leaks that a change which has come about brought into a world: those that would have been denied, had the change been judged in
 * this world. The world is the one after it, and with all that came since.
 */
export function newLeaks(world: World, policy: Policy, change: ObjectChange): readonly Finding[] {
  const { findings } = decide(world, egressGatewayTest(policy), policy, change);
  return findings.filter(({ rule, severity }) => rule === 'direct-egress' && severity === 'error');
}
