import { ManifestError } from '../manifest-error.js';
import { Fields, Reading } from '../reading.js';
import { readOutboundMode, type OutboundMode } from './sidecar.js';

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

/**
 * Reads the mesh's configuration over what `base` says: a field that is written replaces the whole field, as in istiod
 * (`ApplyMeshConfig`). What Sallyport does not know is ignored.
 *
 * @param document - the parsed text of the key `mesh` of the ConfigMap `istio`; undefined or null changes nothing
 * @throws {ManifestError} with the fields of the wrong type, as paths that begin with `mesh`
 */
export function readMeshConfig(document: unknown, base: MeshConfig): MeshConfig {
  const reading = new Reading(true);
  const mesh = new Fields(reading, { mesh: document }).objectOrEmpty('mesh');
  const outbound = mesh.object('outboundTrafficPolicy');
  const exportTo = (name: string, otherwise: readonly string[]): readonly string[] =>
    mesh.has(name) ? mesh.strings(name) : otherwise;
  const config: MeshConfig = {
    ...base,
    rootNamespace: mesh.text('rootNamespace') ?? base.rootNamespace,
    outboundTrafficPolicy: outbound === undefined ? base.outboundTrafficPolicy : readOutboundMode(outbound),
    defaultServiceExportTo: exportTo('defaultServiceExportTo', base.defaultServiceExportTo),
    defaultVirtualServiceExportTo: exportTo('defaultVirtualServiceExportTo', base.defaultVirtualServiceExportTo),
    defaultDestinationRuleExportTo: exportTo('defaultDestinationRuleExportTo', base.defaultDestinationRuleExportTo),
  };
  if (reading.faults.length > 0) {
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: base.rootNamespace, name: 'istio' };
    throw new ManifestError(ref, reading.faults);
  }
  return config;
}
