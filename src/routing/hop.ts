import type { Call } from './call.js';
import type { ClusterWay } from './destination/route-ways.js';
import { egressGatewayNamed } from './egress-gateways.js';
import { gatewayWays, hopOf } from './gateway/hop.js';
import type { Outcome } from './outcome.js';
import type { Topology } from './topology.js';
import type { Trail } from './trail.js';
import { NO_LISTENER, outcomesOf, type Way } from './way.js';

/** Ways to the same cluster with the same Host share what happens behind it: a VirtualService may have thousands of rules. */
export function hopped(ways: readonly (Way | ClusterWay)[], hop: (way: Way | ClusterWay) => Way): readonly Way[] {
  if (ways.length < 2) return ways.map(hop);
  const known = new Map<Outcome, Map<string | undefined, Way>>();
  return ways.map((way) => {
    let byHost = known.get(way.outcome);
    if (byHost === undefined) known.set(way.outcome, (byHost = new Map<string | undefined, Way>()));
    const host = 'host' in way ? way.host : undefined;
    const done = byHost.get(host);
    if (done !== undefined) return { ...done, source: way.source };
    const made = hop(way);
    byHost.set(host, made);
    return made;
  });
}

/** T7: what an egress gateway does with the call that the sidecar sends it. */
export function withHop(topology: Topology, way: Way | ClusterWay, call: Call, trail: Trail | undefined): Way {
  const { outcome } = way;
  if (outcome.type !== 'cluster' || outcome.missing === true) return way;
  const gateway = egressGatewayNamed(topology.world, topology.isEgressGateway, outcome.host);
  if (gateway === undefined) return way;
  const behind = trail?.behind(gateway);
  const arrival = hopOf(gateway, outcome, call, 'host' in way ? way.host : undefined);
  const next = arrival === undefined ? [NO_LISTENER] : gatewayWays(topology.world, gateway, arrival, behind);
  const reached = { ...outcome, then: outcomesOf(next) };
  behind?.ended(reached);
  return arrival === undefined ? { ...way, outcome: reached, next } : { ...way, outcome: reached, next, arrival };
}
