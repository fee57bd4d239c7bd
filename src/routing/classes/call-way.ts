import { addressKey, parseAddress } from '../../mesh/address.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { hasGatewaySemantics } from '../../mesh/route-semantics.js';
import type { World } from '../../mesh/world/world.js';
import { aliasTargets, domainNames, serviceNames } from '../sidecar/aliases.js';
import { listenerFor } from '../sidecar/listener.js';
import type { SidecarProxy } from '../sidecar/sidecar-proxy.js';
import { overlappingNames } from '../view/routes.js';
import { ServiceView } from '../view/services.js';
import { bindsMesh, hostsOf, meshRules, type MeshRules } from './mesh-rules.js';
import { OTHER } from './other.js';
import { shortNames } from './short-names.js';

/** The calls that are looked at together: whatever protocol, to one name, port and address. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Undefined: an outside address that no object names. */
  readonly address: string | undefined;
}

/**
 * Everything that can have a say in where a call goes, whoever makes it and whether or not he sees it. It follows the steps of a
 * trace: services by name (T5.1, T5.5), by address (T3.1, T4.6) and by SNI (T4.2), the VirtualServices that can claim them or
 * compete for them (T4, T5), and the clusters to which these send (T6).
 */
export class CallWay {
  readonly world: World;
  readonly target: Target;
  /** The hosts whose services may take the call themselves. */
  readonly served = new Set<string>();
  /** Further hosts of which it counts whether a client sees their services. */
  readonly seen = new Set<string>();
  /** Those of them for which VirtualServices compete that take the call. */
  readonly contested = new Set<string>();
  /** The VirtualServices that may send the call to one of their destinations. */
  readonly routes = new Set<VirtualService>();
  /** Those that may only keep another one from doing so. */
  readonly rivals = new Set<VirtualService>();
  /** The hosts of the clusters to which the call may be sent. */
  readonly clusters = new Set<string>();
  /** The namespaces in which the call's name, or the end of it, is a Service's short name. */
  readonly meantIn = new Set<string>();
  readonly #rules = new Map<VirtualService, MeshRules>();

  /** @param others - the sidecar of a pod of a namespace that no object names or is in */
  constructor(others: SidecarProxy, target: Target) {
    this.world = others.world;
    this.target = target;
    const { host, address } = target;
    const names = new Set([host, host.toLowerCase(), httpName(host)]);
    for (const name of names) {
      this.#serveNamed(name);
      this.#routeNamed(name);
    }
    this.#serveHeadless(httpName(host));
    if (address !== undefined) this.#serveAt(address);
    const bytes = bytesHost(others, target);
    if (bytes !== undefined) this.served.add(bytes);
    for (const one of this.served) this.routeService(one, this.routes);
    this.#competeFor(host.toLowerCase());
    for (const one of this.contested) this.routeService(one, this.rivals);
    const proxy = others.scope.policy.egressProxy;
    if (proxy !== undefined) this.sendTo(proxy.host, this.clusters);
    for (const one of this.served) this.sendTo(one, this.clusters);
    for (const route of this.routes)
      for (const one of this.rulesOf(route).destinations) this.sendTo(one, this.clusters);
    for (const route of [...this.routes, ...this.rivals]) if (hasGatewaySemantics(route)) this.#see(route, false);
  }

  /** The VirtualServices that can route the service of a host: by TLS and TCP all that overlap it, by HTTP in any case. */
  routeService(host: string, into: Set<VirtualService>): void {
    const { routes, shoutedRoutes } = this.world;
    for (const pattern of overlappingNames(routes, host)) this.#add(routes.of(pattern), into);
    this.#add(shoutedRoutes.of(host), into);
  }

  rulesOf(route: VirtualService): MeshRules {
    const known = this.#rules.get(route);
    if (known !== undefined) return known;
    const made = meshRules(this.world, route, this.target.port);
    this.#rules.set(route, made);
    return made;
  }

  /** A destination's cluster is that of its host, or of the name that an ExternalName Service of that host stands for (T6.1). */
  sendTo(host: string, clusters: Set<string>): void {
    clusters.add(host);
    // HTTP sends to the lower-case name, even where only another spelling is declared.
    clusters.add(host.toLowerCase());
    for (const { object } of this.world.declarations.of(host)) {
      if (object.kind === 'Service' && object.spec.externalName !== undefined) clusters.add(object.spec.externalName);
    }
  }

