import type { Labels, Metadata } from '../metadata.js';

export interface DestinationRule {
  readonly kind: 'DestinationRule';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: DestinationRuleSpec;
}

export interface DestinationRuleSpec {
  readonly host: string;
  readonly trafficPolicy: TrafficPolicy | undefined;
  readonly subsets: readonly Subset[];
  readonly exportTo: readonly string[];
  readonly workloadSelector: Labels | undefined;
}

export interface Subset {
  readonly name: string;
  readonly labels: Labels;
  readonly trafficPolicy: TrafficPolicy | undefined;
}

/** The four fields that a port's settings replace together. */
export interface PortTrafficPolicy {
  readonly tls: ClientTls | undefined;
  readonly loadBalancer: LoadBalancer | undefined;
}

export interface TrafficPolicy extends PortTrafficPolicy {
  readonly portLevelSettings: readonly PortLevelSettings[];
}

export interface PortLevelSettings extends PortTrafficPolicy {
  readonly port: number;
}

export interface LoadBalancer {
  /** `simple`, or undefined where it is unset or a consistent hash. */
  readonly simple: string | undefined;
}

export interface ClientTls {
  readonly mode: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';
  readonly sni: string | undefined;
  readonly credentialName: string | undefined;
}
