import type { ServiceEntry } from '../mesh/kinds/service-entry.js';
import { decide } from '../policy/decide.js';
import { egressGatewayTest } from '../policy/egress-gateways.js';
import type { Finding } from '../policy/finding.js';
import { released, wishOf } from '../policy/held-entries.js';
import type { Policy } from '../policy/policy.js';
import { releasing, type HoldGrounds } from './hold.js';
import type { PatchOperation } from './response.js';

/** What may become of an entry that keeps a wish. */
export type Release =
  /** The patch that gives it back. */
  | { readonly patch: readonly PatchOperation[] }
  /** What would be denied if it were given back. */
  | { readonly obstacles: readonly Finding[] };

/**
 * Whether an entry that keeps a wish can be given it back: whether the change to what its author wrote finds nothing that denies.
 * Undefined for an entry without a wish. It does not matter who wrote the annotation, nor whether the policy still holds entries.
 */
export function releaseOf({ world, policy, now }: HoldGrounds, entry: ServiceEntry): Release | undefined {
  const wish = wishOf(entry);
  if (wish === undefined) return undefined;
  // What is held counts as hidden before, whatever the policy says now: else its leaks would count as old ones.
  const holding: Policy = { ...policy, serviceEntries: { ...policy.serviceEntries, unrouted: 'hold' } };
  const change = { old: entry, object: released(entry, wish) };
  const { allowed, findings } = decide(
    { world, isEgressGateway: egressGatewayTest(policy), policy: holding, now },
    change,
  );
  if (allowed) return { patch: releasing(entry, wish) };
  return { obstacles: findings.filter(({ severity }) => severity === 'error') };
}
