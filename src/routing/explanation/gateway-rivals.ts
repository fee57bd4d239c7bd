import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { familyOf } from '../../mesh/protocol.js';
import { eliminated, isTaken, passesTls, type PassedMatch } from '../gateway/bytes.js';
import { gatewaysOf } from '../gateway/http.js';
import { gatewayName, misfit, type BoundServer } from '../gateway/servers.js';
import { terminates } from '../gateway/hop.js';
import { keptRoutes, type RouteContext } from '../http-routes.js';
import type { Arrived } from './gateway-servers.js';
import { lostByteMatches, lostHttpMatches } from './matches.js';
import { closeness, outranked } from './precedence.js';
import { rivals, withoutRules, type Section } from './rivals.js';
import type { Loser } from './step.js';

/** The section that a server obeys (B2). */
export function sectionOf(bound: BoundServer): Section {
  if (passesTls(bound)) return 'tls';
  const { protocol } = bound.server.port;
  return protocol === 'TLS' || familyOf(protocol) === 'tcp' ? 'tcp' : 'http';
}

/** What the VirtualServices of a gateway were asked for. */
export interface AskedBinding {
  readonly arrived: Arrived;
  /** The server that the connection is for. */
  readonly bound: BoundServer;
  /** The section that it obeys. */
  readonly section: Section;
  readonly winners: readonly VirtualService[];
}

/** Every VirtualService that could be meant and does not answer, and what of the winners' does not apply. */
export function lostBindings(asked: AskedBinding): readonly Loser[] {
  const { arrived, section, winners } = asked;
  const { host, sni } = arrived.arrival;
  const names = new Set(section === 'http' || sni === undefined ? [host] : [host, sni]);
  return rivals(arrived.proxy.world, names, winners).flatMap((route) => lossesOf(asked, route));
}

function lossesOf(asked: AskedBinding, route: VirtualService): readonly Loser[] {
  const { arrived, bound, section } = asked;
  const hiding = arrived.proxy.routes.hiddenBy(route);
  if (hiding === 'delegate') return [];
  if (hiding !== undefined) return [{ object: route, field: 'spec.exportTo', reason: 'not-exported' }];
  const hosts = arrived.proxy.routes.hosts(route);
  const named = answering(asked, route).filter((one) => misfit(route, hosts, one) !== 'gateway-not-listed');
  if (named.length === 0) return [{ object: route, field: 'spec.gateways', reason: 'gateway-not-listed' }];
  const fitting = named.find((one) => misfit(route, hosts, one) === undefined);
  if (fitting === undefined) {
    const by = { object: bound.gateway, field: `spec.servers[${bound.index}].hosts` };
    return [{ object: route, field: 'spec.hosts', reason: 'other-host', by }];
  }
  const mute = withoutRules(route, section);
  if (mute !== undefined) return [mute];
  return section === 'http' ? httpLosses(asked, route, fitting) : byteLosses(asked, route, fitting, section);
}

/** The servers that answer with the one that is meant: of the same kind on the same port, and for TLS that is ended it alone. */
function answering({ arrived, bound, section }: AskedBinding, route: VirtualService): readonly BoundServer[] {
  if (terminates(bound)) return [bound];
  const { proxy, servers } = arrived;
  const others = gatewaysOf(proxy, route).flatMap((gateway) => servers.accepted(gateway));
  return [bound, ...others.filter((one) => !terminates(one) && sectionOf(one) === section)];
}

function httpLosses(
  { arrived, winners }: AskedBinding,
  route: VirtualService,
  { gateway, server }: BoundServer,
): readonly Loser[] {
  const { world, namespace, labels } = arrived.proxy;
  const context: RouteContext = { gateway: gatewayName(gateway), port: server.port.number, namespace, labels };
  const isOpen = keptRoutes(world, route, context).length > 0;
  return isOpen && !winners.includes(route)
    ? [behind(arrived, route, winners)]
    : lostHttpMatches(world, route, context);
}

function byteLosses(
  { arrived, winners }: AskedBinding,
  route: VirtualService,
  bound: BoundServer,
  section: 'tls' | 'tcp',
): readonly Loser[] {
  const elimination = (match: Parameters<typeof eliminated>[0]) =>
    eliminated(match, route, gatewayName(bound.gateway), bound.server.port.number);
  const lost = lostByteMatches(route, section, route.spec[section], elimination);
  if (winners.includes(route)) return lost;
  if (section === 'tls') return [...lost, ...lostSnis(arrived, bound, route, elimination)];
  const isOpen = route.spec.tcp.some(
    ({ match }) => match.length === 0 || match.some((one) => elimination(one) === undefined),
  );
  return isOpen ? [behind(arrived, route, winners)] : lost;
}

/** One that would answer if the winner did not. */
function behind({ proxy, arrival }: Arrived, route: VirtualService, [winner]: readonly VirtualService[]): Loser {
  if (winner === undefined) return { object: route, field: 'spec.hosts', reason: 'other-host' };
  const comesClose = (one: VirtualService): number => closeness(proxy.routes.hosts(one), arrival.host);
  if (comesClose(route) >= comesClose(winner)) return outranked(proxy.routes, route, winner);
  const by = { object: winner, field: 'spec.hosts' };
  return { object: route, field: 'spec.hosts', reason: 'less-specific', by };
}

/** The matches at a server with PASSTHROUGH that have another SNI, or one that is taken. */
function lostSnis(
  { proxy, servers, arrival }: Arrived,
  bound: BoundServer,
  route: VirtualService,
  elimination: (match: PassedMatch['match']) => unknown,
): readonly Loser[] {
  return route.spec.tls.flatMap(({ match: matches }, rule) =>
    matches.flatMap((match, index): readonly Loser[] => {
      if (elimination(match) !== undefined) return [];
      const field = `spec.tls[${rule}].match[${index}].sniHosts`;
      if (closeness(match.sniHosts, arrival.sni ?? '') < 0) return [{ object: route, field, reason: 'other-sni' }];
      const taken = isTaken(proxy, servers, { bound, route, rule, index, match });
      return [{ object: route, field, reason: taken ? 'sni-taken' : 'less-specific' }];
    }),
  );
}
