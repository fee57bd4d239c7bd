import { covers, resolveGateway, resolveHost } from '../mesh/host.js';
import type { ClientTls, DestinationRule } from '../mesh/kinds/destination-rule.js';
import type { GatewayServer } from '../mesh/kinds/gateway.js';
import type { Service } from '../mesh/kinds/service.js';
import type { Destination, VirtualService } from '../mesh/kinds/virtual-service.js';
import { YOUNGEST } from '../mesh/metadata.js';
import { egressGatewayNamed } from '../routing/egress-gateways.js';
import type { Topology } from '../routing/trace.js';
import { subsetName } from './subset-name.js';

/** A subset for one destination, and the DestinationRule that defines it. */
export interface WantedSubset {
  /** The JSON Pointer (RFC 6901) of the destination within the VirtualService. */
  readonly pointer: string;
  /** The destination has none yet: the patch is to name it. */
  readonly unnamed: boolean;
  readonly subset: string;
  readonly rule: DestinationRule;
}

/**
 * The subsets that the mesh's rules of a VirtualService want: one for each destination that is an egress gateway's Service and names
 * no subset, or the very one that it would be given.
 */
export function wantedSubsets(topology: Topology, route: VirtualService): readonly WantedSubset[] {
  const { spec } = route;
  const [host] = spec.hosts;
  if (host === undefined || (spec.gateways.length > 0 && !spec.gateways.includes('mesh'))) return [];
  const subset = subsetName(host);
  const targets = meshDestinations(route).flatMap(({ destination, pointer }) => {
    if (destination.subset !== undefined && destination.subset !== subset) return [];
    const gateway = gatewayOf(topology, destination, route);
    return gateway === undefined ? [] : [{ destination, pointer, gateway }];
  });
  return targets.map(({ destination, pointer, gateway }) => {
    const ports = targets.filter((one) => one.gateway === gateway).map((one) => one.destination.port);
    const rule = ruleFor(topology, gateway, route, host, subset, ports);
    return { pointer, unnamed: destination.subset === undefined, subset, rule };
  });
}

interface PlacedDestination {
  readonly destination: Destination;
  readonly pointer: string;
}

/** The destinations and mirrors of the rules that some sidecar may take. */
function meshDestinations({ spec }: VirtualService): readonly PlacedDestination[] {
  const http = spec.http.flatMap(({ match, route, mirrors }, index) =>
    isForMesh(match)
      ? [
          ...placed(route, `/spec/http/${index}`),
          ...mirrors.map(({ field, destination }) => ({
            destination,
            pointer: `/spec/http/${index}/${pointerTo(field)}`,
          })),
        ]
      : [],
  );
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
 * The DestinationRule that defines a subset, in the namespace of the gateway's Service, where every sidecar looks (C1). It speaks
 * the mesh's mutual TLS where the Gateway's server asks for it.
 */
function ruleFor(
  topology: Topology,
  gateway: Service,
  route: VirtualService,
  host: string,
  subset: string,
  ports: readonly (number | undefined)[],
): DestinationRule {
  const { world } = topology;
  const { name, namespace } = gateway.metadata;
  const numbers = [...new Set(ports)].filter((port) => port !== undefined).sort((a, b) => a - b);
  const settings = numbers.flatMap((port) => {
    const tls = tlsFor(topology, route, host, port);
    return tls === undefined ? [] : [{ port, tls, loadBalancer: undefined }];
  });
  const trafficPolicy =
    settings.length === 0 ? undefined : { tls: undefined, loadBalancer: undefined, portLevelSettings: settings };
  return {
    kind: 'DestinationRule',
    apiVersion: 'networking.istio.io/v1',
    metadata: {
      namespace,
      name: `sallyport-${name}-${subset}`,
      labels: { 'app.kubernetes.io/managed-by': 'sallyport' },
      annotations: {},
      createdAt: YOUNGEST,
      deleting: false,
    },
    spec: {
      host: `${name}.${namespace}.svc.${world.mesh.domain}`,
      trafficPolicy: undefined,
      subsets: [{ name: subset, labels: {}, trafficPolicy }],
      exportTo: [],
      workloadSelector: undefined,
    },
  };
}

/** What the server that will take the call asks of the sidecar. */
function tlsFor(
  { world }: Topology,
  { spec, metadata }: VirtualService,
  host: string,
  port: number,
): ClientTls | undefined {
  for (const name of spec.gateways) {
    if (name === 'mesh') continue;
    const key = resolveGateway(name, metadata.namespace);
    const slash = key.indexOf('/');
    const gateway = world.object('Gateway', key.slice(0, slash), key.slice(slash + 1));
    if (gateway?.kind !== 'Gateway') continue;
    const server = gateway.spec.servers.find((one) => one.port.number === port && serves(one, host));
    if (server?.tls?.mode === 'ISTIO_MUTUAL') return { mode: 'ISTIO_MUTUAL', sni: host, credentialName: undefined };
  }
  return undefined;
}

function serves({ hosts }: GatewayServer, host: string): boolean {
  return hosts.some((written) => covers(written.slice(written.indexOf('/') + 1), host));
}
