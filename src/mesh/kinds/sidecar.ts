import type { Labels, Metadata } from '../metadata.js';
import type { Protocol } from '../protocol.js';

export interface Sidecar {
  readonly kind: 'Sidecar';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: SidecarSpec;
}

export interface SidecarSpec {
  /** Undefined where the Sidecar is its namespace's default. */
  readonly workloadSelector: Labels | undefined;
  /** Empty means everything. */
  readonly egress: readonly SidecarEgress[];
  readonly outboundTrafficPolicy: OutboundTrafficPolicy | undefined;
}

export interface SidecarEgress {
  readonly port: { readonly number: number; readonly protocol: Protocol } | undefined;
  readonly bind: string | undefined;
  /** As written: `namespace/host`, where namespace may be `.`, `*` or `~`. */
  readonly hosts: readonly string[];
}

export interface OutboundTrafficPolicy {
  readonly mode: OutboundMode;
  readonly egressProxy:
    { readonly host: string; readonly subset: string | undefined; readonly port: number | undefined } | undefined;
}

export type OutboundMode = 'REGISTRY_ONLY' | 'ALLOW_ANY';
