import { resolveHost, serviceHost } from '../mesh/host.js';
import type { DestinationRule } from '../mesh/kinds/destination-rule.js';
import type { Service } from '../mesh/kinds/service.js';
import type { Destination, VirtualService } from '../mesh/kinds/virtual-service.js';
import { YOUNGEST } from '../mesh/metadata.js';
import { egressGatewayNamed } from '../routing/egress-gateways.js';
import type { Topology } from '../routing/trace.js';
import { mutualTlsSettings } from './mutual-tls.js';
import { subsetName } from './subset-name.js';

/** A subset of one egress gateway that a VirtualService wants, and the DestinationRule that defines it. */
export interface WantedSubset {
  readonly subset: string;
  readonly rule: DestinationRule;
  /** The JSON Pointers (RFC 6901), within the VirtualService, of the destinations that are to name it. */
  readonly unnamed: readonly string[];
  /** Some destination names it already. */
  readonly isNamed: boolean;
}

/** The labels of what Sallyport writes. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'sallyport' } as const;

/** The namespace whose routes were the first to want an injected subset. */
export const WANTED_BY = 'sallyport.dev/wanted-by';

/**
 * The subsets that the mesh's rules of a VirtualService want: one for each egress gateway of which a destination names no subset, or
 * the very one that it would be given. The first host of the VirtualService gives the name.
 */
export function wantedSubsets(topology: Topology, route: VirtualService): readonly WantedSubset[] {
  const { spec } = route;
  const [host] = spec.hosts;
  if (host === undefined || (spec.gateways.length > 0 && !spec.gateways.includes('mesh'))) return [];
  const subset = subsetName(host);
  const gateways = new Map<Service, PlacedDestination[]>();
  for (const placed of meshDestinations(route)) {
    const { destination } = placed;
    if (destination.subset !== undefined && destination.subset !== subset) continue;
    const gateway = gatewayOf(topology, destination, route);
    if (gateway === undefined) continue;
    const known = gateways.get(gateway);
    if (known === undefined) gateways.set(gateway, [placed]);
    else known.push(placed);
  }
  return [...gateways].map(([gateway, placed]) => ({
    subset,
    rule: ruleFor(topology, gateway, route, host, subset),
    unnamed: placed.filter(({ destination }) => destination.subset === undefined).map(({ pointer }) => pointer),
    isNamed: placed.some(({ destination }) => destination.subset !== undefined),
  }));
}

interface PlacedDestination {
  readonly destination: Destination;
  readonly pointer: string;
}

/** The destinations and mirrors of the rules that some sidecar may take. */
function meshDestinations({ spec }: VirtualService): readonly PlacedDestination[] {
  const http = spec.http.flatMap(({ match, route, mirrors }, index) => {
    if (!isForMesh(match)) return [];
    const base = `/spec/http/${index}`;
    const copies = mirrors.map(({ field, destination }) => ({ destination, pointer: `${base}/${pointerTo(field)}` }));
    return [...placed(route, base), ...copies];
  });
  const bytes = (['tls', 'tcp'] as const).flatMap((section) =>
    spec[section].flatMap(({ match, route }, index) =>
      isForMesh(match) ? placed(route, `/spec/${section}/${index}`) : [],
    ),
  );
  return [...http, ...bytes];
}

function placed(route: readonly { readonly destination: Destination }[], rule: string): readonly PlacedDestination[] {
  return route.map(({ destination }, index) => ({ destination, pointer: `${rule}/route/${index}/destination` }));
}

/** `mirrors[2].destination` as `mirrors/2/destination`. */
function pointerTo(field: string): string {
  return field.replaceAll(/\[(\d+)\]/g, '/$1').replaceAll('.', '/');
}

function isForMesh(match: readonly { readonly gateways: readonly string[] }[]): boolean {
  return match.length === 0 || match.some(({ gateways }) => gateways.length === 0 || gateways.includes('mesh'));
}

function gatewayOf(topology: Topology, { host }: Destination, { metadata }: VirtualService): Service | undefined {
  const { world } = topology;
  const resolved = resolveHost(host, metadata.namespace, world.mesh.domain);
  return egressGatewayNamed(world, topology.isEgressGateway, resolved);
}

/**
 * The DestinationRule that defines a subset, in the namespace of the gateway's Service, where every sidecar looks that has none nearer
 * by (C1). One that is there keeps its age and the namespace that first wanted it.
 */
function ruleFor(
  { world }: Topology,
  gateway: Service,
  route: VirtualService,
  host: string,
  subset: string,
): DestinationRule {
  const { name, namespace } = gateway.metadata;
  const own = `sallyport-${name}-${subset}`;
  const known = world.object('DestinationRule', namespace, own);
  const wantedBy = known?.metadata.labels[WANTED_BY] ?? route.metadata.namespace;
  const settings = mutualTlsSettings(world, gateway, host.toLowerCase());
  const trafficPolicy =
    settings.length === 0 ? undefined : { tls: undefined, loadBalancer: undefined, portLevelSettings: settings };
  return {
    kind: 'DestinationRule',
    apiVersion: 'networking.istio.io/v1',
    metadata: {
      namespace,
      name: own,
      labels: { ...MANAGED_BY, [WANTED_BY]: wantedBy },
      annotations: {},
      createdAt: known?.metadata.createdAt ?? YOUNGEST,
      deleting: false,
    },
    spec: {
      host: serviceHost(name, namespace, world.mesh.domain),
      trafficPolicy: undefined,
      subsets: [{ name: subset, labels: {}, trafficPolicy }],
      exportTo: [],
      workloadSelector: undefined,
    },
  };
}
