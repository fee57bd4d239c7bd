import type { DestinationRule } from './kinds/destination-rule.js';
import type { EgressExemption } from './kinds/egress-exemption.js';
import type { EnvoyFilter } from './kinds/envoy-filter.js';
import type { Gateway } from './kinds/gateway.js';
import type { Namespace } from './kinds/namespace.js';
import type { NetworkPolicy } from './kinds/network-policy.js';
import type { ServiceEntry } from './kinds/service-entry.js';
import type { Service } from './kinds/service.js';
import type { Sidecar } from './kinds/sidecar.js';
import type { VirtualService } from './kinds/virtual-service.js';
import type { WorkloadEntry } from './kinds/workload-entry.js';

/** Every object that the world holds. */
export type MeshObject =
  | DestinationRule
  | EgressExemption
  | EnvoyFilter
  | Gateway
  | Namespace
  | NetworkPolicy
  | Service
  | ServiceEntry
  | Sidecar
  | VirtualService
  | WorkloadEntry;

export type MeshKind = MeshObject['kind'];

/** A parsed object beside the very document that it was read from, so that a patch is computed against what was sent. */
export interface Manifest<T extends MeshObject = MeshObject> {
  readonly object: T;
  readonly document: unknown;
}
