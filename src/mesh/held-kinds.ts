import type { MeshKind } from './mesh-object.js';

/** A kind of which the world holds every object: what a source of objects lists and watches. */
export interface HeldKind {
  /** Empty for Kubernetes' own kinds. */
  readonly group: string;
  /** Those that are read, the one to ask for first. */
  readonly versions: readonly string[];
  readonly kind: MeshKind;
  readonly plural: string;
  readonly namespaced: boolean;
}

const ISTIO = 'networking.istio.io';
const ISTIO_VERSIONS = ['v1', 'v1beta1', 'v1alpha3'];

export const HELD_KINDS: readonly HeldKind[] = [
  { group: '', versions: ['v1'], kind: 'Namespace', plural: 'namespaces', namespaced: false },
  { group: '', versions: ['v1'], kind: 'Service', plural: 'services', namespaced: true },
  {
    group: 'networking.k8s.io',
    versions: ['v1'],
    kind: 'NetworkPolicy',
    plural: 'networkpolicies',
    namespaced: true,
  },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'DestinationRule', plural: 'destinationrules', namespaced: true },
  // Served as v1alpha3 alone.
  { group: ISTIO, versions: ['v1alpha3'], kind: 'EnvoyFilter', plural: 'envoyfilters', namespaced: true },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'Gateway', plural: 'gateways', namespaced: true },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'ServiceEntry', plural: 'serviceentries', namespaced: true },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'Sidecar', plural: 'sidecars', namespaced: true },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'VirtualService', plural: 'virtualservices', namespaced: true },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'WorkloadEntry', plural: 'workloadentries', namespaced: true },
  {
    group: 'sallyport.dev',
    versions: ['v1alpha1'],
    kind: 'EgressExemption',
    plural: 'egressexemptions',
    namespaced: true,
  },
];

interface HeldVersion {
  readonly held: HeldKind;
  /** The one copy of the text that all objects of that version share. */
  readonly apiVersion: string;
}

const BY_VERSION: ReadonlyMap<string, HeldVersion> = new Map(
  HELD_KINDS.flatMap((held) =>
    held.versions.map((version): [string, HeldVersion] => {
      const apiVersion = held.group === '' ? version : `${held.group}/${version}`;
      return [`${apiVersion} ${held.kind}`, { held, apiVersion }];
    }),
  ),
);

/** The held kind that a document of this `apiVersion` and `kind` belongs to, if any. */
export function heldVersion(apiVersion: string, kind: string): HeldVersion | undefined {
  return BY_VERSION.get(`${apiVersion} ${kind}`);
}
