import { addressKey, contains, parseAddress, parseBlock } from '../../mesh/address.js';
import type { Service } from '../../mesh/kinds/service.js';
import type { ServiceEntry } from '../../mesh/kinds/service-entry.js';
import type { MeshObject } from '../../mesh/mesh-object.js';

/** An object and where in it something stands: a JSON path. */
export interface Place {
  readonly object: MeshObject;
  readonly field: string;
}

/** Where an object says who may see it. */
export function exportToField({ kind }: MeshObject): string {
  return kind === 'Service' ? 'metadata.annotations["networking.istio.io/exportTo"]' : 'spec.exportTo';
}

/** Where an object declares a host. */
export function hostField(object: MeshObject, host: string): string {
  if (object.kind === 'Service') return 'metadata.name';
  if (object.kind !== 'ServiceEntry' && object.kind !== 'VirtualService') return 'spec.host';
  const { hosts } = object.spec;
  const index = hosts.includes(host) ? hosts.indexOf(host) : hosts.findIndex((one) => isMeant(one, host));
  return index < 0 ? 'spec.hosts' : `spec.hosts[${index}]`;
}

/** A host as written, against the same one in lower case or with its namespace and domain. */
function isMeant(written: string, host: string): boolean {
  return written.toLowerCase() === host || host.startsWith(`${written}.`);
}

/** Where an object declares a port. */
export function portField({ spec }: ServiceEntry | Service, port: number): string {
  const index = spec.ports.findIndex(({ number }) => number === port);
  return index < 0 ? 'spec.ports' : `spec.ports[${index}]`;
}

/** Where an object names an address, or a block that holds it. */
export function addressField(object: ServiceEntry | Service, address: string): string {
  if (object.kind === 'Service') return 'spec.clusterIP';
  const index = object.spec.addresses.findIndex((one) => holds(one, address));
  return index < 0 ? 'spec.addresses' : `spec.addresses[${index}]`;
}

/** Whether an address or a block of addresses holds an address. */
export function holds(written: string, address: string): boolean {
  if (!written.includes('/')) return addressKey(written) === addressKey(address);
  const [block, parsed] = [parseBlock(written), parseAddress(address)];
  return block !== undefined && parsed !== undefined && contains(block, parsed);
}

/** `namespace/name`. */
export function nameOf({ metadata }: MeshObject): string {
  return metadata.namespace === '' ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}
