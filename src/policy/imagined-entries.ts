import { resolveHost } from '../mesh/host.js';
import type { ServiceEntry, ServiceEntryPort } from '../mesh/kinds/service-entry.js';
import type { VirtualService } from '../mesh/kinds/virtual-service.js';
import { OLDEST } from '../mesh/metadata.js';
import type { Protocol } from '../mesh/protocol.js';
import { overlay } from '../mesh/world/overlay.js';
import type { World } from '../mesh/world/world.js';
import type { IsEgressGateway } from '../routing/egress-gateways.js';
import { overlappingNames } from '../routing/view/routes.js';
import type { ObjectChange, Worlds } from './change.js';
import { isHeldEntry, released, wishOf } from './held-entries.js';
import { SECTIONS, type Section } from './route-places.js';

/** Two worlds in which the hosts of the routes that change are declared, and the entries that were made up for that. */
export interface ImaginedWorlds {
  readonly worlds: Worlds;
  /** Each with the VirtualService whose host it declares. */
  readonly imagined: ReadonlyMap<ServiceEntry, VirtualService>;
}

/**
 * Routes are judged as if their hosts were registered, so that they may come before their entry: a host that nobody declares gets
 * an entry of its own in both worlds, and one that is held is given back.
 *
 * @param holder - beside which egress gateways entries are held, where the policy holds them
 */
export function imagineEntries(worlds: Worlds, { object }: ObjectChange, holder?: IsEgressGateway): ImaginedWorlds {
  // Routes that go take nothing out of the mesh where their host is nobody's: only what will be there is judged so.
  if (object?.kind !== 'VirtualService') return { worlds, imagined: new Map() };
  const entries = [
    ...entriesFor(worlds.before, object),
    ...(holder === undefined ? [] : heldFor(worlds.before, holder, object)),
  ];
  if (entries.length === 0) return { worlds, imagined: new Map() };
  const puts = entries.map((put) => ({ put }));
  return {
    worlds: { before: overlay(worlds.before, puts), after: overlay(worlds.after, puts) },
    imagined: new Map(entries.map((entry) => [entry, object])),
  };
}

function entriesFor(world: World, route: VirtualService): readonly ServiceEntry[] {
  const { spec, metadata } = route;
  const ports = portsOf(route);
  if (ports.length === 0) return [];
  return spec.hosts
    .map((host) => resolveHost(host, metadata.namespace, world.mesh.domain))
    .filter((host) => isOutsideName(world, host))
    .map((host) => ({
      kind: 'ServiceEntry',
      apiVersion: 'networking.istio.io/v1',
      metadata: {
        namespace: metadata.namespace,
        // No object of the API has a blank in its name, so none is replaced.
        name: `imagined ${host}`,
        labels: {},
        annotations: {},
        createdAt: OLDEST,
        deleting: false,
      },
      spec: {
        hosts: [host],
        addresses: [],
        ports,
        location: 'MESH_EXTERNAL',
        resolution: 'DNS',
        endpoints: [],
        workloadSelector: undefined,
        exportTo: ['*'],
      },
    }));
}

/** The held entries of a route's hosts, as their authors want them. */
function heldFor(
  world: World,
  isEgressGateway: IsEgressGateway,
  { spec, metadata }: VirtualService,
): readonly ServiceEntry[] {
  const hosts = spec.hosts.map((host) => resolveHost(host, metadata.namespace, world.mesh.domain));
  const names = new Set(hosts.flatMap((host) => overlappingNames(world.declarations, host)));
  const found = new Set([...names].flatMap((name) => world.declarations.of(name).map(({ object }) => object)));
  return [...found].flatMap((object) => {
    const wish = object.kind === 'ServiceEntry' ? wishOf(object) : undefined;
    if (object.kind !== 'ServiceEntry' || wish === undefined) return [];
    return isHeldEntry({ world, isEgressGateway }, object) ? [released(object, wish)] : [];
  });
}

/** A name that nobody declares, and that is not a Service's either. */
function isOutsideName(world: World, host: string): boolean {
  if (!host.includes('.') || host.startsWith('*') || host.endsWith(`.${world.mesh.domain}`)) return false;
  return world.declarations.of(host).length === 0 && world.declarations.covering(host).length === 0;
}

/** The ports that the clients of a VirtualService dial: those of its matches for the mesh, else the usual one of a section. */
function portsOf({ spec }: VirtualService): readonly ServiceEntryPort[] {
  const found = new Map<number, ServiceEntryPort>();
  for (const section of SECTIONS) {
    const written: number[] = [];
    for (const { match } of spec[section]) {
      for (const { port, gateways } of match) if (port !== undefined && gateways.includes('mesh')) written.push(port);
    }
    const usual = spec[section].length === 0 ? undefined : USUAL[section].port;
    for (const number of written.length > 0 ? written : [usual]) {
      if (number === undefined || found.has(number)) continue;
      const { protocol } = USUAL[section];
      found.set(number, { number, name: `${section}-${number}`, protocol, targetPort: undefined });
    }
  }
  return [...found.values()];
}

/** `tcp` has no usual port: there the rule is for the gateway, behind mutual TLS. */
const USUAL: Readonly<Record<Section, { readonly protocol: Protocol; readonly port: number | undefined }>> = {
  http: { protocol: 'HTTP', port: 80 },
  tls: { protocol: 'TLS', port: 443 },
  tcp: { protocol: 'TCP', port: undefined },
};
