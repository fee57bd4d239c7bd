import type { ObjectChange } from '../policy/change.js';
import { decide } from '../policy/decide.js';
import { egressGatewayTest } from '../policy/egress-gateways.js';
import type { Finding } from '../policy/finding.js';
import type { HoldGrounds } from './hold.js';

/**
 * The leaks that a change which has come about brought into a world: those that would have been denied, had the change been judged in
 * this world. The world is the one after it, and with all that came since.
 */
export function newLeaks({ world, policy, now }: HoldGrounds, change: ObjectChange): readonly Finding[] {
  const { findings } = decide({ world, isEgressGateway: egressGatewayTest(policy), policy, now }, change);
  return findings.filter(({ rule, severity }) => rule === 'direct-egress' && severity === 'error');
}
