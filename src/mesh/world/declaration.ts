import { parseAddress } from '../address.js';
import { serviceHost } from '../host.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { ServiceEntry } from '../kinds/service-entry.js';
import type { Service } from '../kinds/service.js';
import { familyOf, type Protocol, type ProtocolFamily } from '../protocol.js';
import { unique } from './facets.js';

/**
 * One host name that one object declares: what istiod calls a service. A ServiceEntry declares each of its hosts, a Kubernetes
 * Service its own name.
 */
export interface Declaration {
  readonly host: string;
  readonly namespace: string;
  readonly object: ServiceEntry | Service;
  readonly kubernetes: boolean;
  readonly resolution: DeclaredResolution;
  /** Addresses that are dialled as they are: virtual IPs, in the order written. */
  readonly addresses: readonly string[];
  /** Address blocks, in the order written. */
  readonly blocks: readonly string[];
  readonly ports: readonly DeclaredPort[];
  /** Istio's MESH_EXTERNAL. */
  readonly external: boolean;
  /** As written, or the mesh's default. */
  readonly exportTo: readonly string[];
}

/** A ServiceEntry's resolution, or what a Kubernetes Service amounts to. */
export type DeclaredResolution = ServiceEntry['spec']['resolution'] | 'KUBERNETES' | 'HEADLESS' | 'ALIAS';

export interface DeclaredPort {
  readonly number: number;
  readonly name: string;
  readonly protocol: Protocol;
  readonly family: ProtocolFamily;
}

/** All that an object declares, in the order written (`convertServices`, `kube.ConvertService` in istiod). */
export function declarationsOf(object: ServiceEntry | Service, mesh: MeshConfig): readonly Declaration[] {
  return object.kind === 'Service' ? [kubernetesDeclaration(object, mesh)] : entryDeclarations(object, mesh);
}

function entryDeclarations(entry: ServiceEntry, mesh: MeshConfig): readonly Declaration[] {
  const { spec, metadata } = entry;
  const shared = {
    namespace: metadata.namespace,
    object: entry,
    kubernetes: false,
    resolution: spec.resolution,
    addresses: spec.addresses.some(isBlock) ? spec.addresses.filter((one) => !isBlock(one)) : spec.addresses,
    blocks: spec.addresses.some(isBlock) ? spec.addresses.filter(isBlock) : NONE,
    ports: spec.ports.map(declaredPort),
    external: spec.location === 'MESH_EXTERNAL',
    exportTo: spec.exportTo.length > 0 ? spec.exportTo : mesh.defaultServiceExportTo,
  };
  return spec.hosts.map((host) => ({ host, ...shared }));
}

function kubernetesDeclaration(service: Service, mesh: MeshConfig): Declaration {
  const { spec, metadata } = service;
  return {
    host: serviceHost(metadata.name, metadata.namespace, mesh.domain),
    namespace: metadata.namespace,
    object: service,
    kubernetes: true,
    resolution: spec.type === 'ExternalName' ? 'ALIAS' : spec.headless ? 'HEADLESS' : 'KUBERNETES',
    addresses: spec.type === 'ExternalName' ? NONE : spec.clusterIPs,
    blocks: NONE,
    ports: spec.ports.map(declaredPort),
    external: false,
    exportTo: spec.exportTo.length > 0 ? spec.exportTo : mesh.defaultServiceExportTo,
  };
}

function declaredPort(port: { number: number; name: string; protocol: Protocol }): DeclaredPort {
  return { number: port.number, name: port.name, protocol: port.protocol, family: familyOf(port.protocol) };
}

function isBlock(address: string): boolean {
  return address.includes('/');
}

/**
 * Istio's order of services, oldest first: creation time, then host name, then namespace (`SortServicesByCreationTime`). Istiod
 * leaves what is still equal in the order of a map; here the name of the object decides, so that the same objects make the same
 * world in whatever order they come.
 */
export function byServiceAge(a: Declaration, b: Declaration): number {
  const x = a.object.metadata;
  const y = b.object.metadata;
  if (x.createdAt !== y.createdAt) return x.createdAt < y.createdAt ? -1 : 1;
  if (a.host !== b.host) return a.host < b.host ? -1 : 1;
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  if (x.name !== y.name) return x.name < y.name ? -1 : 1;
  if (a.kubernetes !== b.kubernetes) return a.kubernetes ? -1 : 1;
  return 0;
}

/** How a declaration's port binds at the listeners of its clients, whatever the address. */
export type PortBinding = 'http' | 'tls' | 'tcp' | 'sniffed';

/**
 * The keys under which a declaration stands in the world's index of ports: for each port that can bind to every address (any
 * HTTP port, the others where no virtual IP is theirs), and for everybody or for each namespace that sees it.
 */
export function portKeys(declaration: Declaration): readonly string[] {
  const wild = declaration.addresses.length === 0 || declaration.blocks.length > 0;
  const keys: string[] = [];
  for (const port of declaration.ports) {
    if (port.family === 'udp' || (port.family !== 'http' && !wild)) continue;
    for (const audience of audiencesOf(declaration)) keys.push(portKey(port.number, port.family, audience));
  }
  return unique(keys);
}

/** `audience` is a namespace, or `EVERYBODY`. */
export function portKey(port: number, binding: PortBinding, audience: string): string {
  return `${port}/${binding}/${audience}`;
}

export const EVERYBODY = '*';

/** The ports of a declaration that is not everybody's: the keys of the world's index of those. */
export function restrictedKeys({ exportTo, ports }: Declaration): readonly string[] {
  return exportTo.includes('*') ? NONE : unique(ports.map(({ number, protocol }) => restrictedKey(number, protocol)));
}

export function restrictedKey(port: number, protocol: Protocol): string {
  return `${port}/${protocol}`;
}

/**
 * What the pods of one namespace may write for the host of a Kubernetes Service there, whoever declares it: its first label.
 * Undefined for any other host.
 */
export function shortName(host: string, domain: string): string | undefined {
  const dot = host.indexOf('.');
  return dot >= 0 && dot < host.length - domain.length - SERVICES.length && host.endsWith(`${SERVICES}${domain}`)
    ? host.slice(0, dot)
    : undefined;
}

const SERVICES = '.svc.';

function audiencesOf({ exportTo, namespace }: Declaration): readonly string[] {
  if (exportTo.includes('*')) return [EVERYBODY];
  return exportTo.filter((target) => target !== '~').map((target) => (target === '.' ? namespace : target));
}

/** The plain addresses among a declaration's own endpoints. */
export function endpointAddresses({ object }: Declaration): readonly string[] {
  if (object.kind === 'Service') return NONE;
  return object.spec.endpoints.map(({ address }) => address).filter((address) => parseAddress(address) !== undefined);
}

const NONE: readonly string[] = Object.freeze([]);
