import { resolveHost } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { Labels } from '../../mesh/metadata.js';
import { hasGatewaySemantics } from '../../mesh/route-semantics.js';
import type { World } from '../../mesh/world/world.js';
import { mergedRules } from '../delegates.js';
import { isOtherPort } from '../http-routes.js';

/** What the rules of a VirtualService can mean to sidecars on one port, whoever's they are. */
export interface MeshRules {
  /** The hosts of the destinations and mirrors of each rule that some sidecar may keep. */
  readonly destinations: ReadonlySet<string>;
  /** The conditions on the client's pod that decide whether one does. */
  readonly sources: readonly SourceCondition[];
}

export interface SourceCondition {
  readonly labels: Labels;
  /** Undefined: any. */
  readonly namespace: string | undefined;
}

interface Match {
  readonly gateways: readonly string[];
  readonly port: number | undefined;
  readonly sourceLabels: Labels;
  readonly sourceNamespace: string | undefined;
}

/** The rules that are kept by no sidecar on the port (T4.2, T4.3, T5.4) have no say in anything, and are left out. */
export function meshRules(world: World, route: VirtualService, port: number): MeshRules {
  const destinations = new Set<string>();
  const sources: SourceCondition[] = [];
  const counts = ({ gateways, port: wanted }: Match): boolean =>
    !isOtherPort(wanted, port) && (gateways.length === 0 || gateways.includes('mesh'));
  const send = (host: string, owner: VirtualService): void => {
    destinations.add(destinationHost(world, host, owner));
  };
  const look = ({ sourceLabels, sourceNamespace }: Match): void => {
    const namespace = sourceNamespace === '' ? undefined : sourceNamespace;
    if (namespace !== undefined || !isEmpty(sourceLabels)) sources.push({ labels: sourceLabels, namespace });
  };
  for (const { rule, match, owner } of mergedRules(world, route)) {
    const counting = match.filter(counts);
    if (match.length > 0 && counting.length === 0) continue;
    for (const { destination } of [...rule.route, ...rule.mirrors]) send(destination.host, owner);
    // For HTTP, a match that names gateways asks for nothing else of the pod.
    for (const one of counting) if (one.gateways.length === 0) look(one);
  }
  for (const rule of [...route.spec.tls, ...route.spec.tcp]) {
    const counting = rule.match.filter(counts);
    if (rule.match.length > 0 && counting.length === 0) continue;
    for (const { destination } of rule.route) send(destination.host, route);
    counting.forEach(look);
  }
  return { destinations, sources };
}

/** The host that a destination written in `owner` means. */
function destinationHost(world: World, host: string, owner: VirtualService): string {
  return hasGatewaySemantics(owner) ? host : resolveHost(host, owner.metadata.namespace, world.mesh.domain);
}

/** The hosts of a VirtualService as istiod reads them. */
export function hostsOf(world: World, route: VirtualService): readonly string[] {
  return route.spec.hosts.map((host) => destinationHost(world, host, route));
}

export function bindsMesh({ spec }: VirtualService): boolean {
  return spec.hosts.length > 0 && (spec.gateways.length === 0 || spec.gateways.includes('mesh'));
}

function isEmpty(labels: Labels): boolean {
  return Object.keys(labels).length === 0;
}
