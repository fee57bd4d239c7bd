import { parseAddress } from '../../mesh/address.js';
import type { ServiceEntry } from '../../mesh/kinds/service-entry.js';
import type { World } from '../../mesh/world/world.js';
import { nameOf } from '../object-name.js';
import { outsideEndpoints } from './dialled.js';
import { isSubject, type Leak, type LeakExplanation } from './leak.js';
import type { Standing } from './standing.js';

/** An entry that dials something outside under a name that looks like another: one of the mesh's own, or of no outside host. */
export function aliasOf(leak: Leak, standing: Standing): LeakExplanation | undefined {
  const { world } = leak.scene.topology;
  const { service, declared, object, field, values } = standing;
  if (service.kind === 'Service' || !isDisguised(world, service, declared)) return undefined;
  const endpoints = world.declarations
    .of(declared)
    .filter(({ namespace }) => namespace === service.metadata.namespace)
    .flatMap((one) => outsideEndpoints(world, one));
  const endpoint = endpoints.find((one) => isSubject(leak, one.object)) ?? endpoints[0];
  if (endpoint === undefined) return undefined;
  const { address } = endpoint;
  if (endpoint.object.kind !== 'WorkloadEntry') {
    return { message: 'alias', object, field, values: { ...values, address } };
  }
  const named = { ...values, address, service: declared, stranger: nameOf(endpoint.object) };
  return { message: 'alias/joined', object: endpoint.object, field: endpoint.field, values: named };
}

function isDisguised(world: World, { spec }: ServiceEntry, declared: string): boolean {
  if (spec.location === 'MESH_INTERNAL' || declared.endsWith(`.svc.${world.mesh.domain}`)) return true;
  return spec.endpoints.some(
    ({ address }) =>
      parseAddress(address) === undefined && address !== declared && world.declarations.of(address).length > 0,
  );
}
