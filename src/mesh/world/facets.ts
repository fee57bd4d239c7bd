import { blockKey } from '../address.js';
import { resolveGateway, resolveHost } from '../host.js';
import { familyOf } from '../protocol.js';
import { hasGatewaySemantics } from '../route-semantics.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { Gateway, GatewayServer } from '../kinds/gateway.js';
import type { Labels } from '../metadata.js';
import type { Destination, VirtualService } from '../kinds/virtual-service.js';

/** The keys under which a VirtualService stands in the indices of the world. */
export interface RouteFacets {
  readonly hosts: readonly string[];
  readonly shouted: readonly string[];
  readonly sni: readonly string[];
  readonly blocks: readonly string[];
  readonly gateways: readonly string[];
  readonly destinations: readonly string[];
  readonly subsets: readonly string[];
  readonly delegates: readonly string[];
}

export function routeFacets(route: VirtualService, mesh: MeshConfig): RouteFacets {
  const { spec, metadata } = route;
  const literal = hasGatewaySemantics(route);
  const resolve = (host: string): string => (literal ? host : resolveHost(host, metadata.namespace, mesh.domain));
  const hosts = unique(spec.hosts.map(resolve));
  const sni: string[] = [];
  const subnets: string[] = [];
  for (const rule of spec.tls) {
    for (const match of rule.match) {
      sni.push(...(match.sniHosts.length > 0 ? match.sniHosts.map((name) => name.toLowerCase()) : ['*']));
      subnets.push(...match.destinationSubnets);
    }
  }
  for (const rule of spec.tcp) for (const match of rule.match) subnets.push(...match.destinationSubnets);
  return {
    hosts,
    shouted: shouted(hosts),
    sni: unique(sni),
    blocks: unique(subnets.map(blockKey)),
    gateways: unique(
      spec.gateways
        .filter((name) => name !== 'mesh')
        .map((name) => (literal ? name : resolveGateway(name, metadata.namespace))),
    ),
    destinations: unique([...destinationsOf(route)].map(({ host }) => resolve(host))),
    subsets: unique(
      [...destinationsOf(route)].flatMap(({ host, subset }) =>
        subset === undefined ? [] : [subsetKey(resolve(host), subset)],
      ),
    ),
    delegates: unique(
      spec.http.flatMap(({ delegate }) =>
        delegate === undefined ? [] : [`${delegate.namespace ?? metadata.namespace}/${delegate.name}`],
      ),
    ),
  };
}

/** Every destination and mirror of every rule, as written. */
export function* destinationsOf({ spec }: VirtualService): Generator<Destination> {
  for (const { route, mirrors } of spec.http) {
    for (const { destination } of route) yield destination;
    for (const { destination } of mirrors) yield destination;
  }
  for (const { route } of spec.tls) for (const { destination } of route) yield destination;
  for (const { route } of spec.tcp) for (const { destination } of route) yield destination;
}

/** The key of a subset in the index of the routes that name it; no host has a blank in it. */
export function subsetKey(host: string, subset: string): string {
  return `${subset} ${host}`;
}

/** The lower-case forms of the names that have upper-case letters. */
export function shouted(hosts: readonly string[]): readonly string[] {
  return hosts.filter((host) => host !== host.toLowerCase()).map((host) => host.toLowerCase());
}

/**
 * The keys under which a Gateway stands that has plaintext servers: one pair of its selector (none for a selector that selects
 * every pod) with the port number of each of them. Servers with TLS are found by their hosts.
 */
export function gatewayKeys({ spec }: Gateway): readonly string[] {
  const [pair] = Object.entries(spec.selector);
  const prefix = pair === undefined ? '' : `${pair[0]}=${pair[1]}`;
  return unique(
    spec.servers.filter((server) => !terminatesOrPasses(server)).map(({ port }) => `${prefix}@${port.number}`),
  );
}

/** Whether a server takes TLS, as istiod tells it from a plaintext one that only redirects (`IsTLSServer`). */
export function terminatesOrPasses({ tls, port }: GatewayServer): boolean {
  return tls !== undefined && familyOf(port.protocol) !== 'http';
}

/** The keys under which the Gateways stand that may select pods with `labels` and have a plaintext server on `port`. */
export function gatewayKeysOf(labels: Labels, port: number): readonly string[] {
  return [`@${port}`, ...Object.entries(labels).map(([key, value]) => `${key}=${value}@${port}`)];
}

/** The hosts of a Gateway's servers, without their namespaces. */
export function servedHosts({ spec }: Gateway): readonly string[] {
  return unique(spec.servers.flatMap(({ hosts }) => hosts.map((host) => host.slice(host.indexOf('/') + 1))));
}

export function unique(values: readonly string[]): readonly string[] {
  return values.length < 2 ? values : [...new Set(values)];
}
