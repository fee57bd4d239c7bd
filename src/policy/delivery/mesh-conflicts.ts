import { covers, resolveHost } from '../../mesh/host.js';
import type { TlsMatch, VirtualService } from '../../mesh/kinds/virtual-service.js';
import { mergedRules } from '../../routing/delegates.js';
import type { EgressView } from '../../routing/sidecar/egress-view.js';
import { callsInWords } from '../calls-in-words.js';
import type { TracedCall } from '../comparison.js';
import { byteElimination, callerOf, httpElimination, routesOver, routeView } from '../leads.js';
import { nameOf } from '../object-name.js';
import { placeAt, type RoutePlace, type Section } from '../route-places.js';
import type { Observation, Scene } from '../rule.js';
import { rootsOf } from './hop.js';

/** A call that a rule of one VirtualService decides at the sidecar, beside the VirtualService under judgement. */
interface Encounter {
  readonly scene: Scene;
  readonly traced: TracedCall;
  readonly subject: VirtualService;
  /** Who decides: the one that has the hosts, and where its rule stands. */
  readonly winner: VirtualService;
  readonly place: RoutePlace;
}

/** What the VirtualService under judgement and another one say of the same call at the sidecar, where only the first acts. */
export function* hostConflicts(scene: Scene): Generator<Observation> {
  for (const encounter of encountersOf(scene)) {
    const { winner, subject } = encounter;
    if (winner !== subject) {
      if (isNotFirst(encounter)) yield conflict(encounter, 'not-first', winner, 'spec.hosts');
      continue;
    }
    const loser = overtaken(encounter);
    if (loser !== undefined) yield conflict(encounter, 'takes-over', loser, 'spec.hosts');
  }
}

/** Two matches of sidecars that have one SNI in different lists: Envoy refuses the listener (A7). */
export function* sniConflicts(scene: Scene): Generator<Observation> {
  for (const encounter of encountersOf(scene)) {
    const shared = encounter.place.section === 'tls' ? sharingSni(encounter) : undefined;
    if (shared !== undefined) yield conflict(encounter, 'two-lists', shared.rival, shared.field);
  }
}

function* encountersOf(scene: Scene): Generator<Encounter> {
  const { subject, topology, calls } = scene;
  if (subject?.kind !== 'VirtualService') return;
  const { gateways } = subject.spec;
  if (gateways.length > 0 && !gateways.includes('mesh')) return;
  for (const traced of calls) {
    // What leaks is told by its own rule, and whose route it is.
    if (traced.verdict === 'leaks' || !isOver(scene, subject, traced)) continue;
    for (const { source } of traced.ways) {
      if (source?.object.kind !== 'VirtualService') continue;
      const roots = rootsOf(topology.world, source.object);
      const winner = roots.includes(subject) ? subject : roots[0];
      const place = placeAt(source.object, source.field);
      if (winner !== undefined && place !== undefined) yield { scene, traced, subject, winner, place };
    }
  }
}

function isOver(scene: Scene, route: VirtualService, traced: TracedCall): boolean {
  return hostsOver(scene, route, traced).length > 0;
}

/** The hosts of a VirtualService over a call's. */
function hostsOver(
  { topology }: Scene,
  { spec, metadata }: VirtualService,
  { touched }: TracedCall,
): readonly string[] {
  const { domain } = topology.world.mesh;
  const called = touched.call.host.toLowerCase();
  return spec.hosts
    .map((host) => resolveHost(host, metadata.namespace, domain).toLowerCase())
    .filter((host) => covers(host, called));
}

/** Whether a client sees the VirtualService under judgement and would take a rule of it, were the winner not there. */
function isNotFirst(encounter: Encounter): boolean {
  const { scene, traced, subject, winner, place } = encounter;
  const theirs = hostsOver(scene, winner, traced);
  const isSame = hostsOver(scene, subject, traced).some((host) => theirs.includes(host));
  if (place.section !== 'tcp' && !isSame) return false;
  if (viewOf(encounter)?.routes.sees(subject) !== true) return false;
  if (place.section !== 'tls') return isKept(encounter, subject, place.section);
  const taken = winner.spec.tls[place.rule]?.match ?? [];
  return keptTls(encounter, subject).some(({ match }) => taken.some((one) => listOf(one) === listOf(match)));
}

