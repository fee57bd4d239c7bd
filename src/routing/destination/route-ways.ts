import { resolveHost } from '../../mesh/host.js';
import type { Destination, RouteDestination, VirtualService } from '../../mesh/kinds/virtual-service.js';
import { hasGatewaySemantics } from '../../mesh/route-semantics.js';
import type { KeptRoute } from '../http-routes.js';
import type { ClusterOutcome } from '../outcome.js';
import type { Source, Way } from '../way.js';
import { clusterOf, type ClusterKey, type ClusterProxy, type ClusterService } from './cluster.js';

/** How a proxy reads the host and the port of a destination: T6.1. */
export interface DestinationReading {
  readonly proxy: ClusterProxy;
  /** The port where the destination names none and its service does not have a sole one. */
  readonly port: number;
  /** The service that a destination means, as far as this proxy looks at it (`GetDestinationCluster` in istiod). */
  service(host: string, route: VirtualService): NamedService | undefined;
}

export interface NamedService {
  /** What an ExternalName Service stands for. */
  readonly externalName: string | undefined;
  /** The number of its port, where it has just one. */
  readonly solePort: number | undefined;
}

export function namedBy(services: readonly ClusterService[]): NamedService | undefined {
  const [first] = services;
  if (first === undefined) return undefined;
  const { object } = first.declaration;
  return {
    externalName: object.kind === 'Service' ? object.spec.externalName : undefined,
    solePort: services.length === 1 ? first.port.number : undefined,
  };
}

/** A way to a cluster, and the Host with which a request arrives there where the route changes it. */
export interface ClusterWay extends Way {
  readonly outcome: ClusterOutcome;
  readonly host: string | undefined;
}

/** A way of a route as it is written: its outcome where the route itself answers, else the cluster that it names. */
export type PlannedWay = Way | PlannedCluster;

export interface PlannedCluster {
  readonly key: ClusterKey;
  readonly mirror: boolean;
  readonly source: Source;
  readonly host: string | undefined;
}

/** The ways of an HTTP route: its answer, or its destinations and mirrors. */
export function httpWays(kept: KeptRoute, reading: DestinationReading): readonly (Way | ClusterWay)[] {
  return plannedWays(kept, reading).map((way) => ('key' in way ? reached(way, reading.proxy) : way));
}

function reached({ key, mirror, source, host }: PlannedCluster, proxy: ClusterProxy): ClusterWay {
  return { outcome: clusterOf(proxy, key, mirror), source, host };
}

/** As `httpWays`, before any cluster is looked for. */
export function plannedWays(kept: KeptRoute, reading: DestinationReading): readonly PlannedWay[] {
  const { rule, owner, ruleIndex } = kept;
  const base = `spec.http[${ruleIndex}]`;
  if (rule.redirect !== undefined) {
    const host = rule.redirect.authority;
    const outcome = host === undefined ? { type: 'redirect' as const } : { type: 'redirect' as const, host };
    return [{ outcome, source: { object: owner, field: `${base}.redirect` } }];
  }
  if (rule.directResponse !== undefined) {
    const outcome = { type: 'response' as const, status: rule.directResponse.status };
    return [{ outcome, source: { object: owner, field: `${base}.directResponse` } }];
  }
  const sole = rule.route.length === 1 ? rule.route[0]?.requestHost : undefined;
  const shared = rule.rewriteAuthority ?? rule.requestHost ?? sole;
  const ways: PlannedCluster[] = weighted(rule.route).map(({ destination, index }) => ({
    key: clusterKey(destination, owner, reading),
    mirror: false,
    source: { object: owner, field: `${base}.route[${index}].destination` },
    host: shared ?? rule.route[index]?.requestHost,
  }));
  for (const { destination, percentage, field } of rule.mirrors) {
    if (percentage === 0) continue;
    const source = { object: owner, field: `${base}.${field}` };
    ways.push({ key: clusterKey(destination, owner, reading), mirror: true, source, host: shared });
  }
  return ways;
}

/** The ways of a `tls` or `tcp` route. */
export function byteWays(
  route: VirtualService,
  section: 'tls' | 'tcp',
  rule: number,
  destinations: readonly RouteDestination[],
  reading: DestinationReading,
): readonly ClusterWay[] {
  return weighted(destinations).map(({ destination, index }) => ({
    outcome: clusterOf(reading.proxy, clusterKey(destination, route, reading), false),
    source: { object: route, field: `spec.${section}[${rule}].route[${index}].destination` },
    host: undefined,
  }));
}

/** Destinations that get a share: of several those with a weight, a single one whatever its weight. */
function weighted(
  destinations: readonly RouteDestination[],
): readonly { readonly destination: Destination; readonly index: number }[] {
  const all = destinations.map(({ destination, weight }, index) => ({ destination, weight, index }));
  return all.length < 2 ? all : all.filter(({ weight }) => weight > 0);
}

function clusterKey(destination: Destination, owner: VirtualService, reading: DestinationReading): ClusterKey {
  const { world } = reading.proxy;
  const written = hasGatewaySemantics(owner)
    ? destination.host
    : resolveHost(destination.host, owner.metadata.namespace, world.mesh.domain);
  const service = reading.service(written, owner);
  return {
    host: service?.externalName ?? written,
    port: destination.port ?? service?.solePort ?? reading.port,
    subset: destination.subset,
  };
}
