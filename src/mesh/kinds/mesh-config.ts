import type { OutboundMode } from './sidecar.js';

/** What Sallyport reads of the mesh's configuration: key `mesh` of the ConfigMap `istio` in the root namespace. */
export interface MeshConfig {
  readonly rootNamespace: string;
  /** The cluster's domain, without a leading dot. */
  readonly domain: string;
  readonly outboundTrafficPolicy: OutboundMode;
  readonly defaultServiceExportTo: readonly string[];
  readonly defaultVirtualServiceExportTo: readonly string[];
  readonly defaultDestinationRuleExportTo: readonly string[];
  /** Address blocks whose addresses are not outside the mesh. */
  readonly internalCIDRs: readonly string[];
}

/** Istio's defaults, and the private address blocks of RFC 1918, RFC 6598 and RFC 4193. */
export const DEFAULT_MESH: MeshConfig = {
  rootNamespace: 'istio-system',
  domain: 'cluster.local',
  outboundTrafficPolicy: 'ALLOW_ANY',
  defaultServiceExportTo: ['*'],
  defaultVirtualServiceExportTo: ['*'],
  defaultDestinationRuleExportTo: ['*'],
  internalCIDRs: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
};
