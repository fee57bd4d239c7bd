import { isWildcard } from '../../mesh/host.js';
import type { TcpMatch, VirtualService } from '../../mesh/kinds/virtual-service.js';
import { hasGatewaySemantics } from '../../mesh/route-semantics.js';
import type { Call } from '../call.js';
import { keptRoutes, type RouteContext } from '../http-routes.js';
import { eliminated } from '../sidecar/filter-chains.js';
import { holds, hostField } from './fields.js';
import { lostByteMatches, lostHttpMatches } from './matches.js';
import { closeness, outranked } from './precedence.js';
import { rivals, withoutRules, type Section } from './rivals.js';
import type { Sight } from './sight.js';
import { lostBy, type Loser } from './step.js';

/** What the VirtualServices of a mesh were asked for. */
export interface AskedRoute {
  readonly call: Call;
  /** The host of the service that takes the call, where one does. */
  readonly service: string | undefined;
  /** The section that the service's port obeys. */
  readonly section: Section;
  readonly winner: VirtualService | undefined;
}

/** Every VirtualService that could be meant and does not route the call, and what of the winner's does not apply. */
export function lostRoutes(sight: Sight, asked: AskedRoute): readonly Loser[] {
  return candidates(sight, asked).flatMap((route) => lossesOf(sight, route, asked));
}

function candidates({ proxy }: Sight, { call, service, winner }: AskedRoute): readonly VirtualService[] {
  const hosts = new Set([call.host, call.host.toLowerCase(), ...(service === undefined ? [] : [service])]);
  return rivals(proxy.world, hosts, winner === undefined ? [] : [winner]);
}

function lossesOf(sight: Sight, route: VirtualService, asked: AskedRoute): readonly Loser[] {
  const hiding = sight.hidingOfRoute(route);
  switch (hiding) {
    case undefined:
      break;
    case 'delegate':
      return [];
    case 'mesh-not-listed':
      return [{ object: route, field: 'spec.gateways', reason: hiding }];
    case 'not-exported':
      return [{ object: route, field: 'spec.exportTo', reason: hiding }];
    case 'not-imported':
      return [{ object: route, field: 'spec.hosts', reason: hiding, ...lostBy(sight.importer) }];
  }
  const { section } = asked;
  const mute = withoutRules(route, section);
  if (mute !== undefined) return [mute];
  return section === 'http' ? httpLosses(sight, route, asked) : byteLosses(sight, route, section, asked);
}

function httpLosses(sight: Sight, route: VirtualService, asked: AskedRoute): readonly Loser[] {
  const { world, namespace, labels } = sight.proxy;
  const { call, winner } = asked;
  const context: RouteContext = { gateway: 'mesh', port: call.port, namespace, labels };
  if (route === winner || keptRoutes(world, route, context).length === 0) {
    return lostHttpMatches(world, route, context);
  }
  const name = call.host.toLowerCase();
  const mine = closeness(hostsOf(sight, route), name);
  if (winner !== undefined) {
    if (mine < closeness(hostsOf(sight, winner), name)) return [lessSpecific(route, name, winner)];
    const view = sight.views.find(({ routes }) => routes.sees(route));
    return view === undefined ? [] : [outranked(view.routes, route, winner)];
  }
  if (hasGatewaySemantics(route)) return [{ object: route, field: 'metadata.annotations', reason: 'route-semantics' }];
  const closer = candidates(sight, asked).find(
    (one) => sight.hidingOfRoute(one) === undefined && closeness(hostsOf(sight, one), name) > mine,
  );
  if (closer !== undefined) return [lessSpecific(route, name, closer)];
  return [{ object: route, field: hostField(route, name), reason: 'undeclared-host' }];
}

function lessSpecific(route: VirtualService, name: string, closer: VirtualService): Loser {
  const wildcard = route.spec.hosts.find(isWildcard) ?? name;
  const by = { object: closer, field: hostField(closer, name) };
  return { object: route, field: hostField(route, wildcard), reason: 'less-specific', by };
}

function hostsOf({ views }: Sight, route: VirtualService): readonly string[] {
  return views[0]?.routes.hosts(route) ?? route.spec.hosts;
}

function byteLosses(
  sight: Sight,
  route: VirtualService,
  section: 'tls' | 'tcp',
  { call, winner }: AskedRoute,
): readonly Loser[] {
  const rules: readonly { readonly match: readonly ByteMatch[] }[] = route.spec[section];
  const elimination = (match: TcpMatch) => eliminated(match, route, sight.proxy, call.port);
  const lost = lostByteMatches(route, section, rules, elimination);
  if (route === winner) return [...lost, ...missed(route, section, rules, elimination, call)];
  const open = rules.some(({ match }) => match.length === 0 || match.some((one) => elimination(one) === undefined));
  if (!open) return lost;
  const beside = missed(route, section, rules, elimination, call);
  if (beside.length > 0 || winner === undefined) return beside;
  const name = call.host.toLowerCase();
  if (section === 'tls' && closeness(sniHostsOf(route), name) < closeness(sniHostsOf(winner), name)) {
    return [lessSpecific(route, name, winner)];
  }
  const view = sight.views.find(({ routes }) => routes.sees(route));
  return view === undefined ? [] : [outranked(view.routes, route, winner)];
}

type ByteMatch = TcpMatch & { readonly sniHosts?: readonly string[] };

/** The matches that apply to the pod and not to this call: for another SNI, or for other addresses. */
function missed(
  route: VirtualService,
  section: 'tls' | 'tcp',
  rules: readonly { readonly match: readonly ByteMatch[] }[],
  elimination: (match: TcpMatch) => unknown,
  { host, address }: Call,
): readonly Loser[] {
  return rules.flatMap(({ match: matches }, rule) =>
    matches.flatMap((match, index): readonly Loser[] => {
      if (elimination(match) !== undefined) return [];
      const field = `spec.${section}[${rule}].match[${index}]`;
      const { sniHosts = [], destinationSubnets } = match;
      if (sniHosts.length > 0 && closeness(sniHosts, host.toLowerCase()) < 0) {
        return [{ object: route, field: `${field}.sniHosts`, reason: 'other-sni' }];
      }
      if (destinationSubnets.length === 0) return [];
      if (address !== undefined && destinationSubnets.some((block) => holds(block, address))) return [];
      return [{ object: route, field: `${field}.destinationSubnets`, reason: 'other-address' }];
    }),
  );
}

function sniHostsOf({ spec }: VirtualService): readonly string[] {
  return spec.tls.flatMap(({ match }) => match.flatMap(({ sniHosts }) => sniHosts));
}
