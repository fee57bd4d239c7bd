import { addressKey, parseAddress } from '../mesh/address.js';
import { isWildcard, resolveHost } from '../mesh/host.js';
import type { VirtualService } from '../mesh/kinds/virtual-service.js';
import { selects, type Labels } from '../mesh/metadata.js';
import { EVERYBODY, portKey, type Declaration } from '../mesh/world/declaration.js';
import type { World } from '../mesh/world/world.js';
import { mergedRules } from './delegates.js';
import { aliasTargets, serviceNames } from './sidecar/aliases.js';
import { overlappingNames } from './view/routes.js';
import { ServiceView } from './view/services.js';

/** Pods that no object tells apart for a host and a port: what happens to one of them happens to all. */
export interface ClientClass {
  /** `OTHER` stands for every namespace that has no class of its own. */
  readonly namespace: string;
  readonly labels: Labels;
  /** In words: `pods with app=web in shop`, `every other namespace`. */
  readonly description: string;
}

/** A namespace that no object can be in or name. */
export const OTHER = '~';

/**
 * The clients that can differ for calls to a host and a port (and to an address, where one is given). Namespaces differ by what
 * they own, by what is private to them or exported to them by name on the way, by their Sidecars, their DestinationRules and by
 * `sourceNamespace`; pods of one namespace by the labels that Sidecars, DestinationRules and `sourceLabels` select.
 */
export function classes(world: World, host: string, port: number, address?: string): readonly ClientClass[] {
  return classesOf([world], host, port, address);
}

/** The clients that can differ in any of several worlds: each class of each is a union of these. */
export function classesOf(
  worlds: readonly World[],
  host: string,
  port: number,
  address: string | undefined,
): readonly ClientClass[] {
  const seen = worlds.map((world) => ({ world, way: wayOf(world, host, port, address) }));
  const namespaces = new Set(seen.flatMap(({ world, way }) => [...namespacesOf(world, way, port)]));
  const shared = seen.flatMap(({ world, way }) => way.routes.flatMap((route) => sourceLabelsOf(world, route)));
  return [...[...namespaces].sort(), OTHER].flatMap((namespace) => {
    const own = seen.flatMap(({ world, way }) => selectorsIn(world, way, namespace));
    return labelClasses([...shared, ...own]).map((labels) => classOf(namespace, labels));
  });
}

function classOf(namespace: string, labels: Labels): ClientClass {
  return { namespace, labels, description: describe(namespace, labels) };
}

function describe(namespace: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const where = namespace === OTHER ? 'every other namespace' : namespace;
  if (pairs.length > 0) return `pods with ${pairs.join(',')} in ${where}`;
  return namespace === OTHER ? where : `pods in ${where}`;
}

/** Everything that may have a say in what happens to a call. */
interface WayOfCall {
  readonly routes: readonly VirtualService[];
  readonly declarations: readonly Declaration[];
  /** The hosts whose clusters the call may be sent to. */
  readonly clusters: ReadonlySet<string>;
}

function wayOf(world: World, host: string, port: number, address: string | undefined): WayOfCall {
  const name = host.toLowerCase();
  const routes = new Set<VirtualService>();
  const hosts = new Set<string>();
  const addHost = (one: string): void => {
    for (const declared of [one, ...world.declarations.covering(one)]) hosts.add(declared);
    for (const pattern of [one, ...world.shoutedDeclarations.covering(one)]) {
      for (const declaration of world.shoutedDeclarations.of(pattern)) hosts.add(declaration.host);
    }
    if (isWildcard(one)) for (const lower of world.declarations.below(one)) hosts.add(lower);
  };
  for (const one of new Set([host, name])) addHost(one);
  for (const one of serviceNames(name, OTHER, world.mesh.domain)) hosts.add(one);
  for (const one of aliasTargets(new ServiceView(world, OTHER, undefined, true), name)) hosts.add(one);
  for (const declaration of bytesServices(world, port)) hosts.add(declaration.host);
  for (const declaration of declarationsAt(world, address)) hosts.add(declaration.host);

  const take = (route: VirtualService): void => {
    if (routes.has(route)) return;
    routes.add(route);
    for (const own of hostsOf(world, route)) for (const other of overlappingNames(world.declarations, own)) hosts.add(other);
  };
  for (const one of new Set([host, name])) {
    for (const pattern of overlappingNames(world.routes, one)) for (const route of world.routes.of(pattern)) take(route);
    for (const pattern of overlappingNames(world.shoutedRoutes, one)) {
      for (const route of world.shoutedRoutes.of(pattern)) take(route);
    }
  }
  for (const pattern of [name, ...world.sniRoutes.covering(name)]) for (const route of world.sniRoutes.of(pattern)) take(route);
  const parsed = address === undefined ? undefined : parseAddress(address);
  if (parsed !== undefined) {
    for (const key of world.routedBlocks.containing(parsed)) for (const route of world.routedBlocks.of(key)) take(route);
  }
  // What routes the services found so far: their chains and virtual hosts compete with the call's own.
  for (const one of [...hosts]) {
    for (const pattern of overlappingNames(world.routes, one)) for (const route of world.routes.of(pattern)) routes.add(route);
  }
  const clusters = new Set(hosts);
  for (const route of routes) for (const one of destinationsOf(world, route)) clusters.add(one);
  for (const sidecarNamespace of world.sidecarNamespaces()) {
    for (const { spec } of world.sidecars.of(sidecarNamespace)) {
      const proxy = spec.outboundTrafficPolicy?.egressProxy;
      if (proxy !== undefined) clusters.add(proxy.host);
    }
  }
  const declarations = [...clusters].flatMap((one) => world.declarations.of(one));
  return { routes: [...routes], declarations, clusters };
}

