import type { HeldKind } from '../mesh/held-kinds.js';
import { ClusterError } from './cluster-error.js';
import type { ClusterConnection } from './connection.js';
import { itemsAt, textAt } from './document.js';

/** Where the API server keeps the objects of one kind. */
export interface Collection {
  readonly kind: string;
  readonly apiVersion: string;
  readonly path: string;
  /** Narrows the collection, in the API's own syntax: `metadata.name=istio`. */
  readonly fieldSelector?: string;
}

/** How long to wait for each answer, in milliseconds, and what ends the waiting. */
export interface Asking {
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * The collection of the best version in which the API server serves the kind, or undefined where it serves none: the CRD
 * is not installed. A CRD may serve some versions only, so the group's list of versions does not suffice.
 *
 * @throws ClusterError
 */
export async function locate(
  connection: ClusterConnection,
  held: HeldKind,
  asking: Asking,
): Promise<Collection | undefined> {
  for (const version of held.versions) {
    const apiVersion = held.group === '' ? version : `${held.group}/${version}`;
    const path = pathOf(apiVersion);
    const plurals = await pluralsOf(connection, path, asking);
    if (plurals.includes(held.plural)) return { kind: held.kind, apiVersion, path: `${path}/${held.plural}` };
  }
  return undefined;
}

/** The path of a group's version: what its discovery answers, and its collections hang below. */
export function pathOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

async function pluralsOf(connection: ClusterConnection, path: string, asking: Asking): Promise<readonly string[]> {
  try {
    const { document } = await connection.request({ method: 'GET', path, ...asking });
    return itemsAt(document, 'resources').map((resource) => textAt(resource, 'name'));
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'not-found') return [];
    throw error;
  }
}
