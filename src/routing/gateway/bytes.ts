import { covers } from '../../mesh/host.js';
import type { TlsMatch, VirtualService } from '../../mesh/kinds/virtual-service.js';
import { familyOf } from '../../mesh/protocol.js';
import { byteWays, type DestinationReading } from '../destination/route-ways.js';
import { isOtherPort, namesGateway, type Elimination } from '../http-routes.js';
import type { Way } from '../way.js';
import type { GatewayProxy } from './gateway-proxy.js';
import { gatewaysOf } from './http.js';
import { byPlace, fits, gatewayName, type BoundServer, type PortServers } from './servers.js';

/**
 * Where a server that takes bytes sends them: the one target from `tcp` rules, of the first VirtualService that fits it with a
 * rule (T8.4; `buildGatewayNetworkFiltersFromTCPRoutes` in istiod). Undefined: there is no chain.
 */
export function tcpWays(proxy: GatewayProxy, bound: BoundServer): readonly Way[] | undefined {
  const name = gatewayName(bound.gateway);
  const { number } = bound.server.port;
  for (const route of proxy.routes.ordered([...proxy.world.boundRoutes.of(name)])) {
    if (!fits(route, proxy.routes.hosts(route), bound)) continue;
    const index = route.spec.tcp.findIndex(
      ({ match }) => match.length === 0 || match.some((one) => eliminated(one, route, name, number) === undefined),
    );
    const rule = route.spec.tcp[index];
    if (rule !== undefined) return byteWays(route, 'tcp', index, rule.route, reading(proxy, number));
  }
  return undefined;
}

/** One `tls` match that stands at a server with PASSTHROUGH. */
export interface PassedMatch {
  readonly bound: BoundServer;
  readonly route: VirtualService;
  readonly rule: number;
  readonly index: number;
  readonly match: TlsMatch;
}

/** A chain of a server with PASSTHROUGH that takes an SNI. */
export interface PassthroughChain {
  readonly bound: BoundServer;
  /** The SNI of the match that covers it. */
  readonly pattern: string;
  ways(): readonly Way[];
}

/** The chains of the servers with PASSTHROUGH on a port that take `sni`, which is in lower case. */
export function passthroughChains(proxy: GatewayProxy, servers: PortServers, sni: string): readonly PassthroughChain[] {
  const names = [sni, ...proxy.world.sniRoutes.covering(sni)];
  return passedMatches(proxy, servers, names)
    .filter((one) => !isTaken(proxy, servers, one))
    .flatMap((one) => {
      const pattern = one.match.sniHosts.length === 0 ? '*' : closest(one.match.sniHosts, sni);
      if (pattern === undefined) return [];
      const { bound, route, rule } = one;
      const destinations = route.spec.tls[rule]?.route ?? [];
      const ways = (): readonly Way[] =>
        byteWays(route, 'tls', rule, destinations, reading(proxy, bound.server.port.number));
      return [{ bound, pattern, ways }];
    });
}

function closest(patterns: readonly string[], sni: string): string | undefined {
  let best: string | undefined;
  for (const pattern of patterns) {
    const lower = pattern.toLowerCase();
    if (!covers(lower, sni)) continue;
    if (lower === sni) return lower;
    if (best === undefined || lower.length > best.length) best = lower;
  }
  return best;
}

/** Every `tls` match with one of these SNIs that stands at a PASSTHROUGH server of the port, in istiod's order. */
function passedMatches(proxy: GatewayProxy, servers: PortServers, names: readonly string[]): readonly PassedMatch[] {
  const found: PassedMatch[] = [];
  for (const route of proxy.routes.ordered(names.flatMap((name) => proxy.world.sniRoutes.of(name)))) {
    const hosts = proxy.routes.hosts(route);
    for (const gateway of gatewaysOf(proxy, route)) {
      const name = gatewayName(gateway);
      for (const bound of servers.accepted(gateway)) {
        if (!passesTls(bound) || !fits(route, hosts, bound)) continue;
        route.spec.tls.forEach((rule, at) => {
          rule.match.forEach((match, index) => {
            if (eliminated(match, route, name, bound.server.port.number) === undefined)
              found.push({ bound, route, rule: at, index, match });
          });
        });
      }
    }
  }
  return found.sort((a, b) => comparePassed(proxy, a, b));
}

function comparePassed(proxy: GatewayProxy, a: PassedMatch, b: PassedMatch): number {
  return byPlace(a.bound, b.bound) || proxy.routes.compare(a.route, b.route) || a.rule - b.rule || a.index - b.index;
}

/** A match is skipped when any of its SNIs stands in an earlier match of the port, be that skipped itself (`CheckDuplicates`). */
export function isTaken(proxy: GatewayProxy, servers: PortServers, one: PassedMatch): boolean {
  const { sniHosts } = one.match;
  return passedMatches(
    proxy,
    servers,
    sniHosts.map((name) => name.toLowerCase()),
  ).some(
    (other) => comparePassed(proxy, other, one) < 0 && other.match.sniHosts.some((name) => sniHosts.includes(name)),
  );
}

export function passesTls({ server }: BoundServer): boolean {
  return server.tls?.mode === 'PASSTHROUGH' && familyOf(server.port.protocol) === 'tls';
}

/** What keeps a `tls` or `tcp` match from a server: at a gateway they look at gateways and port only (`l4SingleMatch`, T8.4). */
export function eliminated(
  match: { readonly gateways: readonly string[]; readonly port: number | undefined },
  route: VirtualService,
  gateway: string,
  port: number,
): Elimination | undefined {
  if (match.gateways.length > 0 && !namesGateway(match.gateways, route, gateway)) return 'other-gateway';
  return isOtherPort(match.port, port) ? 'other-port' : undefined;
}

function reading(proxy: GatewayProxy, port: number): DestinationReading {
  return { proxy, port, service: (host) => proxy.namedService(host) };
}