/** Services that may take whatever bytes come on a port. */
function* bytesServices(world: World, port: number): Generator<Declaration> {
  for (const binding of ['tcp', 'sniffed'] as const) yield* world.ports.of(portKey(port, binding, EVERYBODY));
}

function* declarationsAt(world: World, address: string | undefined): Generator<Declaration> {
  const parsed = address === undefined ? undefined : parseAddress(address);
  if (address === undefined || parsed === undefined) return;
  const key = addressKey(address);
  yield* world.addresses.of(key);
  yield* world.endpoints.of(key);
  for (const block of world.blocks.containing(parsed)) yield* world.blocks.of(block);
}

function hostsOf(world: World, { spec, metadata }: VirtualService): readonly string[] {
  return spec.hosts.map((host) => resolveHost(host, metadata.namespace, world.mesh.domain));
}

function* destinationsOf(world: World, route: VirtualService): Generator<string> {
  const resolve = (host: string, owner: VirtualService): string =>
    resolveHost(host, owner.metadata.namespace, world.mesh.domain);
  for (const { rule, owner } of mergedRules(world, route)) {
    for (const { destination } of [...rule.route, ...rule.mirrors]) yield resolve(destination.host, owner);
  }
  for (const rule of [...route.spec.tls, ...route.spec.tcp]) {
    for (const { destination } of rule.route) yield resolve(destination.host, route);
  }
}

/** The namespaces that something on the way belongs to, is exported to by name, or names. */
function namespacesOf(world: World, way: WayOfCall, port: number): ReadonlySet<string> {
  const found = new Set<string>([world.mesh.rootNamespace]);
  const add = (owner: string, exportTo: readonly string[]): void => {
    found.add(owner);
    for (const target of exportTo) if (target !== '*' && target !== '.' && target !== '~') found.add(target);
  };
  for (const { namespace, exportTo } of way.declarations) add(namespace, exportTo);
  for (const { namespace, exportTo } of world.restricted.of(String(port))) add(namespace, exportTo);
  for (const route of way.routes) {
    add(route.metadata.namespace, route.spec.exportTo);
    for (const namespace of sourceNamespacesOf(world, route)) found.add(namespace);
  }
  for (const namespace of world.sidecarNamespaces()) if (world.sidecars.of(namespace).length > 0) found.add(namespace);
  for (const namespace of world.ruleNamespaces()) if (hasRule(world, namespace, way)) found.add(namespace);
  return found;
}

function hasRule(world: World, namespace: string, { clusters }: WayOfCall): boolean {
  const rules = world.destinationRules(namespace);
  for (const host of clusters) {
    if (rules.of(host).length > 0 || rules.covering(host).length > 0) return true;
  }
  return false;
}

function* matchesOf(world: World, route: VirtualService) {
  for (const { match } of mergedRules(world, route)) yield* match;
  for (const rule of route.spec.tls) yield* rule.match;
  for (const rule of route.spec.tcp) yield* rule.match;
}

function sourceNamespacesOf(world: World, route: VirtualService): readonly string[] {
  return [...matchesOf(world, route)].map(({ sourceNamespace }) => sourceNamespace ?? '').filter((name) => name !== '');
}

function sourceLabelsOf(world: World, route: VirtualService): readonly Labels[] {
  return [...matchesOf(world, route)].map(({ sourceLabels }) => sourceLabels).filter(isSelective);
}

/** What tells apart the pods of one namespace: its Sidecars and its DestinationRules for hosts on the way. */
function selectorsIn(world: World, { clusters }: WayOfCall, namespace: string): readonly Labels[] {
  const rules = world.destinationRules(namespace);
  const selectors = world.sidecars.of(namespace).map(({ spec }) => spec.workloadSelector);
  for (const host of clusters) {
    for (const pattern of [host, ...rules.covering(host)]) {
      for (const { spec } of rules.of(pattern)) selectors.push(spec.workloadSelector);
    }
  }
  return selectors.filter((selector) => selector !== undefined).filter(isSelective);
}

function isSelective(labels: Labels): boolean {
  return Object.keys(labels).length > 0;
}

/**
 * Label sets that meet every combination of the selectors that some pod can meet: none of them, each by itself, and each union
 * without a contradiction.
 */
function labelClasses(selectors: readonly Labels[]): readonly Labels[] {
  const found = new Map<string, Labels>([['', {}]]);
  for (const selector of selectors) {
    for (const labels of [...found.values()]) {
      if (found.size >= MOST_LABEL_CLASSES) return [...found.values()];
      const union = { ...labels, ...selector };
      if (selects(labels, union)) found.set(keyOf(union), union);
    }
  }
  return [...found.values()];
}

/** A bound on what somebody's many selectors can cost: beyond it combinations of several selectors are left out. */
const MOST_LABEL_CLASSES = 64;

function keyOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}