  /** Services that have the name, or a wildcard over it, among their own names or those of their aliases. */
  #serveNamed(name: string): void {
    const { declarations, shoutedDeclarations } = this.world;
    for (const host of this.#meant(name)) this.served.add(host);
    for (const pattern of declarations.covering(name)) this.served.add(pattern);
    for (const pattern of shoutedDeclarations.covering(name)) {
      for (const { host } of shoutedDeclarations.of(pattern)) this.served.add(host);
    }
  }

  /** A headless Service also takes every name below one of its own: the last label of any name may be a short name. */
  #serveHeadless(name: string): void {
    for (const wildcard of domainNames(name)) {
      for (const host of this.#meant(wildcard.slice(2), isHeadless)) this.served.add(host);
    }
  }

  /** The hosts of the services that pods of some namespace may mean by a name. */
  *#meant(name: string, counts: (world: World, host: string) => boolean = () => true): Generator<string> {
    const { world } = this;
    const own = [name, ...serviceNames(name, OTHER, world.mesh.domain)];
    own.push(...world.shoutedDeclarations.of(name).map(({ host }) => host), ...this.#targetsOf(name, OTHER));
    if (parseAddress(name) !== undefined) own.push(...world.addresses.of(addressKey(name)).map(({ host }) => host));
    for (const host of own) if (counts(world, host)) yield host;
    for (const { namespace, host } of name.includes('.') ? [] : shortNames(world, name)) {
      const hosts = [host, ...this.#targetsOf(name, namespace)].filter((one) => counts(world, one));
      if (hosts.length > 0) this.meantIn.add(namespace);
      yield* hosts;
    }
  }

  #targetsOf(name: string, namespace: string): readonly string[] {
    return aliasTargets(new ServiceView(this.world, namespace, undefined, true), name);
  }

  /** VirtualServices with a host over the name: a virtual host of theirs may be nobody's service (T5.2). */
  #routeNamed(name: string): void {
    for (const lookup of [this.world.routes, this.world.shoutedRoutes]) {
      for (const pattern of [name, ...lookup.covering(name)]) {
        for (const route of lookup.of(pattern)) {
          if (!bindsMesh(route)) continue;
          this.routes.add(route);
          // Whether such a virtual host counts depends on which of the VirtualService's hosts are services.
          this.#see(route, true);
        }
      }
    }
  }

  /** VirtualServices that take an SNI or an address rather than a service: with every service that they overlap they bring chains. */
  #competeFor(sni: string): void {
    const { sniRoutes, routedBlocks } = this.world;
    const found = [sni, ...sniRoutes.covering(sni)].flatMap((name) => sniRoutes.of(name));
    const parsed = this.target.address === undefined ? undefined : parseAddress(this.target.address);
    if (parsed !== undefined) found.push(...routedBlocks.containing(parsed).flatMap((key) => routedBlocks.of(key)));
    this.#add(found, this.routes);
    for (const route of found) if (bindsMesh(route)) this.#see(route, true);
  }

  #serveAt(address: string): void {
    const { world } = this;
    const parsed = parseAddress(address);
    if (parsed === undefined) return;
    const key = addressKey(address);
    for (const { host } of [...world.addresses.of(key), ...world.endpoints.of(key)]) this.served.add(host);
    for (const block of world.blocks.containing(parsed)) {
      for (const { host } of world.blocks.of(block)) this.served.add(host);
    }
    for (const { metadata } of world.workloadsAt.of(key)) {
      for (const { spec } of world.selectingEntries.of(metadata.namespace)) {
        for (const host of spec.hosts) this.served.add(host);
      }
    }
  }

  #see(route: VirtualService, contested: boolean): void {
    const { declarations } = this.world;
    for (const host of hostsOf(this.world, route)) {
      for (const spelling of new Set([host, host.toLowerCase()])) {
        for (const one of overlappingNames(declarations, spelling)) {
          this.seen.add(one);
          if (contested) this.contested.add(one);
        }
      }
    }
  }

  #add(routes: readonly VirtualService[], into: Set<VirtualService>): void {
    for (const route of routes)
      if (bindsMesh(route) && (into === this.routes || !this.routes.has(route))) into.add(route);
  }
}

/** The host of the service to which a sidecar sends whatever bytes come on the port. */
export function bytesHost(proxy: SidecarProxy, { address, port }: Target): string | undefined {
  return listenerFor(proxy, address, port)?.services.bytes?.declaration.host;
}

/** The Host as a virtual host is chosen by it: without its port and a last dot, in lower case. */
export function httpName(host: string): string {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function isHeadless(world: World, host: string): boolean {
  return world.declarations.of(host).some(({ resolution }) => resolution === 'HEADLESS');
}
