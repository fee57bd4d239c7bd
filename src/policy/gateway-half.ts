import { covers } from '../mesh/host.js';
import type { Gateway, GatewayServer } from '../mesh/kinds/gateway.js';
import type { VirtualService } from '../mesh/kinds/virtual-service.js';
import { familyOf } from '../mesh/protocol.js';
import { egressGatewayNamed } from '../routing/egress-gateways.js';
import { serverHosts } from '../routing/gateway/servers.js';
import type { Topology } from '../routing/trace.js';
import type { TracedCall } from './comparison.js';
import { bindingOf, halvesOf, namesUnlisted, serves, type Half } from './pair.js';
import { placeAt, type Section } from './route-places.js';
import type { Scene } from './rule.js';

/** What a VirtualService that sends a call to the egress gateway lacks there. */
export interface GatewayHalfLack {
  /** The section by which it sends the call. */
  readonly section: Section;
  /** A rule that is there, in a section that no server reads. */
  readonly unread: Half | undefined;
}

/** Undefined where a rule takes the call there, or where the VirtualService does not send it. */
export function gatewayHalfLack(scene: Scene, route: VirtualService, harmed: TracedCall): GatewayHalfLack | undefined {
  const section = sentBy(scene, route, harmed);
  if (section === undefined) return undefined;
  const halves = gatewayHalves(scene, route, harmed);
  if (halves.some((half) => isRead(half, harmed))) return undefined;
  return { section, unread: halves.find(({ owner }) => owner === route) };
}

/** The section by which a VirtualService sends a call to an egress gateway that does not send it out. */
function sentBy({ topology }: Scene, route: VirtualService, { ways }: TracedCall): Section | undefined {
  const { world, isEgressGateway } = topology;
  for (const { source, outcome } of ways) {
    if (source?.object !== route || outcome.type !== 'cluster') continue;
    const gateway = egressGatewayNamed(world, isEgressGateway, outcome.host);
    // To a port that the gateway's Service does not have nothing is sent.
    if (gateway?.spec.ports.some(({ number }) => number === outcome.port) !== true) continue;
    const place = placeAt(route, source.field);
    if (place !== undefined) return place.section;
  }
  return undefined;
}

/** The rules of any VirtualService over a host that could take the call at an egress gateway, and lead out of it. */
function gatewayHalves(scene: Scene, subject: VirtualService, { touched, ways }: TracedCall): readonly Half[] {
  const { world } = scene.topology;
  const { host, protocol } = touched.call;
  const names = [host, ...world.routes.covering(host)];
  const routes = new Set([subject, ...names.flatMap((name) => world.routes.of(name))]);
  const ports = ways.flatMap(({ outcome }) => (outcome.type === 'cluster' ? [outcome.port] : []));
  return [...routes]
    .flatMap((route) => halvesOf(scene.topology, route))
    .filter(({ onGateways, toElsewhere }) => onGateways.length > 0 && toElsewhere)
    .filter(({ section, port }) => serves(section, protocol) && (port === undefined || ports.includes(port)));
}

/** Whether a server of its Gateways looks for the rule in its section; where there is no server, that is not the rule's fault. */
function isRead({ onGateways, section, port }: Half, { touched }: TracedCall): boolean {
  const read = onGateways.map((gateway) => sectionsOf(gateway, touched.call.host, port));
  return read.some((sections) => sections.length === 0 || sections.includes(section));
}

/** The sections in which the servers of a Gateway for a host and a port look for routes (B2). */
export function sectionsOf(gateway: Gateway, host: string, port: number | undefined): readonly Section[] {
  return gateway.spec.servers
    .filter((server) => port === undefined || server.port.number === port)
    .filter((server) => serverHosts(server, gateway).some((own) => covers(own.host, host)))
    .map(sectionReadBy);
}

function sectionReadBy({ port, tls }: GatewayServer): Section {
  switch (familyOf(port.protocol)) {
    case 'http':
      return 'http';
    case 'tls':
      if (tls?.mode === 'PASSTHROUGH') return 'tls';
      return port.protocol === 'TLS' ? 'tcp' : 'http';
    case 'tcp':
    case 'sniffed':
    case 'udp':
      return 'tcp';
  }
}

/** The rule is there, for a Gateway that `unknown-gateway` or `gateway-not-listed` tells. */
export function isToldOtherwise(topology: Topology, route: VirtualService): boolean {
  const unknown = new Set(bindingOf(topology, route).unknown.map(({ name }) => name));
  return namesUnlisted(route, (name) => name !== 'mesh') || namesAny(route, (name) => unknown.has(name));
}

function namesAny({ spec }: VirtualService, test: (gateway: string) => boolean): boolean {
  return [...spec.http, ...spec.tls, ...spec.tcp].some(({ match }) =>
    match.some(({ gateways }) => gateways.some(test)),
  );
}
