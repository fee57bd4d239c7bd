import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { World } from '../../mesh/world/world.js';
import { eliminated, isTaken, passesTls, type PassedMatch } from '../gateway/bytes.js';
import { gatewayName, misfit, type BoundServer } from '../gateway/servers.js';
import { keptRoutes, type RouteContext } from '../http-routes.js';
import { overlappingNames } from '../view/routes.js';
import type { Way } from '../way.js';
import { hostField, type Place } from './fields.js';
import type { Arrived } from './gateway-servers.js';
import { lostByteMatches, lostHttpMatches } from './matches.js';
import { closeness, outranked } from './precedence.js';
import type { Recording } from './recording.js';
import type { Section } from './sidecar-routes.js';
import { step, type Loser, type StepOf } from './step.js';

/** The VirtualServices that are bound to the server that takes the connection, and those that are not (T8.3 to T8.6). */
export function bindingStep(
  arrived: Arrived,
  bound: BoundServer,
  parts: Recording['parts'],
  ways: readonly Way[],
): StepOf<'binding'> {
  const section = sectionOf(bound);
  const winners = winnersOf(parts, ways);
  const { sni, host } = arrived.arrival;
  const values = { host: section === 'tls' ? (sni ?? '') : host, section, gateway: gatewayName(bound.gateway) };
  const losers = candidates(arrived, section, winners).flatMap((route) =>
    lossesOf(arrived, bound, route, section, winners),
  );
  const [winner] = winners;
  const at = winner === undefined ? undefined : placeOf(winner, parts, ways, arrived);
  return step('binding', at === undefined ? 'no-route' : 'route', at, values, losers);
}

/** The section that a server obeys (B2). */
function sectionOf(bound: BoundServer): Section {
  if (passesTls(bound)) return 'tls';
  const { protocol } = bound.server.port;
  if (
    protocol === 'TLS' ||
    protocol === 'TCP' ||
    protocol === 'Mongo' ||
    protocol === 'MySQL' ||
    protocol === 'Redis'
  ) {
    return 'tcp';
  }
  return 'http';
}

/** For HTTP all VirtualServices of the domain answer together, else one has it all. */
function winnersOf(parts: Recording['parts'], ways: readonly Way[]): readonly VirtualService[] {
  if (parts.length > 0) return [...new Set(parts.map(({ route }) => route))];
  const routes = ways.map(({ source }) => source?.object).filter((object) => object?.kind === 'VirtualService');
  return [...new Set(routes)];
}

function placeOf(
  winner: VirtualService,
  parts: Recording['parts'],
  ways: readonly Way[],
  { arrival }: Arrived,
): Place | undefined {
  const [part] = parts;
  if (part !== undefined) return { object: winner, field: hostField(winner, part.domain) };
  const rule = /^spec\.(tls|tcp)\[(\d+)\]/.exec(ways[0]?.source?.field ?? '');
  if (rule === null) return undefined;
  const [base, section, index] = rule;
  if (section !== 'tls') return { object: winner, field: base };
  const matches = winner.spec.tls[Number(index)]?.match ?? [];
  const match = matches.findIndex(({ sniHosts }) => closeness(sniHosts, arrival.sni ?? '') >= 0);
  return { object: winner, field: match < 0 ? base : `${base}.match[${match}]` };
}

function candidates(
  { proxy, arrival }: Arrived,
  section: Section,
  winners: readonly VirtualService[],
): readonly VirtualService[] {
  const names = new Set([arrival.host, ...(section === 'http' || arrival.sni === undefined ? [] : [arrival.sni])]);
  return [...new Set([...winners, ...[...names].flatMap((name) => routesFor(proxy.world, name))])];
}

function routesFor({ routes, shoutedRoutes }: World, name: string): readonly VirtualService[] {
  return [
    ...overlappingNames(routes, name).flatMap((host) => routes.of(host)),
    ...overlappingNames(shoutedRoutes, name).flatMap((host) => shoutedRoutes.of(host)),
  ];
}

