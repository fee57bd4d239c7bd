import { covers, narrower, overlaps, resolveGateway } from '../../mesh/host.js';
import type { Gateway } from '../../mesh/kinds/gateway.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { hasGatewaySemantics } from '../../mesh/route-semantics.js';
import { httpWays, type NamedService } from '../destination/route-ways.js';
import { keptRoutes, rulesOf, type KeptRoute } from '../http-routes.js';
import type { Trail } from '../trail.js';
import type { Way } from '../way.js';
import type { Contribution } from './contribution.js';
import type { GatewayProxy } from './gateway-proxy.js';
import { byPlace, fits, gatewayName, serverHosts, type BoundServer, type PortServers } from './servers.js';

/**
 * What a gateway does with an HTTP request for `host` (T8.6; `buildGatewayHTTPRouteConfig` in istiod). `only` is the HTTPS server
 * whose chain took it; without one the request is plaintext, and all HTTP servers of the port answer together.
 */
export function httpHostWays(
  proxy: GatewayProxy,
  servers: PortServers,
  host: string,
  only: BoundServer | undefined,
  trail: Trail | undefined,
): readonly Way[] {
  const found = contributions(proxy, servers, host, only);
  const redirecting = redirects(proxy, servers, host, only);
  const domain = mostSpecific([...found.map((one) => one.domain), ...redirecting.map((one) => one.domain)], host);
  if (domain === undefined) return [{ outcome: NOT_FOUND, source: undefined }];
  const redirect =
    redirecting.find((one) => one.domain === domain) ??
    found.find((one) => one.domain === domain && one.bound.server.tls?.httpsRedirect === true);
  if (redirect !== undefined) {
    const { gateway, index } = redirect.bound;
    const source = { object: gateway, field: `spec.servers[${index}].tls.httpsRedirect` };
    return [{ outcome: { type: 'response', status: 301 }, source }];
  }
  const parts = found
    .filter((one) => one.domain === domain)
    .sort((a, b) => byPlace(a.bound, b.bound) || proxy.routes.compare(a.route, b.route));
  trail?.domain(parts);
  const waysOf = (kept: readonly KeptRoute[], { bound, route }: Contribution): readonly Way[] => {
    const { number } = bound.server.port;
    const service = (name: string): NamedService | undefined => proxy.namedService(name, route.metadata.namespace);
    return rulesOf(kept).flatMap((one) => httpWays(one, { proxy, port: number, service }));
  };
  // Routes that take every request stand behind all others, and the first of them ends the list.
  const some = parts.flatMap((part) =>
    waysOf(
      part.kept.filter(({ takesAll }) => !takesAll),
      part,
    ),
  );
  const ending = parts.find(({ kept }) => kept.at(-1)?.takesAll === true);
  const all = ending === undefined ? undefined : waysOf(ending.kept.slice(-1), ending);
  const ways = [...some, ...(all ?? [])];
  const last = parts.at(-1);
  if (all !== undefined || last === undefined) return ways;
  return [...ways, { outcome: NOT_FOUND, source: { object: last.route, field: 'spec.http' } }];
}

const NOT_FOUND = { type: 'response', status: 404 } as const;

function contributions(
  proxy: GatewayProxy,
  servers: PortServers,
  host: string,
  only: BoundServer | undefined,
): readonly Contribution[] {
  const found: Contribution[] = [];
  for (const route of candidates(proxy, host)) {
    const hosts = proxy.routes.hosts(route);
    for (const gateway of gatewaysOf(proxy, route)) {
      for (const bound of servers.accepted(gateway)) {
        if (!isSameChain(bound, only) || !fits(route, hosts, bound)) continue;
        const { namespace } = proxy;
        const context = {
          gateway: gatewayName(gateway),
          port: bound.server.port.number,
          namespace,
          labels: proxy.labels,
        };
        const kept = keptRoutes(proxy.world, route, context);
        if (kept.length === 0) continue;
        for (const domain of domains(route, hosts, bound, host)) found.push({ domain, bound, route, kept });
      }
    }
  }
  return found;
}

/** The VirtualServices that may have a domain over `host`: a domain is never wider than a host of its VirtualService. */
function candidates(proxy: GatewayProxy, host: string): readonly VirtualService[] {
  const { routes, shoutedRoutes } = proxy.world;
  const names = [host, ...routes.covering(host)];
  const shouted = [host, ...shoutedRoutes.covering(host)];
  return proxy.routes.ordered([
    ...names.flatMap((name) => routes.of(name)),
    ...shouted.flatMap((name) => shoutedRoutes.of(name)),
  ]);
}

/** The Gateways that a VirtualService binds, each once. */
export function gatewaysOf(proxy: GatewayProxy, route: VirtualService): readonly Gateway[] {
  const literal = hasGatewaySemantics(route);
  const { namespace } = route.metadata;
  const names = new Set(route.spec.gateways.map((name) => (literal ? name : resolveGateway(name, namespace))));
  return [...names].flatMap((name) => {
    const slash = name.indexOf('/');
    const found = slash < 0 ? undefined : proxy.world.object('Gateway', name.slice(0, slash), name.slice(slash + 1));
    return found?.kind === 'Gateway' ? [found] : [];
  });
}

/** All plaintext HTTP servers of a port answer together, each HTTPS server alone. */
function isSameChain(bound: BoundServer, only: BoundServer | undefined): boolean {
  if (only !== undefined) return bound.gateway === only.gateway && bound.index === only.index;
  return isHttpServer(bound);
}

function isHttpServer({ server }: BoundServer): boolean {
  const { protocol } = server.port;
  return protocol === 'HTTP' || protocol === 'HTTP2' || protocol === 'GRPC' || protocol === 'GRPC-Web';
}

/** The domains over `host` that a VirtualService has at a server: the narrower of each overlapping pair of hosts. */
function domains(
  route: VirtualService,
  hosts: readonly string[],
  { server, gateway }: BoundServer,
  host: string,
): readonly string[] {
  const found = new Set<string>();
  for (const served of serverHosts(server, gateway)) {
    if (served.namespace !== undefined && served.namespace !== route.metadata.namespace) continue;
    for (const own of hosts) {
      if (!overlaps(own, served.host)) continue;
      const domain = narrower(own, served.host).toLowerCase();
      if (covers(domain, host)) found.add(domain);
    }
  }
  return [...found];
}

/** The hosts over `host` of servers that redirect to HTTPS: they answer so even without a VirtualService. */
function redirects(
  proxy: GatewayProxy,
  servers: PortServers,
  host: string,
  only: BoundServer | undefined,
): readonly { readonly domain: string; readonly bound: BoundServer }[] {
  if (only !== undefined) return [];
  return [host, ...proxy.world.servedHosts.covering(host)].flatMap((domain) =>
    servers
      .withHost(domain)
      .filter((bound) => isHttpServer(bound) && bound.server.tls?.httpsRedirect === true)
      .map((bound) => ({ domain, bound })),
  );
}

function mostSpecific(domains: readonly string[], host: string): string | undefined {
  if (domains.includes(host)) return host;
  return domains.reduce<string | undefined>(
    (best, one) => (best === undefined || one.length > best.length ? one : best),
    undefined,
  );
}
