import { heldVersion } from '../mesh/held-kinds.js';
import type { ObjectRef } from '../mesh/metadata.js';
import { ClusterError } from './cluster-error.js';
import type { ClusterConnection } from './connection.js';
import { pathOf, type Asking } from './discovery.js';
import { textAt } from './document.js';

/** Who owns the fields that Sallyport writes. */
export const FIELD_MANAGER = 'sallyport';

export interface ApplyOptions extends Asking {
  /** The API server checks and answers, and stores nothing. */
  readonly dryRun?: boolean;
}

export interface Applied {
  /** Whether there was no such object before. */
  readonly created: boolean;
  /** The object as the API server holds it now. */
  readonly document: unknown;
}

/**
 * Applies a manifest of a kind that the world holds, such as an injected DestinationRule, server-side: the fields that it
 * names become Sallyport's, the fields of others are left alone, and a field that another manager has with another
 * value is never taken over.
 *
 * @param manifest a whole object with `apiVersion`, `kind`, `metadata.namespace` and `metadata.name`
 * @throws ClusterError `conflict` where another manager owns a field: `causes` name the fields and the managers; `invalid`
 *   where the manifest names no such object or the API server refuses its form
 */
export async function applyObject(
  connection: ClusterConnection,
  manifest: unknown,
  { timeout, signal, dryRun = false }: ApplyOptions,
): Promise<Applied> {
  const { status, document } = await connection.request({
    method: 'PATCH',
    path: objectPath(manifest),
    query: {
      fieldManager: FIELD_MANAGER,
      force: 'false',
      // A field that the CRD does not know would be dropped in silence.
      fieldValidation: 'Strict',
      ...(dryRun ? { dryRun: 'All' } : {}),
    },
    // JSON is YAML, and the only form that every served version of the API server takes for an apply is called so.
    body: { mediaType: 'application/apply-patch+yaml', text: JSON.stringify(manifest) },
    timeout,
    signal,
  });
  return { created: status === 201, document };
}

/**
 * Changes an object of a kind that the world holds by a JSON Patch (RFC 6902), in Sallyport's name.
 *
 * @returns the object as the API server holds it now
 * @throws ClusterError `invalid` where a test of the patch fails, `not-found`
 */
export async function patchObject(
  connection: ClusterConnection,
  { apiVersion, kind, namespace, name }: ObjectRef,
  patch: readonly unknown[],
  { timeout, signal }: Asking,
): Promise<unknown> {
  const { document } = await connection.request({
    method: 'PATCH',
    path: objectPath({ apiVersion, kind, metadata: { namespace, name } }),
    query: { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' },
    body: { mediaType: 'application/json-patch+json', text: JSON.stringify(patch) },
    timeout,
    signal,
  });
  return document;
}

/** The path of an object of a namespaced kind that the world holds. @throws ClusterError `invalid` */
export function objectPath(manifest: unknown): string {
  const kind = textAt(manifest, 'kind');
  const version = heldVersion(textAt(manifest, 'apiVersion'), kind);
  if (version?.held.namespaced !== true) {
    throw new ClusterError(
      'invalid',
      `cannot write a "${kind}": that is no namespaced kind of the world in its version`,
    );
  }
  const namespace = textAt(manifest, 'metadata', 'namespace');
  const name = textAt(manifest, 'metadata', 'name');
  // They become parts of a path, in which `..` would lead to another object.
  if (!NAME.test(namespace) || !NAME.test(name)) {
    throw new ClusterError('invalid', `cannot write the ${kind}: "${namespace}/${name}" is no name of an object`);
  }
  return `${pathOf(version.apiVersion)}/namespaces/${namespace}/${version.held.plural}/${name}`;
}

/** What Kubernetes takes as the name of an object of these kinds (RFC 1123 subdomain). */
const NAME = /^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/;