function lossesOf(
  arrived: Arrived,
  bound: BoundServer,
  route: VirtualService,
  section: Section,
  winners: readonly VirtualService[],
): readonly Loser[] {
  const { proxy, arrival } = arrived;
  const hiding = proxy.routes.hiddenBy(route);
  if (hiding === 'delegate') return [];
  if (hiding !== undefined) return [{ object: route, field: 'spec.exportTo', reason: 'not-exported' }];
  const hosts = proxy.routes.hosts(route);
  const others = arrived.servers.accepted(bound.gateway).filter((one) => sectionOf(one) === section);
  const misfits = [bound, ...others].map((one) => misfit(route, hosts, one));
  if (!misfits.includes(undefined)) {
    const reason = misfits.includes('other-host') ? 'other-host' : 'gateway-not-listed';
    const by = { object: bound.gateway, field: `spec.servers[${bound.index}].hosts` };
    return reason === 'other-host'
      ? [{ object: route, field: 'spec.hosts', reason, by }]
      : [{ object: route, field: 'spec.gateways', reason }];
  }
  if (route.spec[section].length === 0) {
    const written = (['http', 'tls', 'tcp'] as const).find((one) => route.spec[one].length > 0) ?? 'hosts';
    return [{ object: route, field: `spec.${written}`, reason: 'other-section' }];
  }
  const gateway = gatewayName(bound.gateway);
  const { number } = bound.server.port;
  const isWinner = winners.includes(route);
  if (section === 'http') {
    const context: RouteContext = { gateway, port: number, namespace: proxy.namespace, labels: proxy.labels };
    const lost = lostHttpMatches(proxy.world, route, context);
    if (isWinner || keptRoutes(proxy.world, route, context).length === 0) return lost;
    return [behind(arrived, route, winners, arrival.host)];
  }
  const lost = lostByteMatches(route, section, route.spec[section], (match) =>
    eliminated(match, route, gateway, number),
  );
  if (isWinner) return lost;
  if (section === 'tls') return [...lost, ...lostSnis(arrived, bound, route, gateway)];
  const fits = route.spec.tcp.some(
    ({ match }) => match.length === 0 || match.some((one) => eliminated(one, route, gateway, number) === undefined),
  );
  return fits ? [behind(arrived, route, winners, arrival.host)] : lost;
}

/** One that would route the call if the winner did not. */
function behind({ proxy }: Arrived, route: VirtualService, [winner]: readonly VirtualService[], host: string): Loser {
  if (winner === undefined) return { object: route, field: 'spec.hosts', reason: 'other-host' };
  const [mine, theirs] = [route, winner].map((one) => closeness(proxy.routes.hosts(one), host));
  if (mine !== undefined && theirs !== undefined && mine < theirs) {
    const by = { object: winner, field: 'spec.hosts' };
    return { object: route, field: 'spec.hosts', reason: 'less-specific', by };
  }
  return outranked(proxy.routes, route, winner);
}

/** The matches of a VirtualService at a server with PASSTHROUGH that have another SNI, or one that is taken. */
function lostSnis(
  { proxy, servers, arrival }: Arrived,
  bound: BoundServer,
  route: VirtualService,
  gateway: string,
): readonly Loser[] {
  return route.spec.tls.flatMap(({ match: matches }, rule) =>
    matches.flatMap((match, index): readonly Loser[] => {
      if (eliminated(match, route, gateway, bound.server.port.number) !== undefined) return [];
      const field = `spec.tls[${rule}].match[${index}].sniHosts`;
      const passed: PassedMatch = { bound, route, rule, index, match };
      if (closeness(match.sniHosts, arrival.sni ?? '') < 0) return [{ object: route, field, reason: 'other-sni' }];
      return [{ object: route, field, reason: isTaken(proxy, servers, passed) ? 'sni-taken' : 'less-specific' }];
    }),
  );
}
