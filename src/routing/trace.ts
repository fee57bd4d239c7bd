import type { MeshObject } from '../mesh/mesh-object.js';
import type { Call, Client } from './call.js';
import { clusterOf } from './destination/cluster.js';
import { byteWays, httpWays, type ClusterWay, type DestinationReading } from './destination/route-ways.js';
import { arrivalOf, gatewayWays } from './gateway/hop.js';
import { hopped, withHop } from './hop.js';
import { rulesOf } from './http-routes.js';
import { chainFor } from './sidecar/filter-chains.js';
import { CommonHosts } from './sidecar/common-hosts.js';
import { hostOf, httpReading, unrouted } from './sidecar/http-host.js';
import { listenerFor, type Listener } from './sidecar/listener.js';
import { SidecarProxy } from './sidecar/sidecar-proxy.js';
import { VirtualHosts, type VirtualHost } from './sidecar/virtual-host.js';
import type { Topology } from './topology.js';
import type { Trail } from './trail.js';
import { NO_LISTENER, type Source, type Way } from './way.js';

export type { Topology };

/**
 * Everything that can happen to a call, as istiod programs it into the client's sidecar and into the egress gateway behind it.
 *
 * For HTTP the path, the headers, the method and the query are open: every route that some request could take counts, up to the
 * first that takes them all.
 *
 * @param trail - is told what each step decided
 */
export function trace(topology: Topology, client: Client, call: Call, trail?: Trail): readonly Way[] {
  if (client.kind === 'gateway') {
    const [namespace = '', name = ''] = client.service.split('/');
    const service = topology.world.object('Service', namespace, name);
    return service?.kind === 'Service' ? gatewayWays(topology.world, service, arrivalOf(call), trail) : [NO_LISTENER];
  }
  const proxy = new SidecarProxy(topology.world, client.namespace, client.labels);
  trail?.sidecar(proxy);
  const common = trail === undefined ? CommonHosts.of(topology).ways(topology, proxy, call) : undefined;
  if (common !== undefined) return common;
  return hopped(sidecarWays(proxy, call, trail), (way) => withHop(topology, way, call, trail));
}

/** From the listener to the clusters: T3 to T6. */
function sidecarWays(proxy: SidecarProxy, call: Call, trail: Trail | undefined): readonly (Way | ClusterWay)[] {
  const listener = listenerFor(proxy, call.address, call.port);
  trail?.listener(listener);
  if (listener === undefined) return outboundPolicy(proxy);
  const chain = chainFor(proxy, listener, call);
  trail?.chain(chain);
  if (chain === undefined) return outboundPolicy(proxy);
  const { target, service } = chain;
  switch (target.type) {
    case 'http':
      if (call.protocol !== 'http') return [NO_LISTENER];
      return httpHostWays(proxy, listener, call, trail);
    case 'route':
      return byteWays(target.route, target.section, target.rule, target.destinations, byteReading(proxy, call.port));
    case 'service':
      return [ownCluster(proxy, service.declaration.host, call.port, service.declaration.object)];
  }
}

/** A call that nothing is known of: sent on as it is, or refused (T1.1). */
function outboundPolicy(proxy: SidecarProxy): readonly Way[] {
  const { policy, sidecar } = proxy.scope;
  const source: Source | undefined =
    sidecar?.spec.outboundTrafficPolicy === undefined
      ? undefined
      : { object: sidecar, field: 'spec.outboundTrafficPolicy' };
  if (policy.mode === 'REGISTRY_ONLY') return [{ outcome: { type: 'blackhole' }, source }];
  const { egressProxy } = policy;
  if (egressProxy === undefined) return [{ outcome: { type: 'passthrough' }, source }];
  const key = { host: egressProxy.host, port: egressProxy.port ?? 0, subset: egressProxy.subset };
  return [{ outcome: clusterOf(proxy, key, false), source }];
}

/** T5: the virtual host of the Host, and every route of it that some request could take. */
function httpHostWays(
  proxy: SidecarProxy,
  listener: Listener,
  call: Call,
  trail: Trail | undefined,
): readonly (Way | ClusterWay)[] {
  // Routes come from the entry with the port, even where the listener does not.
  const { ported, portless } = proxy.viewsForPort(call.port);
  const view = ported ?? portless ?? listener.view;
  const hosts = new VirtualHosts(view, call.port, proxy.labels);
  const [first] = listener.bound ? listener.services.all.filter((one) => one === listener.services.http) : [];
  const host = first === undefined ? hosts.find(hostOf(call.host)) : hosts.ofService(first.declaration);
  trail?.virtualHost(view, host);
  if (host === undefined) return outboundPolicy(proxy);
  if (host.route === undefined) return defaultWays(proxy, host, call.port);
  const reading = httpReading(proxy, view, call.port);
  const ways = rulesOf(host.kept).flatMap((kept) => httpWays(kept, reading));
  const rest = unrouted(host);
  return rest === undefined ? ways : [...ways, rest];
}

function defaultWays(proxy: SidecarProxy, { service }: VirtualHost, port: number): readonly Way[] {
  return service === undefined ? [] : [ownCluster(proxy, service.host.toLowerCase(), port, service.object)];
}

function ownCluster(proxy: SidecarProxy, host: string, port: number, object: MeshObject): Way {
  return {
    outcome: clusterOf(proxy, { host, port, subset: undefined }, false),
    source: { object, field: 'spec.hosts' },
  };
}

function byteReading(proxy: SidecarProxy, port: number): DestinationReading {
  return { proxy, port, service: (host) => proxy.namedService(host) };
}
