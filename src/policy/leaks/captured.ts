import { addressKey, contains, parseAddress, parseBlock } from '../../mesh/address.js';
import { covers } from '../../mesh/host.js';
import { serviceNames } from '../../routing/sidecar/aliases.js';
import { nameOf } from '../object-name.js';
import type { Leak, LeakExplanation } from './leak.js';
import { portField, protocolInWords, type Standing } from './standing.js';

/** The call names another host than the service that takes it: as an alias of it, by its address, or by its port alone. */
export function captured(leak: Leak, standing: Standing): LeakExplanation | undefined {
  const { scene, traced } = leak;
  const { host, port, address } = traced.touched.call;
  const { service, declared, object, values } = standing;
  const { world } = scene.topology;
  const names = [host, ...serviceNames(host, traced.client.namespace, world.mesh.domain)];
  if (names.some((name) => covers(declared.toLowerCase(), name.toLowerCase()))) return undefined;
  const alias = names.flatMap((name) => world.declarations.of(name)).find(({ resolution }) => resolution === 'ALIAS');
  if (alias !== undefined) {
    const named = { ...values, service: nameOf(alias.object) };
    return { message: 'external-name/dialled', object: alias.object, field: 'spec.externalName', values: named };
  }
  if (service.kind === 'Service') return undefined;
  const { addresses } = service.spec;
  const at = address === undefined ? -1 : addresses.findIndex((written) => holds(written, address));
  if (at >= 0) {
    const named = { ...values, address: addresses[at] ?? '' };
    return { message: 'address-capture', object, field: `spec.addresses[${at}]`, values: named };
  }
  const protocol = protocolInWords(standing, port);
  return { message: 'address-capture/port', object, field: portField(standing, port), values: { ...values, protocol } };
}

/** Whether an address of an entry, as written, is or contains the one that is dialled. */
function holds(written: string, dialled: string): boolean {
  const address = parseAddress(dialled);
  if (address === undefined) return false;
  const block = written.includes('/') ? parseBlock(written) : undefined;
  return block === undefined ? addressKey(written) === addressKey(dialled) : contains(block, address);
}
