import type { Service } from '../../mesh/kinds/service.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { covers, resolveHost } from '../../mesh/host.js';
import type { World } from '../../mesh/world/world.js';
import { egressGatewayNamed } from '../../routing/egress-gateways.js';
import { GatewayProxy } from '../../routing/gateway/gateway-proxy.js';
import type { Arrival } from '../../routing/arrival.js';
import { serversOf } from '../../routing/gateway/hop.js';
import type { PortServers } from '../../routing/gateway/servers.js';
import type { ClusterOutcome } from '../../routing/outcome.js';
import type { Way } from '../../routing/way.js';
import type { TracedCall } from '../comparison.js';
import type { Scene } from '../rule.js';
import type { TouchedCall } from '../touched/touched-calls.js';

/** One way of a call to an egress gateway, and one thing that happens to it there. */
export interface Hop {
  readonly scene: Scene;
  readonly traced: TracedCall;
  /** The VirtualService in which the rule stands that sends the call to the gateway. */
  readonly sender: VirtualService;
  /** The same, or those that delegate to it. */
  readonly roots: readonly VirtualService[];
  readonly way: Way;
  readonly cluster: ClusterOutcome;
  readonly gateway: Service;
  /** Undefined where the call does not get as far. */
  readonly arrived: Arrived | undefined;
}

export interface Arrived {
  readonly arrival: Arrival;
  readonly proxy: GatewayProxy;
  readonly servers: PortServers;
  readonly next: Way;
}

/**
 * The ways by which VirtualServices send the calls of their own hosts to an egress gateway. A call that leaks as well is not looked
 * at: it has other mends first.
 */
export function* hopsOf(scene: Scene): Generator<Hop> {
  for (const traced of scene.calls) {
    if (traced.verdict !== 'broken' && traced.verdict !== 'delivered') continue;
    for (const way of traced.ways) yield* hopsOfWay(scene, traced, way);
  }
}

function* hopsOfWay(scene: Scene, traced: TracedCall, way: Way): Generator<Hop> {
  const { outcome, source, next = [], arrival } = way;
  if (outcome.type !== 'cluster' || outcome.mirror === true || source?.object.kind !== 'VirtualService') return;
  if (next.length === 0 && outcome.missing !== true) return;
  const { world, isEgressGateway } = scene.topology;
  const gateway = egressGatewayNamed(world, isEgressGateway, outcome.host);
  if (gateway === undefined) return;
  const roots = rootsOf(world, source.object);
  if (!roots.some((route) => isOver(world, route, traced.touched))) return;
  const hop = { scene, traced, sender: source.object, roots, way, cluster: outcome, gateway };
  const target = arrival === undefined ? undefined : GatewayProxy.targetPort(gateway, arrival.port);
  if (arrival === undefined || target === undefined) {
    yield { ...hop, arrived: undefined };
    return;
  }
  const proxy = GatewayProxy.of(world, gateway);
  const servers = serversOf(proxy, target);
  for (const one of next) yield { ...hop, arrived: { arrival, proxy, servers, next: one } };
}

/** The VirtualServices whose hosts a rule serves: the one in which it stands, or those that delegate to that. */
export function rootsOf(world: World, route: VirtualService): readonly VirtualService[] {
  if (route.spec.hosts.length > 0) return [route];
  return world.delegators.of(`${route.metadata.namespace}/${route.metadata.name}`);
}

/** Bytes go wherever a port leads, whatever host was meant: only those that mean a host of the VirtualService tell of it. */
function isOver(world: World, { spec, metadata }: VirtualService, { call }: TouchedCall): boolean {
  const { domain } = world.mesh;
  const host = call.host.toLowerCase();
  return spec.hosts.some((one) => covers(resolveHost(one, metadata.namespace, domain).toLowerCase(), host));
}

/** How a sentence names the host that the gateway is asked for. */
export function hostInWords({ traced, arrived }: Hop): string {
  const { call, hostInWords: words } = traced.touched;
  const asked = arrived?.arrival.host;
  return asked === undefined || asked === call.host.toLowerCase() ? words : asked;
}

/** `istio-system/istio-egressgateway`. */
export function serviceName({ gateway }: Pick<Hop, 'gateway'>): string {
  return `${gateway.metadata.namespace}/${gateway.metadata.name}`;
}
