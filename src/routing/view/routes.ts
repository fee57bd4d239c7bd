import { isWildcard, overlaps, resolveHost } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { byAge } from '../../mesh/metadata.js';
import { hasGatewaySemantics } from '../../mesh/route-semantics.js';
import type { HostLookup } from '../../mesh/world/host-lookup.js';
import type { World } from '../../mesh/world/world.js';
import { remembered } from '../memory.js';
import { importsDerivedRoute, importsRoute, type EgressEntry } from './scope.js';
import { exported, visibilityOf, type Visibility } from './visibility.js';

/** Whose configuration a view is: a sidecar sees what binds the mesh, a gateway what binds its Gateways. */
export type ProxyKind = 'sidecar' | 'gateway';

/** `delegate`: it has no hosts, and acts only where another one delegates to it. */
export type RouteHiding = 'delegate' | 'mesh-not-listed' | 'not-exported' | 'not-imported';

/** The VirtualServices that a proxy sees through one egress entry, or through none, in Istio's order: T1.5, T8.3. */
export class RouteView {
  readonly world: World;
  readonly namespace: string;
  readonly #kind: ProxyKind;
  readonly #entry: EgressEntry | undefined;
  readonly #named = new Map<string, readonly VirtualService[]>();

  constructor(world: World, namespace: string, kind: ProxyKind, entry: EgressEntry | undefined) {
    this.world = world;
    this.namespace = namespace;
    this.#kind = kind;
    this.#entry = entry;
  }

  /** The hosts of a VirtualService as istiod reads them: short names resolved. */
  hosts(route: VirtualService): readonly string[] {
    const { hosts } = route.spec;
    if (hosts.every((host) => host.includes('.'))) return hosts;
    if (hasGatewaySemantics(route)) return hosts;
    return hosts.map((host) => resolveHost(host, route.metadata.namespace, this.world.mesh.domain));
  }

  /** Those that name this very host, with case. */
  named(host: string): readonly VirtualService[] {
    const all = this.world.routes.of(host);
    const [only] = all;
    if (only !== undefined && all.length === 1) return this.sees(only) ? all : NO_ROUTES;
    return remembered(this.#named, host, () => this.ordered(all));
  }

  /** Those that name this host whatever the case, for HTTP: `host` is in lower case. */
  namedInAnyCase(host: string): readonly VirtualService[] {
    const shouted = this.world.shoutedRoutes.of(host);
    return shouted.length === 0 ? this.named(host) : this.ordered([...this.world.routes.of(host), ...shouted]);
  }

  /** Those with a host that overlaps `host`: they can route a TLS or TCP service of that name. */
  overlapping(host: string): readonly VirtualService[] {
    const { routes } = this.world;
    const wider = routes.covering(host);
    const lower = isWildcard(host) ? routes.below(host) : [];
    if (wider.length === 0 && lower.length === 0) return this.named(host);
    return this.ordered([host, ...wider, ...lower].flatMap((name) => routes.of(name)));
  }

  /** Of any VirtualServices, without repeating one, those that this proxy sees, in Istio's order. */
  ordered(routes: readonly VirtualService[]): readonly VirtualService[] {
    if (routes.length === 0) return routes;
    const seen = [...new Set(routes)]
      .map((route) => ({ route, rank: this.rank(route) }))
      .filter(({ rank }) => rank !== HIDDEN)
      .sort((a, b) => a.rank - b.rank || byAge(a.route, b.route));
    return seen.map(({ route }) => route);
  }

  sees(route: VirtualService): boolean {
    return this.rank(route) >= 0;
  }

  /** Istio's order of precedence among VirtualServices that this proxy sees. */
  compare(a: VirtualService, b: VirtualService): number {
    const x = this.rank(a);
    const y = this.rank(b);
    return x !== y ? x - y : byAge(a, b);
  }

  /** The class of precedence, lower first: private, exported by name, public; -1 for one that the proxy does not see. */
  rank(route: VirtualService): number {
    const visibility = this.#visibility(route);
    if (visibility === undefined || this.hiddenBy(route) !== undefined) return HIDDEN;
    const first =
      hasGatewaySemantics(route) &&
      route.metadata.namespace === this.namespace &&
      (this.#kind === 'sidecar' || visibility === 'public');
    return CLASSES[visibility] + (first ? 0 : 1);
  }

  /** Why this proxy does not see a VirtualService; undefined where it does. */
  hiddenBy(route: VirtualService): RouteHiding | undefined {
    const { spec, metadata } = route;
    const hosts = this.hosts(route);
    if (hosts.length === 0) return 'delegate';
    if (this.#kind === 'sidecar' && spec.gateways.length > 0 && !spec.gateways.includes('mesh'))
      return 'mesh-not-listed';
    if (this.#visibility(route) === undefined) return 'not-exported';
    const imports = hasGatewaySemantics(route) ? importsDerivedRoute : importsRoute;
    return imports(this.#entry, metadata.namespace, hosts) ? undefined : 'not-imported';
  }

  #visibility({ spec, metadata }: VirtualService): Visibility | undefined {
    const exportTo = exported(spec.exportTo, this.world.mesh.defaultVirtualServiceExportTo);
    return visibilityOf(exportTo, metadata.namespace, this.namespace);
  }
}

const HIDDEN = -1;
const NO_ROUTES: readonly VirtualService[] = Object.freeze([]);
const CLASSES = { private: 0, named: 2, public: 4 } as const;

/** The names of an index that overlap `host`, itself included. */
export function overlappingNames(lookup: HostLookup<unknown>, host: string): readonly string[] {
  const names = [...(lookup.of(host).length > 0 ? [host] : []), ...lookup.covering(host)];
  return isWildcard(host) ? [...names, ...lookup.below(host)] : names;
}

/** Whether any host of a VirtualService overlaps `host`. */
export function routesHost(hosts: readonly string[], host: string): boolean {
  return hosts.some((one) => overlaps(one, host));
}
