import { addressKey, contains, parseAddress, parseBlock, type Address } from '../../mesh/address.js';
import type { ProtocolFamily } from '../../mesh/protocol.js';
import { EVERYBODY, portKey, type Declaration, type PortBinding } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import { endpointsOf } from '../destination/dial.js';
import { remembered } from '../memory.js';
import { overlappingNames } from '../view/routes.js';
import type { SeenPort, ServiceView } from '../view/services.js';
import type { EgressView } from './egress-view.js';
import type { SidecarProxy } from './sidecar-proxy.js';

/** The listener that takes a call, seen through the entry that made it. */
export interface Listener {
  readonly view: EgressView;
  /** Bound to the very address that is dialled, not to all. */
  readonly bound: boolean;
  /** The services that it is made for, in order: all of them where it is bound, else only the decisive ones. */
  readonly services: ListenerServices;
}

export interface ListenerServices {
  /** Every service that binds here; empty for a listener on all addresses, whose services are looked up by the call. */
  readonly all: readonly BoundService[];
  /** The first that speaks HTTP, or is sniffed, for an HTTP chain. */
  readonly http: BoundService | undefined;
  /** The first of those without an address block that adds a chain for whatever bytes. */
  readonly bytes: BoundService | undefined;
  /** Whether a service of this kind takes part: see T4.5. */
  admits(service: BoundService): boolean;
}

/** One service on a listener, with its block where it has one. */
export interface BoundService {
  readonly declaration: Declaration;
  readonly port: SeenPort;
  /** The address block to which its chains are limited. */
  readonly block: string | undefined;
}

/**
 * The listener for an address and a port (T3): one bound to the address, else the one on all addresses, else none. A bind comes
 * from the egress entry with the port if that makes it, else from the one without (T1.2; `buildSidecarOutboundListeners`).
 */
export function listenerFor(proxy: SidecarProxy, address: string | undefined, port: number): Listener | undefined {
  const { ported, portless } = proxy.viewsForPort(port);
  const views = [ported, portless].filter((view) => view !== undefined);
  if (address !== undefined) {
    for (const view of views) {
      const all = boundTo(view.services, address, port);
      if (all.length > 0) return { view, bound: true, services: decisive(all, all) };
    }
  }
  for (const view of views) {
    const services = rememberedOnAll(view.services, port);
    if (services !== undefined) return { view, bound: false, services };
  }
  return undefined;
}

/** Whether a listener on all addresses takes plaintext HTTP on a port. */
export function httpListens(view: ServiceView, port: number): boolean {
  return rememberedOnAll(view, port)?.http !== undefined;
}

/** The services that bind to an address of their own, in order. */
function boundTo(view: ServiceView, address: string, port: number): readonly BoundService[] {
  const parsed = parseAddress(address);
  if (parsed === undefined) return [];
  const key = addressKey(address);
  const bare = view.entry?.port === undefined ? endpointBinders(view, key) : [];
  return [...view.visibleAt(key), ...bare]
    .flatMap((declaration) => {
      const seen = view.port(declaration, port);
      return seen === undefined || !bindsToAddresses(seen.family)
        ? []
        : [{ declaration, port: seen, block: undefined }];
    })
    .sort((a, b) => view.compare(a.declaration, b.declaration));
}

function bindsToAddresses(family: ProtocolFamily): boolean {
  return family === 'tls' || family === 'tcp' || family === 'sniffed';
}

/** Entries of resolution NONE without an address that bind to this one because it is an endpoint of their namesakes. */
function endpointBinders(view: ServiceView, key: string): readonly Declaration[] {
  const { world } = view;
  const selecting = world.workloadsAt
    .of(key)
    .flatMap(({ metadata }) => world.selectingEntries.of(metadata.namespace))
    .flatMap(({ spec, metadata }) =>
      spec.hosts.flatMap((host) =>
        world.declarations.of(host).filter(({ namespace }) => namespace === metadata.namespace),
      ),
    );
  const hosts = new Set([...world.endpoints.of(key), ...selecting].map(({ host }) => host));
  return [...hosts]
    .flatMap((host) => view.declared(host))
    .filter((one) => one.resolution === 'NONE' && !hasAddress(one))
    .filter((one) =>
      one.ports.some(({ number }) => endpointBinds(world, one, number)?.some((at) => addressKey(at) === key)),
    );
}

/**
 * Where an entry of resolution NONE without an address binds instead of to all addresses: to the IP endpoints that any declaration
 * of its host in its namespace has on the port's number; undefined where none of them has endpoints.
 */
function endpointBinds(world: World, declaration: Declaration, port: number): readonly string[] | undefined {
  if (declaration.resolution !== 'NONE') return undefined;
  const siblings = world.declarations
    .of(declaration.host)
    .filter((one) => one.namespace === declaration.namespace && one.ports.some(({ number }) => number === port));
  if (!siblings.some(hasEndpoints)) return undefined;
  return siblings
    .flatMap((one) => endpointsOf(world, one))
    .map(({ address }) => address)
    .filter((address) => parseAddress(address) !== undefined);
}

