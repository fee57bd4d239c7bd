import { addressInside, addressText, parseBlock } from '../mesh/address.js';
import { isWildcard, resolveHost, serviceHost } from '../mesh/host.js';
import type { Gateway } from '../mesh/kinds/gateway.js';
import type { Service } from '../mesh/kinds/service.js';
import type { VirtualService } from '../mesh/kinds/virtual-service.js';
import type { MeshObject } from '../mesh/mesh-object.js';
import { selects } from '../mesh/metadata.js';
import { declarationsOf, type Declaration } from '../mesh/world/declaration.js';
import type { World } from '../mesh/world/world.js';
import type { Call } from '../routing/call.js';
import { overlappingNames } from '../routing/view/routes.js';

/** A call that a change may move, and the name under which findings speak of it. */
export interface TouchedCall {
  readonly call: Call;
  /** In lower case; `*` where it stands for names that no object declares. */
  readonly shownHost: string;
  /** As a sentence names it: a wildcard as it is declared. */
  readonly hostInWords: string;
}

/** Which names, ports and addresses a change reaches. */
class Reach {
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
    for (const address of [...addresses, ...blocks]) this.addresses.add(address);
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

  /** All that is routed to a host: what changes with its clusters. */
  addRoutesTo(world: World, host: string): void {
    for (const route of world.routesTo.of(host)) this.addRoots(world, route);
  }

  /** A VirtualService, or those that delegate to it. */
  addRoots(world: World, route: VirtualService): void {
    if (route.spec.hosts.length > 0) this.addRoute(world, route);
    const key = `${route.metadata.namespace}/${route.metadata.name}`;
    for (const root of world.delegators.of(key)) this.addRoute(world, root);
  }

  /** Everything that is declared or routed: what a Sidecar's namespace may lose from sight. */
  addAll(world: World): void {
    for (const entry of world.all('ServiceEntry')) {
      for (const declaration of declarationsOf(entry, world.mesh)) this.addDeclaration(declaration);
    }
    for (const route of world.all('VirtualService')) this.addRoute(world, route);
  }
}

/** HTTP rules act on port 80 for names that are nobody's service. */
const HTTP_PORT = 80;

/** A name that nobody may own (RFC 6761): it stands for every name that no object declares. */
const UNDECLARED = 'undeclared.invalid';

/**
 * The calls that a change of this object may move, in either world: every protocol on every port that it reaches, to each name
 * and to one that nobody declares, at each address and at one that nobody declares.
 */
export function touchedCalls(worlds: readonly World[], objects: readonly MeshObject[]): readonly TouchedCall[] {
  const reach = new Reach();
  for (const world of worlds) for (const object of objects) extend(reach, world, object);
  const names = concrete(reach.names);
  const addresses = [undefined, ...[...reach.addresses].map(dialled).filter((address) => address !== undefined)];
  const calls: TouchedCall[] = [];
  for (const port of reach.ports) {
    for (const name of names) {
      for (const address of addresses) {
        for (const protocol of ['http', 'tls', 'tcp'] as const) {
          const { host, ...shown } = name;
          const call = address === undefined ? { host, port, protocol } : { host, port, protocol, address };
          calls.push({ call, ...shown });
        }
      }
    }
  }
  return calls;
}

interface Dialled {
  readonly host: string;
  readonly shownHost: string;
  readonly hostInWords: string;
}

/** The names to dial: a wildcard by a name that only it covers, and one name that nobody declares. */
function concrete(names: ReadonlySet<string>): readonly Dialled[] {
  const found = new Map<string, Dialled>();
  found.set(UNDECLARED, { host: UNDECLARED, shownHost: '*', hostInWords: 'any undeclared host' });
  for (const name of names) {
    if (name === '*') continue;
    const words = name.toLowerCase();
    const host = isWildcard(name) ? `undeclared${name.startsWith('*.') ? '' : '-'}${name.slice(1)}` : name;
    found.set(host, { host, shownHost: isWildcard(name) ? '*' : words, hostInWords: words });
  }
  return [...found.values()];
}

function dialled(address: string): string | undefined {
  if (!address.includes('/')) return address;
  const block = parseBlock(address);
  return block === undefined ? undefined : addressText(addressInside(block));
}

function extend(reach: Reach, world: World, object: MeshObject): void {
  switch (object.kind) {
    case 'ServiceEntry':
    case 'Service':
      extendByService(reach, world, object);
      return;
    case 'VirtualService':
      reach.addRoots(world, object);
      return;
    case 'DestinationRule': {
      const host = resolveHost(object.spec.host, object.metadata.namespace, world.mesh.domain);
      for (const name of overlappingNames(world.declarations, host)) {
        reach.addHost(world, name);
        reach.addRoutesTo(world, name);
      }
      return;
    }
    case 'Gateway':
      extendByGateway(reach, world, object);
      return;
    case 'Sidecar':
      reach.addAll(world);
      return;
    case 'WorkloadEntry':
      for (const host of selectedBy(world, object.metadata.namespace, object.spec.labels)) {
        reach.addHost(world, host);
        reach.addRoutesTo(world, host);
      }
      return;
    case 'Namespace':
    case 'EnvoyFilter':
      return;
  }
}

function extendByService(
  reach: Reach,
  world: World,
  object: Extract<MeshObject, { kind: 'ServiceEntry' | 'Service' }>,
): void {
  for (const declaration of declarationsOf(object, world.mesh)) {
    reach.addDeclaration(declaration);
    reach.addHost(world, declaration.host);
    reach.addRoutesTo(world, declaration.host);
  }
  if (object.kind === 'Service' && object.spec.externalName !== undefined)
    reach.addHost(world, object.spec.externalName);
}

function extendByGateway(reach: Reach, world: World, { metadata }: Gateway): void {
  for (const route of world.boundRoutes.of(`${metadata.namespace}/${metadata.name}`)) reach.addRoots(world, route);
}

function selectedBy(world: World, namespace: string, labels: Readonly<Record<string, string>>): readonly string[] {
  const entries = world.selectingEntries
    .of(namespace)
    .filter(({ spec }) => spec.workloadSelector !== undefined && selects(spec.workloadSelector, labels))
    .flatMap(({ spec }) => spec.hosts);
  const services = world.services
    .of(namespace)
    .filter(({ spec }) => spec.selector !== undefined && selects(spec.selector, labels))
    .map((service: Service) => serviceHost(service.metadata.name, namespace, world.mesh.domain));
  return [...entries, ...services];
}
