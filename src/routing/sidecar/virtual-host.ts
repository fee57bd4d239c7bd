import { addressKey, parseAddress } from '../../mesh/address.js';
import { isWildcard } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { Labels } from '../../mesh/metadata.js';
import { hasGatewaySemantics } from '../../mesh/route-semantics.js';
import type { Declaration } from '../../mesh/world/declaration.js';
import { keptRoutes, type KeptRoute } from '../http-routes.js';
import { overlappingNames } from '../view/routes.js';
import { aliasTargets, domainNames, serviceNames } from './aliases.js';
import type { EgressView } from './egress-view.js';

/** Who answers for a Host on a port. */
export interface VirtualHost {
  /** The domain that matched. */
  readonly domain: string;
  /** The VirtualService whose routes it has; undefined where it is a service's default. */
  readonly route: VirtualService | undefined;
  readonly kept: readonly KeptRoute[];
  /** The service whose domain it is; undefined where the VirtualService brought a name that is no service's. */
  readonly service: Declaration | undefined;
}

/** The virtual hosts of one port as a sidecar has them (T5; `BuildSidecarVirtualHostWrapper` in istiod). */
export class VirtualHosts {
  readonly #view: EgressView;
  readonly #port: number;
  readonly #labels: Labels;
  readonly #kept = new Map<VirtualService, readonly KeptRoute[]>();

  constructor(view: EgressView, port: number, labels: Labels) {
    this.#view = view;
    this.#port = port;
    this.#labels = labels;
  }

