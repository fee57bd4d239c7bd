import type { Labels, Metadata } from '../metadata.js';
import type { Protocol } from '../protocol.js';

export interface ServiceEntry {
  readonly kind: 'ServiceEntry';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: ServiceEntrySpec;
}

export interface ServiceEntrySpec {
  readonly hosts: readonly string[];
  /** IP addresses and CIDR blocks, as written. */
  readonly addresses: readonly string[];
  readonly ports: readonly ServiceEntryPort[];
  /** MESH_EXTERNAL unless the object says otherwise. It decides TLS and telemetry, never routing. */
  readonly location: 'MESH_EXTERNAL' | 'MESH_INTERNAL';
  /** NONE unless the object says otherwise. */
  readonly resolution: Resolution;
  readonly endpoints: readonly Endpoint[];
  /** The labels of the WorkloadEntries and pods that back the entry; undefined where it selects none. */
  readonly workloadSelector: Labels | undefined;
  /** As written: `*`, `.`, `~` or namespaces; empty means the mesh's default. */
  readonly exportTo: readonly string[];
}

export type Resolution = 'NONE' | 'STATIC' | 'DNS' | 'DNS_ROUND_ROBIN' | 'DYNAMIC_DNS';

export interface ServiceEntryPort {
  readonly number: number;
  readonly name: string;
  readonly protocol: Protocol;
  readonly targetPort: number | undefined;
}

export interface Endpoint {
  /** An IP address, a host name, `unix://path`, or empty where the network alone is named. */
  readonly address: string;
  /** Ports by the name of the entry's port. */
  readonly ports: Readonly<Record<string, number>>;
  readonly labels: Labels;
}
