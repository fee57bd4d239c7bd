import { overlaps } from '../mesh/host.js';
import type { VirtualService } from '../mesh/kinds/virtual-service.js';
import type { MeshObject } from '../mesh/mesh-object.js';
import { familyOf, type ProtocolFamily } from '../mesh/protocol.js';
import { mergedRules } from '../routing/delegates.js';
import { egressGatewayNamed } from '../routing/egress-gateways.js';
import { RouteView } from '../routing/view/routes.js';
import { scopeOf, sidecarOf } from '../routing/view/scope.js';
import type { Way } from '../routing/way.js';
import type { TracedCall } from './comparison.js';
import type { Scene } from './rule.js';

/** Why a call leaves the mesh directly: the stable codes of the rule `direct-egress`. */
export type LeakReason =
  | 'no-route'
  | 'port-uncovered'
  | 'weight'
  | 'mirror'
  | 'fallthrough'
  | 'shadowed'
  | 'unscoped-rule'
  | 'wrong-section'
  | 'source-scope'
  | 'delegate'
  | 'not-exported'
  | 'sidecar-scope'
  | 'private-rival'
  | 'alias'
  | 'address-capture'
  | 'external-name'
  | 'passthrough-lb'
  | 'gateway-shadowed'
  | 'deleted-route';