  /** The virtual host for a Host in lower case and without its port, or undefined where none fits. */
  find(host: string): VirtualHost | undefined {
    const exact = this.#domain(host, this.#servicesNamed(host));
    if (exact !== undefined) return exact;
    for (const wildcard of this.#wildcardsOver(host)) {
      const found = this.#domain(wildcard, this.#servicesUnder(wildcard));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The virtual host of one service, whatever the Host: what a listener on its virtual IP has. */
  ofService(service: Declaration): VirtualHost {
    const route = this.#claimant(service.host);
    return { domain: service.host, route, kept: route === undefined ? NO_ROUTES : this.kept(route), service };
  }

  /** The routes of a VirtualService that this sidecar keeps on this port. */
  kept(route: VirtualService): readonly KeptRoute[] {
    const known = this.#kept.get(route);
    if (known !== undefined) return known;
    const { world, namespace } = this.#view.services;
    const context = { gateway: 'mesh', port: this.#port, namespace, labels: this.#labels };
    const kept = keptRoutes(world, route, context);
    this.#kept.set(route, kept);
    return kept;
  }

  /** A domain belongs to the first VirtualService that brings it, else to the first service that has it by default. */
  #domain(domain: string, services: readonly Declaration[]): VirtualHost | undefined {
    let first: VirtualHost | undefined;
    let standard: VirtualHost | undefined;
    for (const service of services) {
      const found = this.ofService(service);
      if (found.route === undefined) standard ??= found;
      else if (first?.route === undefined || this.#view.routes.compare(found.route, first.route) < 0) first = found;
    }
    for (const route of this.#view.routes.namedInAnyCase(domain)) {
      if (first?.route !== undefined && this.#view.routes.compare(first.route, route) <= 0) break;
      if (this.#isLoose(route, domain)) {
        return { domain, route, kept: this.kept(route), service: undefined };
      }
    }
    return first ?? standard;
  }

  /** The VirtualService that claims a service of the registry: T5.1, T5.2 and the end of T5.3. */
  #claimant(host: string): VirtualService | undefined {
    const { routes } = this.#view;
    const exact = routes.namedInAnyCase(host);
    if (exact.length > 0) {
      return isWildcard(host)
        ? exact.slice(0, 1).find((route) => this.#claims(route))
        : exact.find((route) => this.#claims(route));
    }
    for (const wildcard of routes.world.routes.covering(host)) {
      const [owner] = routes.named(wildcard);
      if (owner !== undefined) return !hasGatewaySemantics(owner) && this.#claims(owner) ? owner : undefined;
    }
    return undefined;
  }

  #claims(route: VirtualService): boolean {
    return this.kept(route).length > 0 && this.#countsHere(route);
  }

  /** One with gateway semantics counts for its own namespace's services, or for its own namespace's pods (A3). */
  #countsHere(route: VirtualService): boolean {
    if (!hasGatewaySemantics(route)) return true;
    const { namespace } = route.metadata;
    const registered = this.#view.routes
      .hosts(route)
      .filter((host) => !isWildcard(host))
      .map((host) => this.#view.services.routed(host.toLowerCase(), this.#port))
      .filter((one) => one !== undefined);
    if (namespace === this.#view.services.namespace) return registered.length > 0;
    return registered.some(({ declaration }) => declaration.namespace === namespace);
  }

  /** Whether `domain`, a host of `route`, is one that no service of the registry has, and counts on this port (T5.2). */
  #isLoose(route: VirtualService, domain: string): boolean {
    if (this.kept(route).length === 0 || !this.#countsHere(route)) return false;
    if (isWildcard(domain)) {
      if (!hasGatewaySemantics(route) && this.#overlapsRegistry(domain)) return false;
    } else if (this.#view.services.routed(domain, this.#port) !== undefined) return false;
    return this.#port === HTTP_PORT || this.#claimsSomething(route);
  }

  #overlapsRegistry(wildcard: string): boolean {
    const { services } = this.#view;
    return overlappingNames(services.world.declarations, wildcard).some(
      (host) => services.routed(host, this.#port) !== undefined,
    );
  }

  #claimsSomething(route: VirtualService): boolean {
    const { services, routes } = this.#view;
    return routes.hosts(route).some((host) => {
      const name = host.toLowerCase();
      if (!isWildcard(name)) return this.#isRouted(name);
      if (hasGatewaySemantics(route)) return false;
      return overlappingNames(services.world.declarations, name).some(
        (service) => this.#isRouted(service) && this.#claimant(service) === route,
      );
    });
  }

  #isRouted(host: string): boolean {
    return isRoutedByHost(this.#view.services.routed(host, this.#port)?.port.family);
  }

  /** Services of the registry that have `name` among their domains. */
  #servicesNamed(name: string): readonly Declaration[] {
    const { services } = this.#view;
    const { world, namespace } = services;
    const hosts = [
      name,
      ...serviceNames(name, namespace, world.mesh.domain).filter((host) => host !== name),
      ...aliasTargets(services, name),
      ...world.shoutedDeclarations.of(name).map(({ host }) => host),
    ];
    const found = hosts.flatMap((host) => this.#service(host));
    return parseAddress(name) === undefined ? found : [...found, ...this.#servicesAt(name)];
  }

  #servicesAt(address: string): readonly Declaration[] {
    return this.#view.services
      .visibleAt(addressKey(address))
      .flatMap(({ host }) => this.#service(host))
      .sort((a, b) => this.#view.services.compare(a, b));
  }

  /** Services of the registry whose wildcard domain this is: those of that name, and headless ones for what is below them. */
  #servicesUnder(wildcard: string): readonly Declaration[] {
    const own = [wildcard, ...this.#view.services.world.shoutedDeclarations.of(wildcard).map(({ host }) => host)];
    const found = own.flatMap((host) => this.#service(host));
    if (!wildcard.startsWith('*.')) return found;
    const headless = this.#servicesNamed(wildcard.slice(2)).filter(({ resolution }) => resolution === 'HEADLESS');
    return [...found, ...headless];
  }

  #service(host: string): readonly Declaration[] {
    const routed = this.#view.services.routed(host, this.#port);
    if (routed === undefined || !isRoutedByHost(routed.port.family)) return NO_SERVICES;
    return routed.declaration.resolution === 'ALIAS' ? NO_SERVICES : [routed.declaration];
  }

  /** Every wildcard domain that may cover the Host, longest first. */
  #wildcardsOver(host: string): readonly string[] {
    const { world } = this.#view.services;
    const names = [
      ...world.declarations.covering(host),
      ...world.shoutedDeclarations.covering(host),
      ...world.routes.covering(host),
      ...world.shoutedRoutes.covering(host),
      ...domainNames(host).filter((name) => this.#servicesUnder(name).length > 0),
    ];
    return names.length < 2 ? names : [...new Set(names)].sort((a, b) => b.length - a.length);
  }
}

/** Istio's route configuration for port 80 also has the names that are nobody's service. */
const HTTP_PORT = 80;

const NO_ROUTES: readonly KeptRoute[] = Object.freeze([]);
const NO_SERVICES: readonly Declaration[] = Object.freeze([]);

function isRoutedByHost(family: string | undefined): boolean {
  return family === 'http' || family === 'sniffed';
}
