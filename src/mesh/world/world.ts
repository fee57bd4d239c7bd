import type { EgressExemption } from '../kinds/egress-exemption.js';
import type { Gateway } from '../kinds/gateway.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { NetworkPolicy } from '../kinds/network-policy.js';
import type { ServiceEntry } from '../kinds/service-entry.js';
import type { Service } from '../kinds/service.js';
import type { Sidecar } from '../kinds/sidecar.js';
import type { VirtualService } from '../kinds/virtual-service.js';
import type { WorkloadEntry } from '../kinds/workload-entry.js';
import type { MeshKind, MeshObject } from '../mesh-object.js';
import type { BlockLookup } from './block-lookup.js';
import type { Declaration } from './declaration.js';
import type { HostLookup } from './host-lookup.js';
import type { Lookup, Sequence } from './lookup.js';
import type { RuleLookup } from './rule-lookup.js';

/**
 * Everything that is known of the mesh, with the indices that its readers need. Lists are in Istio's order, oldest first. It
 * says what exists and never what it means.
 */
export interface World {
  readonly mesh: MeshConfig;
  /** Changes with every change of the world: what is remembered of a world is worth nothing at another version. */
  readonly version: number;
  object(kind: MeshKind, namespace: string, name: string): MeshObject | undefined;
  /** All of a kind, in no order. For whoever must see everything; a single decision never does. */
  all<K extends MeshKind>(kind: K): Iterable<Extract<MeshObject, { kind: K }>>;

  /** Declarations by host, with case. */
  readonly declarations: HostLookup<Declaration>;
  /** Declarations whose host has upper-case letters, by the host in lower case. */
  readonly shoutedDeclarations: HostLookup<Declaration>;
  /** Declarations by port number, binding and audience: see `portKey`. */
  readonly ports: Sequence<Declaration>;
  /** Declarations that are not everybody's, by port number and protocol: see `restrictedKey`. */
  readonly restricted: Lookup<Declaration>;
  /** Declarations of hosts that are a Kubernetes Service's, by the short name that they have in one namespace: see `shortName`. */
  readonly shortNames: Lookup<Declaration>;
  /** Declarations by each plain address, canonical: see `addressKey`. */
  readonly addresses: Lookup<Declaration>;
  /** Declarations by each address block. */
  readonly blocks: BlockLookup<Declaration>;
  /** Declarations by each plain address of their own endpoints, canonical. */
  readonly endpoints: Lookup<Declaration>;
  /** ExternalName Services by the name that they stand for. */
  readonly aliases: Lookup<Service>;
  /** VirtualServices by each of their hosts: short names resolved, with case. */
  readonly routes: HostLookup<VirtualService>;
  /** VirtualServices with upper-case letters in a host, by that host in lower case. */
  readonly shoutedRoutes: HostLookup<VirtualService>;
  /** VirtualServices by each SNI of their `tls` matches, in lower case; a match without any stands under `*`. */
  readonly sniRoutes: HostLookup<VirtualService>;
  /** VirtualServices by each destination subnet of their `tls` and `tcp` matches. */
  readonly routedBlocks: BlockLookup<VirtualService>;
  /** VirtualServices by each Gateway that they bind: `namespace/name`. */
  readonly boundRoutes: Sequence<VirtualService>;
  /** VirtualServices by the host of each destination and mirror in any of their rules. */
  readonly routesTo: Sequence<VirtualService>;
  /** VirtualServices by namespace. */
  readonly routesIn: Lookup<VirtualService>;
  /** VirtualServices by each subset that a destination or mirror names, with its host: see `subsetKey`. */
  readonly routesToSubset: Sequence<VirtualService>;
  /** Root VirtualServices by each delegate that they name: `namespace/name`. */
  readonly delegators: Lookup<VirtualService>;
  /** DestinationRules of a namespace by their host. */
  destinationRules(namespace: string): RuleLookup;
  /** The namespaces that have a DestinationRule. */
  ruleNamespaces(): Iterable<string>;
  /** The namespaces that have a Sidecar. */
  sidecarNamespaces(): Iterable<string>;
  /** Gateways by one pair of their selector and the port number of each plaintext server: see `gatewayKeys`. */
  readonly gateways: Sequence<Gateway>;
  /** Gateways by the host of each server, without its namespace. */
  readonly servedHosts: HostLookup<Gateway>;
  readonly sidecars: Lookup<Sidecar>;
  readonly services: Lookup<Service>;
  readonly workloadEntries: Lookup<WorkloadEntry>;
  /** WorkloadEntries by their address, canonical where it is one. */
  readonly workloadsAt: Lookup<WorkloadEntry>;
  /** By namespace. */
  readonly exemptions: Lookup<EgressExemption>;
  /** By namespace. */
  readonly networkPolicies: Lookup<NetworkPolicy>;
  /** ServiceEntries by namespace. */
  readonly entriesIn: Lookup<ServiceEntry>;
  /** ServiceEntries with a workloadSelector, by namespace. */
  readonly selectingEntries: Lookup<ServiceEntry>;
}
