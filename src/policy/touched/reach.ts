import { isWildcard, resolveHost } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { Declaration } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import { overlappingNames } from '../../routing/view/routes.js';

/** Names, ports and addresses that one object brings together: each name may be called on each port, at each address. */
export class Reach {
  readonly names = new Set<string>();
  readonly ports = new Set<number>();
  readonly addresses = new Set<string>();

  /** A host name and everything that is declared under it: its ports and its addresses. */
  addHost(world: World, host: string): void {
    this.names.add(host);
    for (const name of overlappingNames(world.declarations, host)) {
      if (isWildcard(host)) this.names.add(name);
      for (const declaration of world.declarations.of(name)) this.addDeclaration(declaration);
    }
    if (isWildcard(host)) for (const name of world.routes.below(host)) this.names.add(name);
  }

  addDeclaration({ host, ports, addresses, blocks }: Declaration): void {
    this.names.add(host);
    for (const { number } of ports) this.ports.add(number);
    for (const address of addresses) this.addresses.add(address);
    for (const block of blocks) this.addresses.add(block);
  }

  addRoute(world: World, route: VirtualService): void {
    const { spec, metadata } = route;
    for (const host of spec.hosts) this.addHost(world, resolveHost(host, metadata.namespace, world.mesh.domain));
    for (const rule of spec.tls) {
      for (const match of rule.match) {
        for (const name of match.sniHosts) this.addHost(world, name);
        for (const subnet of match.destinationSubnets) this.addresses.add(subnet);
      }
    }
    for (const rule of spec.tcp) {
      for (const match of rule.match) for (const subnet of match.destinationSubnets) this.addresses.add(subnet);
    }
    if (spec.http.length > 0) this.ports.add(HTTP_PORT);
  }
}

/** HTTP rules act on port 80 for names that are nobody's service. */
const HTTP_PORT = 80;

/** A VirtualService that has hosts, and those that delegate to it: what a call can be routed by. */
export function rootsOf(world: World, route: VirtualService): readonly VirtualService[] {
  const delegators = world.delegators.of(`${route.metadata.namespace}/${route.metadata.name}`);
  return route.spec.hosts.length > 0 ? [route, ...delegators] : delegators;
}