export interface ReasonedLeak {
  readonly reason: LeakReason;
  /** The object and the field that a mend begins at. */
  readonly object: MeshObject;
  readonly field: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What a person must know of a leak: the reason, and where it stands. */
export function leakReason(scene: Scene, traced: TracedCall, way: Way): ReasonedLeak {
  const { touched, client } = traced;
  const destination = way.outcome.type === 'cluster' ? `${way.outcome.host}:${way.outcome.port}` : '';
  const values = {
    host: touched.hostInWords,
    port: String(touched.call.port),
    clients: client.description,
    destination,
  };
  const { source } = way;
  if (source === undefined) throw new Error('a way out of the mesh has a source');
  const { object } = source;
  if (way.outcome.type === 'cluster' && isEgressGateway(scene, way.outcome.host)) {
    return { ...behindGateway(scene, way, client.namespace), values };
  }
  if (object.kind === 'VirtualService') return byRoute(scene, traced, way, object, values);
  return byDefault(scene, traced, object, source.field, values);
}

function isEgressGateway({ topology }: Scene, host: string): boolean {
  return egressGatewayNamed(topology.world, topology.isEgressGateway, host) !== undefined;
}

/** The route is right, and what it names does not lead there. */
function behindGateway(
  { topology, subject }: Scene,
  way: Way,
  namespace: string,
): Pick<ReasonedLeak, 'reason' | 'object' | 'field'> {
  const { world } = topology;
  const host = way.outcome.type === 'cluster' ? way.outcome.host : '';
  const at = way.source?.object;
  const rival = world.declarations.of(host).find((one) => one.object.kind === 'ServiceEntry');
  const rule = [namespace, ...world.declarations.of(host).map((one) => one.namespace), world.mesh.rootNamespace]
    .flatMap((place) => {
      const rules = world.destinationRules(place);
      return [host, ...rules.covering(host)].flatMap((name) => rules.of(name));
    })
    .find(({ spec }) => JSON.stringify(spec).includes('"PASSTHROUGH"'));
  if (rule !== undefined) return { reason: 'passthrough-lb', object: rule, field: 'spec' };
  if (rival !== undefined) return { reason: 'gateway-shadowed', object: rival.object, field: 'spec.hosts' };
  const object = subject ?? at;
  if (object === undefined) throw new Error('a way to a gateway has a source');
  return { reason: 'gateway-shadowed', object, field: subject?.kind === 'WorkloadEntry' ? 'spec.address' : 'spec' };
}

type Values = Readonly<Record<string, string>>;

/** A VirtualService's own destination is outside. */
function byRoute(scene: Scene, traced: TracedCall, way: Way, route: VirtualService, values: Values): ReasonedLeak {
  const { world } = scene.topology;
  const written = way.source?.field ?? 'spec';
  const destination = /\.destination$|\.mirror$/.test(written) ? `${written}.host` : written;
  const at = { object: route, field: destination, values: { ...values, route: nameOf(route) } };
  const place = /^spec\.(http|tls|tcp)\[(\d+)\]/.exec(written);
  const section = place?.[1];
  const index = Number(place?.[2]);
  if (written.includes('mirror')) return { ...at, reason: 'mirror' };
  if (route.spec.hosts.length === 0) return { ...at, reason: 'delegate' };
  const named = scene.topology.world.declarations.of(destinationHost(route, section, index, written));
  if (named.some(({ resolution }) => resolution === 'ALIAS')) return { ...at, reason: 'external-name' };
  const others = traced.ways.filter(
    (one) => one.outcome.type === 'cluster' && isEgressGateway(scene, one.outcome.host),
  );
  const rule = `spec.${section ?? ''}[${index}].`;
  if (others.some((one) => one.source?.field.startsWith(rule) === true)) return { ...at, reason: 'weight' };
  if (others.length > 0) return { ...at, reason: 'fallthrough' };
  const rivals = world.routes.of(traced.touched.call.host).filter((one) => one !== route);
  if (route.spec.exportTo.length > 0 && !route.spec.exportTo.includes('*') && rivals.length > 0) {
    return { ...at, reason: 'private-rival', values: { ...at.values, route: rivals.map(nameOf).join(', ') } };
  }
  const matches = section === 'http' ? route.spec.http[index]?.match : matchesOf(route, section, index);
  const bindsBoth = route.spec.gateways.some((name) => name !== 'mesh');
  const unscoped = matches?.length === 0 || matches?.some(({ gateways }) => gateways.length === 0) === true;
  return { ...at, reason: bindsBoth && unscoped ? 'unscoped-rule' : 'shadowed' };
}

function matchesOf({ spec }: VirtualService, section: string | undefined, index: number) {
  return section === 'tls' ? spec.tls[index]?.match : spec.tcp[index]?.match;
}

function destinationHost({ spec }: VirtualService, section: string | undefined, index: number, field: string): string {
  const rules = section === 'http' ? spec.http : section === 'tls' ? spec.tls : spec.tcp;
  const at = Number(/route\[(\d+)\]/.exec(field)?.[1] ?? 0);
  return rules[index]?.route[at]?.destination.host ?? '';
}

/** No VirtualService decides: the sidecar dials the service itself. */
function byDefault(scene: Scene, traced: TracedCall, object: MeshObject, field: string, values: Values): ReasonedLeak {
  const { world } = scene.topology;
  const { host, port, address } = traced.touched.call;
  const at = { object, field: hostField(object, host) ?? field, values };
  if (scene.deletes && scene.subject === undefined) {
    const gone = 'the VirtualService';
    return { ...at, reason: 'deleted-route', values: { ...values, route: gone } };
  }
  if (object.kind === 'ServiceEntry') {
    if (address !== undefined && !object.spec.hosts.some((one) => overlaps(one, host))) {
      return { ...at, field: 'spec.addresses', reason: 'address-capture' };
    }
    if (object.spec.location === 'MESH_INTERNAL') return { ...at, reason: 'alias' };
  }
  const routes = [
    ...world.routes.of(host),
    ...world.routes.covering(host).flatMap((name) => world.routes.of(name)),
  ].filter(({ spec }) => spec.gateways.length === 0 || spec.gateways.includes('mesh'));
  const [route] = routes;
  if (route === undefined) return { ...at, reason: 'no-route' };
  const named = { ...values, route: nameOf(route), routeNamespace: route.metadata.namespace };
  const seen = routes.filter((one) => visibleTo(scene, one, traced));
  if (seen.length === 0) return { ...at, reason: hiddenBy(scene, route, traced), values: named };
  const family = familyAt(object, port);
  const ruled = seen.find((one) => rulesFor(scene, one, family).length > 0);
  if (ruled === undefined) {
    const section = family === 'tls' ? 'tls' : family === 'http' ? 'http' : 'tcp';
    return { ...at, reason: 'wrong-section', values: { ...named, section, protocol: protocolAt(object, port) } };
  }
  const about = { ...named, route: nameOf(ruled) };
  if (seen.some((one) => one.spec.http.some(({ delegate }) => delegate !== undefined)) && family === 'http') {
    return { ...at, reason: 'delegate', values: about };
  }
  const onPort = rulesFor(scene, ruled, family)
    .flatMap((match) => match)
    .some((one) => one.port === undefined || one.port === port);
  if (onPort) return { ...at, reason: 'source-scope', values: about };
  return { ...at, field: portField(object, port) ?? at.field, reason: 'port-uncovered', values: about };
}

function visibleTo({ topology }: Scene, route: VirtualService, { client }: TracedCall): boolean {
  const { world } = topology;
  const scope = scopeOf(world, sidecarOf(world, client.namespace, client.labels), client.namespace);
  const entries = scope.egress ?? [undefined];
  return entries.some((entry) => new RouteView(world, client.namespace, 'sidecar', entry).sees(route));
}

function hiddenBy({ topology }: Scene, route: VirtualService, { client }: TracedCall): LeakReason {
  const open = new RouteView(topology.world, client.namespace, 'sidecar', undefined);
  return open.sees(route) ? 'sidecar-scope' : 'not-exported';
}

/** The matches of the rules of a VirtualService in the section that a protocol obeys, a rule without one as an open match. */
function rulesFor({ topology }: Scene, route: VirtualService, family: ProtocolFamily | undefined) {
  const section =
    family === 'http' ? mergedRules(topology.world, route) : family === 'tls' ? route.spec.tls : route.spec.tcp;
  const sniffed = family === 'sniffed' ? mergedRules(topology.world, route) : [];
  return [...section, ...sniffed].map(({ match }) =>
    match.length === 0 ? [{ port: undefined }] : match.map((one) => ({ port: one.port })),
  );
}

function familyAt(object: MeshObject, port: number): ProtocolFamily | undefined {
  if (object.kind !== 'ServiceEntry' && object.kind !== 'Service') return undefined;
  const found = object.spec.ports.find(({ number }) => number === port);
  return found === undefined ? undefined : familyOf(found.protocol);
}

function protocolAt(object: MeshObject, port: number): string {
  if (object.kind !== 'ServiceEntry' && object.kind !== 'Service') return '';
  const protocol = object.spec.ports.find(({ number }) => number === port)?.protocol;
  return protocol === undefined || protocol === 'unset' ? 'no declared protocol' : protocol;
}

function hostField(object: MeshObject, host: string): string | undefined {
  if (object.kind === 'Service') return 'spec';
  if (object.kind !== 'ServiceEntry') return undefined;
  const index = object.spec.hosts.findIndex((one) => overlaps(one.toLowerCase(), host.toLowerCase()));
  return index < 0 ? undefined : `spec.hosts[${index}]`;
}

function portField(object: MeshObject, port: number): string | undefined {
  if (object.kind !== 'ServiceEntry' && object.kind !== 'Service') return undefined;
  const index = object.spec.ports.findIndex(({ number }) => number === port);
  return index < 0 ? undefined : `spec.ports[${index}]`;
}

function nameOf({ kind, metadata }: MeshObject): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}
