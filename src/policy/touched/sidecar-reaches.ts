import { overlaps, resolveHost, serviceHost } from '../../mesh/host.js';
import type { ServiceEntry } from '../../mesh/kinds/service-entry.js';
import type { Service } from '../../mesh/kinds/service.js';
import type { Sidecar } from '../../mesh/kinds/sidecar.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { Labels } from '../../mesh/metadata.js';
import { declarationsOf } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import { importsRoute, importsService, scopeOf, sidecarOf, type EgressEntry } from '../../routing/view/scope.js';
import type { ObjectChange, Worlds } from '../change.js';
import { sameValue } from './changes-nothing.js';
import { Reach, rootsOf } from './reach.js';

/** How many of the hosts that a Sidecar only hides are called for the sake of warnings: they can leak no more. */
const MOST_HIDDEN = 50;

/**
 * What a change of a Sidecar reaches: the services and VirtualServices that its pods see through other entries than before, and on every
 * port a name that nobody declares. What is hidden behind it is to its pods like a name that nobody declares; only some of that are
 * called by their own names.
 */
export function sidecarReaches(worlds: Worlds, change: ObjectChange): Iterable<Reach> {
  const versions = [change.old, change.object].filter((one) => one?.kind === 'Sidecar');
  const differences = versions.flatMap((version) => differencesFor(worlds, version));
  if (differences.length === 0) return [];
  return [...routeReaches(worlds.after, differences), ...serviceReaches(worlds.after, differences)];
}

function* routeReaches(world: World, all: readonly Difference[]): Generator<Reach> {
  const moved = new Set<VirtualService>();
  const about = byNamespace(all);
  for (const route of routesOf(world, all)) {
    const { namespace } = route.metadata;
    const differences = about(namespace);
    if (differences.length === 0) continue;
    if (!differences.some(({ entry, inSight }) => inSight && importsRoute(entry, namespace, hostsOf(world, route))))
      continue;
    for (const root of rootsOf(world, route)) moved.add(root);
  }
  for (const route of moved) {
    const reach = new Reach();
    reach.addRoute(world, route);
    yield reach;
  }
}

function* serviceReaches(world: World, all: readonly Difference[]): Generator<Reach> {
  const about = byNamespace(all);
  const undeclared = new Reach();
  let hidden = 0;
  for (const object of services(world, all)) {
    const isEntry = object.kind === 'ServiceEntry';
    if (isEntry) for (const { number } of object.spec.ports) undeclared.ports.add(number);
    const { namespace } = object.metadata;
    const differences = about(namespace);
    if (differences.length === 0) continue;
    const hosts = hostsDeclaredBy(object, world);
    const seeing = differences.filter(
      ({ entry, inSight }) => (inSight || isEntry) && hosts.some((host) => importsService(entry, namespace, host)),
    );
    if (seeing.length === 0) continue;
    const isSeen = hosts.some((host) => seeing.some(({ seenAfter }) => seenAfter(namespace, host)));
    // Where it had an address of its own, that is now anybody's who names it.
    const isOpen = seeing.some(({ inSight }) => inSight) && (!isEntry || object.spec.addresses.length > 0);
    if (!isSeen && !isOpen && ++hidden > MOST_HIDDEN) continue;
    const reach = new Reach();
    for (const declaration of declarationsOf(object, world.mesh)) reach.addDeclaration(declaration);
    yield reach;
  }
  // The Sidecar's policy is also for ports that nobody declares.
  if (undeclared.ports.size === 0) for (const port of [80, 443]) undeclared.ports.add(port);
  yield undeclared;
}

/** Of the differences those that can be about an object of a namespace: mostly none, and there are as many objects as there are. */
function byNamespace(all: readonly Difference[]): (namespace: string) => readonly Difference[] {
  const known = new Map<string, readonly Difference[]>();
  return (namespace) => {
    const found = known.get(namespace);
    if (found !== undefined) return found;
    const about = all.filter(
      ({ entry }) =>
        entry === undefined || entry.imports.some((one) => one.namespace === '*' || one.namespace === namespace),
    );
    known.set(namespace, about);
    return about;
  };
}

