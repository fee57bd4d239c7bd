import { contains, parseAddress, parseBlock } from '../../mesh/address.js';
import type { Subset } from '../../mesh/kinds/destination-rule.js';
import type { Endpoint } from '../../mesh/kinds/service-entry.js';
import { selects, type Labels } from '../../mesh/metadata.js';
import type { Declaration, DeclaredPort } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import type { ProxyKind } from '../view/routes.js';

/** What a cluster dials: `external` when any of it is outside the mesh; `missing` when istiod makes no such cluster. */
export interface Dial {
  readonly external: boolean;
  readonly missing: boolean;
}

/**
 * What the cluster of a service's port dials (T6.3; `EndpointBuilder`, `buildCluster` in istiod). Which way it looks for endpoints
 * is the first declaration's to say; which there are is said by all declarations of the host in its namespace, seen or not.
 */
export function dialOf(
  world: World,
  proxy: ProxyKind,
  service: Declaration,
  port: DeclaredPort,
  subset: Subset | undefined,
  passthrough: boolean,
): Dial {
  const { resolution } = service;
  if (resolution === 'DYNAMIC_DNS') return { external: subset === undefined, missing: subset !== undefined };
  if (resolution === 'DNS' || resolution === 'DNS_ROUND_ROBIN') {
    const endpoints = endpointsFor(world, service, port, subset);
    if (endpoints.length === 0) return { external: false, missing: true };
    if (passthrough) return { external: true, missing: false };
    return { external: endpoints.some(({ address }) => isOutside(world, address)), missing: false };
  }
  if (passthrough || resolution === 'HEADLESS' || (resolution === 'NONE' && proxy === 'sidecar')) {
    return { external: true, missing: false };
  }
  const endpoints = endpointsFor(world, service, port, subset);
  return { external: endpoints.some(({ address }) => isOutside(world, address)), missing: false };
}

interface Dialled {
  readonly address: string;
  readonly labels: Labels;
}

/** The endpoints of a service's port, or of a subset of it, without the pods of the mesh. */
export function endpointsFor(
  world: World,
  service: Declaration,
  port: DeclaredPort,
  subset: Subset | undefined,
): readonly Dialled[] {
  const { resolution } = service;
  const endpoints =
    resolution === 'DNS' || resolution === 'DNS_ROUND_ROBIN'
      ? namedEndpoints(world, service, port)
      : numberedEndpoints(world, service, port);
  return subset === undefined ? endpoints : endpoints.filter(({ labels }) => selects(subset.labels, labels));
}

/** The IP endpoints of every declaration whose port has the same name. */
function numberedEndpoints(world: World, service: Declaration, port: DeclaredPort): readonly Dialled[] {
  return siblings(world, service)
    .filter(({ ports }) => ports.some(({ name }) => name === port.name))
    .flatMap((sibling) => endpointsOf(world, sibling))
    .filter(({ address }) => parseAddress(address) !== undefined);
}

/** Names and IPs alike of every declaration that has the same port number. */
function namedEndpoints(world: World, service: Declaration, port: DeclaredPort): readonly Dialled[] {
  let roundRobin = false;
  return siblings(world, service).flatMap((sibling) => {
    if (!sibling.ports.some(({ number }) => number === port.number)) return [];
    if (sibling.resolution === 'DNS_ROUND_ROBIN') {
      if (roundRobin) return [];
      roundRobin = true;
    }
    return endpointsOf(world, sibling);
  });
}

function siblings(world: World, { host, namespace }: Declaration): readonly Declaration[] {
  const all = world.declarations.of(host);
  return all.length < 2 ? all : all.filter((one) => one.namespace === namespace);
}

/** The endpoints that one declaration brings, without the pods of the mesh: these are inside. */
export function endpointsOf(world: World, { object, host, resolution, namespace }: Declaration): readonly Dialled[] {
  if (object.kind === 'Service') {
    const { selector } = object.spec;
    return selector === undefined ? [] : workloads(world, namespace, selector);
  }
  const { endpoints, workloadSelector } = object.spec;
  if (workloadSelector !== undefined) return workloads(world, namespace, workloadSelector);
  if (endpoints.length > 0) return endpoints;
  return resolution === 'DNS' || resolution === 'DNS_ROUND_ROBIN' ? [{ address: host, labels: {} }] : [];
}

/** WorkloadEntries join what selects their labels in their own namespace (D8). */
function workloads(world: World, namespace: string, selector: Labels): readonly Endpoint[] {
  return world.workloadEntries
    .of(namespace)
    .map(({ spec }) => spec)
    .filter(({ labels }) => selects(selector, labels));
}

/** Whether an endpoint's address is outside the mesh: an address in no internal block, a name that is no Service's. */
export function isOutside(world: World, address: string): boolean {
  if (address === '' || address.startsWith('unix://')) return false;
  const parsed = parseAddress(address);
  if (parsed === undefined) return !address.toLowerCase().endsWith(`.svc.${world.mesh.domain}`);
  return !world.mesh.internalCIDRs.some((text) => {
    const block = parseBlock(text);
    return block !== undefined && contains(block, parsed);
  });
}
