import type { Labels, Metadata } from '../metadata.js';
import type { Protocol } from '../protocol.js';

/** A Kubernetes Service. */
export interface Service {
  readonly kind: 'Service';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: ServiceSpec;
}

export interface ServiceSpec {
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** The name that an ExternalName Service stands for. */
  readonly externalName: string | undefined;
  /** The cluster's addresses of the Service, without `None`. */
  readonly clusterIPs: readonly string[];
  /** `clusterIP: None`. */
  readonly headless: boolean;
  /** Undefined where there is none: its endpoints are then somebody's, not the pods'. */
  readonly selector: Labels | undefined;
  readonly ports: readonly ServicePort[];
  /** The annotation `networking.istio.io/exportTo`, split; empty means the mesh's default. */
  readonly exportTo: readonly string[];
}

export interface ServicePort {
  readonly number: number;
  readonly name: string;
  /** From `appProtocol`, else from the name before its first `-`; UDP where the port's transport is UDP. */
  readonly protocol: Protocol;
  /** The number that is dialled on the pod; a named target port is undefined, for it is the pod's to say. */
  readonly targetPort: number | undefined;
}