/** A VirtualService that decided the call so far, and that the one under judgement now goes before: not by being nearer to the client. */
function overtaken(encounter: Encounter): VirtualService | undefined {
  const { scene, traced, subject, place } = encounter;
  const { world } = scene.topology;
  if (traced.earlier === undefined || traced.earlier.verdict === 'leaks') return undefined;
  for (const { source } of traced.earlier.ways) {
    if (source?.object.kind !== 'VirtualService') continue;
    const { namespace, name } = source.object.metadata;
    const loser = world.object('VirtualService', namespace, name);
    if (loser !== source.object || loser.spec.hosts.length === 0 || loser === subject) continue;
    const routes = viewOf(encounter)?.routes;
    if (routes === undefined || routes.rank(loser) !== routes.rank(subject)) continue;
    const theirs = hostsOver(scene, loser, traced);
    const isSame = hostsOver(scene, subject, traced).some((host) => theirs.includes(host));
    if (isSame && placeAt(loser, source.field)?.section === place.section) return loser;
  }
  return undefined;
}

interface KeptTls {
  readonly route: VirtualService;
  readonly field: string;
  readonly match: TlsMatch;
}

/** A match that shares an SNI over the call with one of the VirtualService under judgement, and has another list. */
function sharingSni(encounter: Encounter): { readonly field: string; readonly rival: VirtualService } | undefined {
  const { scene, traced, subject } = encounter;
  const { call } = traced.touched;
  const name = call.host.toLowerCase();
  const own = keptTls(encounter, subject);
  const routes = viewOf(encounter)?.routes;
  if (own.length === 0 || routes?.sees(subject) !== true) return undefined;
  const others = routesOver(scene.topology.world, call).filter((route) => route !== subject && routes.sees(route));
  const all = [...others.flatMap((route) => keptTls(encounter, route)), ...own];
  for (const { match, field } of own) {
    const names = new Set(match.sniHosts.map((one) => one.toLowerCase()).filter((one) => covers(one, name)));
    const rival = all.find(
      ({ match: other }) =>
        other !== match &&
        listOf(other) !== listOf(match) &&
        other.destinationSubnets.join() === match.destinationSubnets.join() &&
        other.sniHosts.some((one) => names.has(one.toLowerCase())),
    );
    if (rival !== undefined) return { field, rival: rival.route };
  }
  return undefined;
}

/** The `tls` matches of a VirtualService that the client keeps. */
function keptTls({ scene, traced }: Encounter, route: VirtualService): readonly KeptTls[] {
  const caller = callerOf({ scene, traced });
  return route.spec.tls.flatMap(({ match: matches }, rule) =>
    matches
      .map((match, index) => ({ route, match, field: `spec.tls[${rule}].match[${index}].sniHosts` }))
      .filter(({ match }) => byteElimination(caller, route, match) === undefined),
  );
}

function isKept({ scene, traced }: Encounter, route: VirtualService, section: Section): boolean {
  const caller = callerOf({ scene, traced });
  if (section === 'http') {
    return mergedRules(scene.topology.world, route).some(
      ({ match, root }) => match.length === 0 || match.some((one) => httpElimination(caller, root, one) === undefined),
    );
  }
  return route.spec[section].some(
    ({ match }) => match.length === 0 || match.some((one) => byteElimination(caller, route, one) === undefined),
  );
}

function listOf({ sniHosts, destinationSubnets }: TlsMatch): string {
  return `${sniHosts.join().toLowerCase()}|${destinationSubnets.join()}`;
}

function viewOf({ scene, traced, winner }: Encounter): EgressView | undefined {
  return routeView(callerOf({ scene, traced }), ({ routes }) => routes.sees(winner));
}

function conflict(
  { traced, subject, place }: Encounter,
  message: string,
  rival: VirtualService,
  field: string,
): Observation {
  const { touched, client } = traced;
  const { shownHost, hostInWords, call } = touched;
  return {
    identity: [message, place.section, hostInWords, call.port, client.description].join(' '),
    call: traced,
    host: shownHost,
    port: call.port,
    explain: () => ({
      message,
      object: subject,
      field,
      values: { calls: callsInWords(touched), rival: nameOf(rival) },
    }),
  };
}
