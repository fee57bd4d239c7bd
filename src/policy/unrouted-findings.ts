import type { ServiceEntry } from '../mesh/kinds/service-entry.js';
import type { Finding } from './finding.js';

/** Reasons of `direct-egress` that a VirtualService which is still to come can take away. */
const WAITING: ReadonlySet<string> = new Set(['no-route', 'port-uncovered', 'address-capture']);

/**
 * Whether a finding says no more of an entry than that nothing routes its calls to the gateway yet: what is wrong is not in the
 * entry, and the routes may be the next thing that is applied.
 */
export function waitsForRoutes({ rule, reason, object }: Finding, { kind, metadata }: ServiceEntry): boolean {
  const { namespace, name } = metadata;
  const isOwn = object.kind === kind && object.namespace === namespace && object.name === name;
  return isOwn && rule === 'direct-egress' && WAITING.has(reason);
}
