import { readDestination } from './virtual-service.js';
import type { Labels, Metadata } from '../metadata.js';
import type { Protocol } from '../protocol.js';
import { readProtocol } from '../read-protocol.js';
import type { Fields } from '../reading.js';
import { readWorkloadSelector } from '../workload-selector.js';

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

const OUTBOUND_MODES = ['REGISTRY_ONLY', 'ALLOW_ANY'] as const;

/** Reads the `spec` of a Sidecar, by the schema and the rules of its CRD. */
export function readSidecarSpec(spec: Fields): SidecarSpec {
  return {
    workloadSelector: readWorkloadSelector(spec),
    egress: spec.objects('egress', readEgress),
    outboundTrafficPolicy: readOutboundTrafficPolicy(spec),
  };
}

/** The mode of an `outboundTrafficPolicy`; REGISTRY_ONLY where it names none, the first of the enum in the protocol buffers. */
export function readOutboundMode(policy: Fields): OutboundMode {
  return policy.choice('mode', OUTBOUND_MODES) ?? 'REGISTRY_ONLY';
}

function readEgress(egress: Fields): SidecarEgress {
  const port = egress.object('port');
  if (!egress.has('hosts')) egress.fault('hosts', 'is required');
  return {
    port: port === undefined ? undefined : { number: port.integer('number') ?? 0, protocol: readProtocol(port) },
    bind: egress.text('bind'),
    hosts: egress.strings('hosts'),
  };
}

function readOutboundTrafficPolicy(spec: Fields): OutboundTrafficPolicy | undefined {
  const policy = spec.object('outboundTrafficPolicy');
  if (policy === undefined) return undefined;
  const proxy = policy.object('egressProxy');
  return {
    mode: readOutboundMode(policy),
    egressProxy: proxy === undefined ? undefined : readDestination(proxy),
  };
}
