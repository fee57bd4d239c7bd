import { resolveHost } from '../../mesh/host.js';
import type { Destination, VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { Declaration } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import { mergedRules } from '../delegates.js';
import { joins, type ClusterService } from '../destination/cluster.js';
import { ServiceView } from '../view/services.js';
import type { EgressView } from './egress-view.js';

/**
 * The service that a sidecar does not see or not with this port, but that a VirtualService which it sees names as a destination: it
 * gets the cluster, though no listener (T6.2; the second half of `convertToSidecarScope` in istiod). `imported` is what it has of
 * the host already.
 */
export function importedDestination(
  world: World,
  namespace: string,
  views: readonly EgressView[],
  imported: Declaration | undefined,
  host: string,
  port: number,
): ClusterService | undefined {
  const declaration = preferred(world, namespace, host);
  const wanted = declaration?.ports.find(({ number }) => number === port);
  if (declaration === undefined || wanted === undefined) return undefined;
  if (imported !== undefined && !joins(imported, declaration)) return undefined;
  for (const route of rootsNaming(world, host)) {
    if (!views.some(({ routes }) => routes.sees(route))) continue;
    const ports = portsNamed(world, route, host, namespace);
    if (ports !== undefined && (ports.size === 0 || ports.has(port))) return { declaration, port: wanted };
  }
  return undefined;
}

/** The namespace's own, hidden from itself or not; else of all that is visible the Kubernetes Service, else the oldest. */
export function preferred(world: World, namespace: string, host: string): Declaration | undefined {
  const all = world.declarations.of(host);
  const own = all.filter((one) => one.namespace === namespace);
  const choice = own.length > 0 ? own : new ServiceView(world, namespace, undefined, true).visible(all);
  return choice.find(({ kubernetes }) => kubernetes) ?? choice[0];
}

function* rootsNaming(world: World, host: string): Generator<VirtualService> {
  for (const route of world.routesTo.of(host)) {
    if (route.spec.hosts.length > 0) yield route;
    else yield* world.delegators.of(`${route.metadata.namespace}/${route.metadata.name}`);
  }
}

/** The ports that a VirtualService names for a destination; empty where it names it without one; undefined where not at all. */
function portsNamed(
  world: World,
  route: VirtualService,
  host: string,
  namespace: string,
): ReadonlySet<number> | undefined {
  const named = [...destinationsFor(world, route, namespace)].filter(
    ({ destination, owner }) => resolveHost(destination.host, owner.metadata.namespace, world.mesh.domain) === host,
  );
  if (named.length === 0) return undefined;
  return new Set(named.map(({ destination }) => destination.port).filter((port) => port !== undefined));
}

/** All destinations and mirrors of a VirtualService but those of HTTP rules that are for other namespaces alone. */
function* destinationsFor(
  world: World,
  route: VirtualService,
  namespace: string,
): Generator<{ readonly destination: Destination; readonly owner: VirtualService }> {
  for (const { rule, match, owner } of mergedRules(world, route)) {
    const applies = match.length === 0 || match.some(({ sourceNamespace }) => isHere(sourceNamespace, namespace));
    if (!applies) continue;
    for (const { destination } of [...rule.route, ...rule.mirrors]) yield { destination, owner };
  }
  for (const rule of [...route.spec.tls, ...route.spec.tcp]) {
    for (const { destination } of rule.route) yield { destination, owner: route };
  }
}

function isHere(sourceNamespace: string | undefined, namespace: string): boolean {
  return sourceNamespace === undefined || sourceNamespace === '' || sourceNamespace === namespace;
}
