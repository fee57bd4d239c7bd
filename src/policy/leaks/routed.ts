import { resolveHost } from '../../mesh/host.js';
import type { Service } from '../../mesh/kinds/service.js';
import type { HttpMatch, TcpMatch, VirtualService } from '../../mesh/kinds/virtual-service.js';
import { egressGatewayNamed } from '../../routing/egress-gateways.js';
import type { Way } from '../../routing/way.js';
import {
  byteElimination,
  callerOf,
  httpElimination,
  leadsOf,
  openView,
  routesOver,
  routeView,
  type Lead,
} from '../leads.js';
import { nameOf } from '../object-name.js';
import { requestsInWords } from '../requests-in-words.js';
import { placeAt, type RoutePlace } from '../route-places.js';
import { isSubject, leakValues, type Leak, type LeakExplanation } from './leak.js';

/** A leak by a VirtualService's own destination: why it is this one that takes the call, and none that leads to the gateway. */
export function routed(leak: Leak, route: VirtualService): LeakExplanation {
  const { traced, outcome, source } = leak;
  const place = placeAt(route, source.field);
  if (place === undefined) throw new Error(`${nameOf(route)} has no destination at ${source.field}`);
  const requests = takenBy(leak, route, place);
  const values = { ...leakValues(leak), requests, route: nameOf(route), gateway: gatewayOf(route) };
  const at = { object: route, field: `${place.field}.host`, values };
  if (outcome.mirror === true) return { ...at, message: 'mirror' };
  const alias = aliasNamed(leak, route, place);
  if (alias !== undefined) {
    const own = isSubject(leak, alias) ? { ...at, object: alias, field: 'spec.externalName' } : at;
    return { ...own, message: 'external-name', values: { ...values, service: nameOf(alias) } };
  }
  const others = traced.ways.filter((way) => leadsToGateway(leak, way));
  if (others.some((way) => isOfRule(way, route, place))) {
    return { ...at, message: 'weight', values: { ...values, weight: String(place.weight) } };
  }
  if (route.spec.hosts.length === 0) return { ...at, message: 'delegate/direct' };
  if (others.length > 0) {
    const rest = requests === '' ? otherThan(others) : requests;
    return { ...at, message: 'fallthrough', values: { ...values, requests: rest } };
  }
  return { ...at, ...precedence(leak, route, place, values) };
}

/** Why a rule goes before everything that would lead to the gateway. */
function precedence(
  leak: Leak,
  route: VirtualService,
  place: RoutePlace,
  values: LeakExplanation['values'],
): Pick<LeakExplanation, 'message' | 'values'> {
  if (isForBothSides(leak, route, place)) return { message: 'unscoped-rule', values };
  const leads = leadsBeside(leak, route, place);
  const rivals = leads.filter((lead) => lead.route !== route);
  const view = openView(callerOf(leak));
  const loser = rivals.find((lead) => view.rank(lead.route) > view.rank(route));
  if (loser !== undefined) return { message: 'private-rival', values: { ...values, rival: nameOf(loser.route) } };
  const [lead] = leads;
  if (lead === undefined) return { message: 'no-route/direct', values };
  const rival = lead.route === route ? 'a later rule of it' : nameOf(lead.route);
  const byAddress = byteMatches(route, place).some(({ destinationSubnets }) => destinationSubnets.length > 0);
  return { message: byAddress ? 'shadowed/address' : 'shadowed', values: { ...values, rival } };
}

/**
 * What would take the same call of the same client to an egress gateway, were this rule not there. Bytes are taken for the service at
 * which they arrive, whatever host they name: so what is over the hosts of this rule counts there.
 */
function leadsBeside(leak: Leak, route: VirtualService, place: RoutePlace): readonly Lead[] {
  const caller = callerOf(leak);
  const { world } = leak.scene.topology;
  const { call } = leak.traced.touched;
  const view = routeView(caller, ({ routes }) => routes.sees(route));
  const hosts = place.section === 'http' ? [call.host] : [call.host, ...(view?.routes.hosts(route) ?? [])];
  const over = new Set(hosts.flatMap((host) => routesOver(world, { ...call, host })));
  return [...over]
    .filter((one) => view?.routes.sees(one) === true)
    .flatMap((one) => leadsOf(caller, one))
    .filter(({ elimination, section }) => elimination === undefined && section === place.section)
    .filter((lead) => lead.owner !== route || lead.rule !== place.rule);
}

/** Whether the match by which the client takes a rule is for Gateways as well. */
function isForBothSides(leak: Leak, route: VirtualService, place: RoutePlace): boolean {
  if (!route.spec.gateways.some((name) => name !== 'mesh')) return false;
  const kept = place.section === 'http' ? keptHttp(leak, route, place) : keptBytes(leak, route, place);
  if (kept.length === 0) return true;
  return kept.some(({ gateways }) => gateways.length === 0 || gateways.some((name) => name !== 'mesh'));
}

function leadsToGateway({ scene }: Leak, { outcome }: Way): boolean {
  const { world, isEgressGateway } = scene.topology;
  return outcome.type === 'cluster' && egressGatewayNamed(world, isEgressGateway, outcome.host) !== undefined;
}

function isOfRule({ source }: Way, route: VirtualService, { section, rule }: RoutePlace): boolean {
  if (source?.object !== route) return false;
  const place = placeAt(route, source.field);
  return place?.section === section && place.rule === rule;
}

/** The ExternalName Service that a destination names. */
function aliasNamed({ scene, outcome }: Leak, route: VirtualService, { destination }: RoutePlace): Service | undefined {
  const { world } = scene.topology;
  const host = resolveHost(destination.host, route.metadata.namespace, world.mesh.domain);
  for (const { object } of world.declarations.of(host)) {
    if (object.kind === 'Service' && object.spec.externalName === outcome.host) return object;
  }
  return undefined;
}

/** Which requests the rule takes from this client, where it does not take them all: ` with a path that begins with "/api"`. */
function takenBy(leak: Leak, route: VirtualService, place: RoutePlace): string {
  const words = requestsInWords(keptHttp(leak, route, place));
  return words === '' ? '' : ` ${words}`;
}

function otherThan(ways: readonly Way[]): string {
  const matches = ways.flatMap(({ source }) => {
    if (source?.object.kind !== 'VirtualService') return [];
    const place = placeAt(source.object, source.field);
    return place === undefined ? [] : httpMatches(source.object, place);
  });
  const words = requestsInWords(matches);
  return words === '' ? '' : ` other than those ${words}`;
}

/** The matches of an HTTP rule that this client keeps: none for a rule without matches, or of another section. */
function keptHttp(leak: Leak, route: VirtualService, place: RoutePlace): readonly HttpMatch[] {
  return httpMatches(route, place).filter((match) => httpElimination(callerOf(leak), route, match) === undefined);
}

function keptBytes(leak: Leak, route: VirtualService, place: RoutePlace): readonly TcpMatch[] {
  return byteMatches(route, place).filter((match) => byteElimination(callerOf(leak), route, match) === undefined);
}

function httpMatches({ spec }: VirtualService, { section, rule }: RoutePlace): readonly HttpMatch[] {
  return section === 'http' ? (spec.http[rule]?.match ?? []) : [];
}

function byteMatches({ spec }: VirtualService, { section, rule }: RoutePlace): readonly TcpMatch[] {
  return section === 'http' ? [] : (spec[section][rule]?.match ?? []);
}

/** The Gateway that a mend can name. */
export function gatewayOf({ spec }: VirtualService): string {
  return spec.gateways.find((name) => name !== 'mesh') ?? 'the Gateway';
}
