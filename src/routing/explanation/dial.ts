import { parseAddress } from '../../mesh/address.js';
import type { Subset } from '../../mesh/kinds/destination-rule.js';
import type { MeshObject } from '../../mesh/mesh-object.js';
import type { Declaration } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import type { ClusterProxy, ClusterService } from '../destination/cluster.js';
import { endpointsFor, isOutside, type Dial } from '../destination/dial.js';
import type { Place } from './fields.js';
import { step, type StepOf } from './step.js';

/** What a cluster dials, and what says so (T6.3). `balancer` is where PASSTHROUGH stands, if it does. */
export function dialStep(
  proxy: ClusterProxy,
  { declaration, port }: ClusterService,
  subset: Subset | undefined,
  dial: Dial,
  balancer: Place | undefined,
): StepOf<'dial'> {
  const { world } = proxy;
  const { object, host, resolution } = declaration;
  const values = { host, resolution };
  const own = { object, field: object.kind === 'Service' ? 'spec.clusterIP' : 'spec.resolution' };
  const endpoints = endpointsFor(world, declaration, port, subset);
  if (dial.missing) return step('dial', 'no-cluster', own, values);
  if (resolution === 'DYNAMIC_DNS') return step('dial', 'forward-proxy', own, values);
  if (balancer !== undefined) return step('dial', 'passthrough-balancer', balancer, values);
  if (resolution === 'HEADLESS') return step('dial', 'headless', own, values);
  if (resolution === 'NONE' && proxy.kind === 'sidecar') return step('dial', 'resolution-none', own, values);
  const outside = endpoints.find(({ address }) => isOutside(world, address));
  if (outside !== undefined) {
    const { address } = outside;
    const reason = parseAddress(address) === undefined ? 'outside-name' : 'outside-address';
    return step('dial', reason, endpointPlace(world, declaration, address), { ...values, address });
  }
  const [first] = endpoints;
  if (first === undefined && object.kind === 'ServiceEntry') return step('dial', 'no-endpoint', own, values);
  return step('dial', 'inside', undefined, { ...values, address: first?.address ?? '' });
}

/** The object that brings an endpoint: an entry of the host by its list or by its own name, or a WorkloadEntry. */
function endpointPlace(world: World, { host, namespace }: Declaration, address: string): Place | undefined {
  const siblings = world.declarations.of(host).filter((one) => one.namespace === namespace);
  for (const { object } of siblings) {
    const index = endpointAddresses(object).indexOf(address);
    if (index >= 0) return { object, field: `spec.endpoints[${index}].address` };
  }
  const workload = world.workloadEntries.of(namespace).find(({ spec }) => spec.address === address);
  if (workload !== undefined) return { object: workload, field: 'spec.address' };
  for (const { object } of siblings) {
    const index = object.kind === 'ServiceEntry' ? object.spec.hosts.indexOf(address) : -1;
    if (index >= 0) return { object, field: `spec.hosts[${index}]` };
  }
  return undefined;
}

function endpointAddresses(object: MeshObject): readonly string[] {
  return object.kind === 'ServiceEntry' ? object.spec.endpoints.map(({ address }) => address) : [];
}