function hostsDeclaredBy(object: ServiceEntry | Service, { mesh }: World): readonly string[] {
  if (object.kind === 'ServiceEntry') return object.spec.hosts;
  return [serviceHost(object.metadata.name, object.metadata.namespace, mesh.domain)];
}

/** The namespaces that differences can be about; undefined for all. */
function namespacesOf(all: readonly Difference[]): ReadonlySet<string> | undefined {
  const named = new Set<string>();
  for (const { entry } of all) {
    if (entry === undefined) return undefined;
    for (const { namespace } of entry.imports) named.add(namespace);
  }
  return named.has('*') ? undefined : named;
}

function* routesOf(world: World, all: readonly Difference[]): Generator<VirtualService> {
  const namespaces = namespacesOf(all);
  if (namespaces === undefined) yield* world.all('VirtualService');
  else for (const namespace of namespaces) yield* world.routesIn.of(namespace);
}

function* services(world: World, all: readonly Difference[]): Generator<ServiceEntry | Service> {
  const namespaces = namespacesOf(all);
  if (namespaces === undefined) {
    yield* world.all('ServiceEntry');
    yield* world.all('Service');
  } else {
    for (const namespace of namespaces) {
      yield* world.entriesIn.of(namespace);
      yield* world.services.of(namespace);
    }
  }
}

/** What pods see through on one side of the change and not on the other. */
interface Difference {
  readonly entry: EgressEntry | undefined;
  /** False where what is seen stays, and only the policy for calls that nothing takes is another one. */
  readonly inSight: boolean;
  /** Whether the pods see a service, or a route for it, after the change. */
  readonly seenAfter: (owner: string, host: string) => boolean;
}

function differencesFor({ before, after }: Worlds, version: Sidecar): readonly Difference[] {
  const { namespace } = version.metadata;
  const labels: Labels = version.spec.workloadSelector ?? {};
  const isForAll = namespace === after.mesh.rootNamespace && version.spec.workloadSelector === undefined;
  const scopes = [before, after].map((world) => scopeOf(world, sidecarOf(world, namespace, labels), namespace));
  const [was, is] = scopes;
  if (was === undefined || is === undefined) return [];
  const seenAfter = (owner: string, host: string): boolean =>
    isForAll ||
    is.egress === undefined ||
    is.egress.some(
      (entry) => importsService(entry, owner, host) || entry.imports.some((one) => overlaps(one.host, host)),
    );
  // The root namespace's Sidecar is every namespace's, and `.` is another one in each: all may see otherwise.
  const entries = isForAll ? [undefined] : differing(was.egress, is.egress);
  const differences = entries.map((entry) => ({ entry, inSight: true, seenAfter }));
  if (sameValue(was.policy, is.policy)) return differences;
  return [...differences, { entry: undefined, inSight: false, seenAfter: () => false }];
}

/** The imports in which two lists of entries differ, as entries; where an entry as such differs, all of its imports. */
function differing(
  was: readonly EgressEntry[] | undefined,
  is: readonly EgressEntry[] | undefined,
): readonly (EgressEntry | undefined)[] {
  if (was === undefined || is === undefined) return was === is ? [] : [undefined];
  const found: EgressEntry[] = [];
  for (let index = 0; index < Math.max(was.length, is.length); index++) {
    const [one, other] = [was[index], is[index]];
    const isSame =
      one !== undefined && other !== undefined && one.bind === other.bind && sameValue(one.port, other.port);
    if (!isSame) {
      found.push(...[one, other].filter((entry) => entry !== undefined));
      continue;
    }
    const imports = [...missingFrom(one, other), ...missingFrom(other, one)];
    if (imports.length > 0) found.push({ ...other, imports });
  }
  return found;
}

function missingFrom(one: EgressEntry, other: EgressEntry): EgressEntry['imports'] {
  return one.imports.filter((each) => !other.imports.some((there) => sameValue(there, each)));
}

function hostsOf({ mesh }: World, { spec, metadata }: VirtualService): readonly string[] {
  return spec.hosts.map((host) => resolveHost(host, metadata.namespace, mesh.domain));
}
