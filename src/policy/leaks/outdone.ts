import { covers, isWildcard } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { Lead } from '../leads.js';
import { nameOf } from '../object-name.js';
import type { Leak, LeakExplanation } from './leak.js';
import { viewOf, type Standing } from './standing.js';

/** A rule to the gateway is there for the client, the port and the protocol, and something else keeps it from the call. */
export function outdone(leak: Leak, standing: Standing, lead: Lead): LeakExplanation {
  const { object, field } = standing;
  const { host } = leak.traced.touched.call;
  const values = { ...standing.values, route: nameOf(lead.route) };
  const subnets = lead.match !== undefined && 'destinationSubnets' in lead.match ? lead.match.destinationSubnets : [];
  if (subnets.length > 0) {
    const place = { object: lead.owner, field: `${lead.field}.destinationSubnets` };
    return { message: 'fallthrough/subnets', ...place, values: { ...values, subnets: subnets.join(', ') } };
  }
  const owner = ownerOf(leak, standing);
  if (owner !== undefined && owner !== lead.route) {
    const index = owner.spec.hosts.findIndex((one) => covers(one.toLowerCase(), standing.declared.toLowerCase()));
    const place = { object: owner, field: `spec.hosts[${Math.max(index, 0)}]` };
    return { message: 'shadowed/owner', ...place, values: { ...values, rival: nameOf(lead.route) } };
  }
  if (isWildcard(standing.declared) && lead.route.spec.hosts.includes(host)) {
    return { message: 'port-uncovered/undeclared-name', object, field, values };
  }
  return { message: 'no-route', object, field, values };
}

/** The VirtualService to which a host belongs in HTTP, before its rules are looked at: the closest in name (A6.4). */
function ownerOf(leak: Leak, standing: Standing): VirtualService | undefined {
  const routes = viewOf(leak, standing)?.routes;
  const name = standing.declared.toLowerCase();
  const [exact] = routes?.namedInAnyCase(name) ?? [];
  if (exact !== undefined) return exact;
  for (const pattern of leak.scene.topology.world.routes.covering(name)) {
    const [owner] = routes?.named(pattern) ?? [];
    if (owner !== undefined) return owner;
  }
  return undefined;
}