function hasEndpoints({ object, resolution }: Declaration): boolean {
  if (object.kind === 'Service') return false;
  const { endpoints, workloadSelector } = object.spec;
  return (
    workloadSelector !== undefined || endpoints.length > 0 || resolution === 'DNS' || resolution === 'DNS_ROUND_ROBIN'
  );
}

function hasAddress({ addresses, blocks }: Declaration): boolean {
  return addresses.length > 0 || blocks.length > 0;
}

/** How a declaration binds to all addresses: once for each block, once without where it has no address at all. */
export function wildBindings(view: ServiceView, declaration: Declaration, port: SeenPort): readonly BoundService[] {
  if (declaration.resolution === 'ALIAS' || port.family === 'udp') return [];
  if (port.family === 'http') return [{ declaration, port, block: undefined }];
  const bindings: BoundService[] = declaration.blocks.map((block) => ({ declaration, port, block }));
  if (hasAddress(declaration)) return bindings;
  if (view.entry?.port === undefined) {
    if (declaration.resolution === 'HEADLESS') return [];
    if (endpointBinds(view.world, declaration, port.number) !== undefined) return [];
  }
  return [{ declaration, port, block: undefined }];
}

const ON_ALL = new WeakMap<ServiceView, Map<number, { readonly services: ListenerServices | undefined }>>();

function rememberedOnAll(view: ServiceView, port: number): ListenerServices | undefined {
  let ports = ON_ALL.get(view);
  if (ports === undefined) ON_ALL.set(view, (ports = new Map<number, { services: ListenerServices | undefined }>()));
  const known = ports.get(port) ?? remembered(ports, port, () => ({ services: onAllAddresses(view, port) }));
  return known.services;
}

function onAllAddresses(view: ServiceView, port: number): ListenerServices | undefined {
  const first = (binding: PortBinding, accept: (service: BoundService) => boolean): BoundService | undefined => {
    for (const declaration of declaredOn(view, port, binding)) {
      const seen = view.port(declaration, port);
      if (seen === undefined) continue;
      const found = wildBindings(view, declaration, seen).find(accept);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const firsts = (accept: (service: BoundService) => boolean): readonly BoundService[] =>
    BINDINGS.map((binding) => first(binding, accept))
      .filter((one) => one !== undefined)
      .sort((a, b) => view.compare(a.declaration, b.declaration));
  const heads = firsts(() => true);
  if (heads.length === 0) return undefined;
  const admits = admissionRule(heads);
  const open = ({ block }: BoundService): boolean => block === undefined;
  return decisive(
    [],
    firsts((one) => admits(one) && open(one)),
    admits,
  );
}

const BINDINGS: readonly PortBinding[] = ['http', 'tls', 'tcp', 'sniffed'];

/** The declarations that count in a view and have a port with that binding, in order. */
function* declaredOn(view: ServiceView, port: number, binding: PortBinding): Generator<Declaration> {
  if (view.entry?.port !== undefined) {
    yield* importedOn(view, port).filter((one) => view.port(one, port)?.family === binding);
    return;
  }
  for (const audience of [view.namespace, EVERYBODY]) {
    for (const declaration of view.world.ports.of(portKey(port, binding, audience))) {
      if (view.counts(declaration)) yield declaration;
    }
  }
}

/** An entry with a port gives every service that it imports its own protocol, so they are looked up by what it imports. */
function importedOn(view: ServiceView, port: number): readonly Declaration[] {
  const { declarations } = view.world;
  const hosts = new Set((view.entry?.imports ?? []).flatMap(({ host }) => overlappingNames(declarations, host)));
  return [...hosts]
    .flatMap((host) => view.declared(host))
    .filter((one) => view.port(one, port) !== undefined)
    .sort((a, b) => view.compare(a, b));
}

/** Mongo and MySQL share a listener with nobody else: the first service decides who stays (T4.5). */
function admissionRule(ordered: readonly BoundService[]): (service: BoundService) => boolean {
  const alone = ordered[0]?.port.protocol;
  if (alone === 'Mongo' || alone === 'MySQL') return ({ port }) => port.protocol === alone;
  return ({ port }) => port.protocol !== 'Mongo' && port.protocol !== 'MySQL';
}

function decisive(
  all: readonly BoundService[],
  ordered: readonly BoundService[],
  admitted = admissionRule(ordered),
): ListenerServices {
  const sniffable = ordered.filter(admitted).filter(({ port }) => port.family === 'http' || port.family === 'sniffed');
  const http = sniffable[0];
  const admits = (service: BoundService): boolean => {
    if (!admitted(service)) return false;
    // A sniffed port behind an HTTP or sniffed one adds no chain for other bytes.
    return service.port.family !== 'sniffed' || service.declaration === http?.declaration;
  };
  const bytes = ordered.find((one) => admits(one) && (one.port.family === 'tcp' || one.port.family === 'sniffed'));
  return { all, http, bytes, admits };
}

/** The longest of the blocks that contains the address: its prefix length, or undefined. */
export function longestMatch(blocks: readonly string[], address: Address | undefined): number | undefined {
  if (address === undefined) return undefined;
  let longest: number | undefined;
  for (const text of blocks) {
    const block = parseBlock(text);
    if (block === undefined || !contains(block, address)) continue;
    if (longest === undefined || block.length > longest) longest = block.length;
  }
  return longest;
}
