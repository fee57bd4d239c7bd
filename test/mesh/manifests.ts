import type { Fault } from '../../src/mesh/fault.js';
import { ManifestError } from '../../src/mesh/manifest-error.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import type { MeshObject } from '../../src/mesh/mesh-object.js';
import { readObject } from '../../src/mesh/read-object.js';

/** A manifest with the metadata that is required and nothing more. */
export function manifest(kind: MeshObject['kind'], spec?: unknown, metadata: Record<string, unknown> = {}): object {
  const apiVersion = apiVersionOf(kind);
  return { apiVersion, kind, metadata: { name: 'cnn', namespace: 'shop', ...metadata }, spec };
}

function apiVersionOf(kind: MeshObject['kind']): string {
  switch (kind) {
    case 'Namespace':
    case 'Service':
      return 'v1';
    case 'NetworkPolicy':
      return 'networking.k8s.io/v1';
    case 'EgressExemption':
      return 'sallyport.dev/v1alpha1';
    case 'EnvoyFilter':
      return 'networking.istio.io/v1alpha3';
    default:
      return 'networking.istio.io/v1';
  }
}

/** The object of that kind. */
export function read<K extends MeshObject['kind']>(
  kind: K,
  spec?: unknown,
  metadata?: Record<string, unknown>,
): Extract<MeshObject, { kind: K }> {
  const object = readObject(manifest(kind, spec, metadata), OLDEST);
  if (isOfKind(object, kind)) return object;
  throw new Error(`no ${kind} was read`);
}

function isOfKind<K extends MeshObject['kind']>(
  object: MeshObject | undefined,
  kind: K,
): object is Extract<MeshObject, { kind: K }> {
  return object?.kind === kind;
}

/** What is wrong with the document, none where it is read. */
export function faultsOf(document: unknown): readonly Fault[] {
  try {
    readObject(document, OLDEST);
    return [];
  } catch (error) {
    if (error instanceof ManifestError) return error.faults;
    throw error;
  }
}

/** The same as lines `field problem`. */
export function told(document: unknown): readonly string[] {
  return faultsOf(document).map(({ field, problem }) => `${field} ${problem}`);
}
