import { ClusterError } from './cluster-error.js';
import type { ClusterConnection } from './connection.js';
import type { Asking } from './discovery.js';
import { at, textAt } from './document.js';

/** Which Lease (`coordination.k8s.io/v1`). */
export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

/** What a Lease says. */
export interface LeaseRecord {
  /** Empty where nobody holds it. */
  readonly holder: string;
  /** In seconds: how long after a renewal it is the holder's. */
  readonly seconds: number;
  /** As its holder wrote them; who reads them never compares them with his own clock. */
  readonly acquireTime: string;
  readonly renewTime: string;
  /** How often it has changed hands. */
  readonly transitions: number;
}

export interface StoredLease extends LeaseRecord {
  readonly resourceVersion: string;
}

/** @throws ClusterError; undefined where there is no such Lease */
export async function readLease(
  connection: ClusterConnection,
  name: LeaseName,
  asking: Asking,
): Promise<StoredLease | undefined> {
  try {
    const { document } = await connection.request({
      method: 'GET',
      path: `${collectionOf(name)}/${name.name}`,
      ...asking,
    });
    return leaseOf(document);
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/**
 * Writes a Lease in the place of the one that was read, or a new one.
 *
 * @param read - undefined where there was none
 * @throws ClusterError `conflict` where somebody else was faster
 */
export async function writeLease(
  connection: ClusterConnection,
  name: LeaseName,
  read: StoredLease | undefined,
  record: LeaseRecord,
  asking: Asking,
): Promise<StoredLease> {
  const collection = collectionOf(name);
  const version = read === undefined ? {} : { resourceVersion: read.resourceVersion };
  const { document } = await connection.request({
    method: read === undefined ? 'POST' : 'PUT',
    path: read === undefined ? collection : `${collection}/${name.name}`,
    body: {
      mediaType: 'application/json',
      text: JSON.stringify({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { namespace: name.namespace, name: name.name, ...version },
        spec: {
          holderIdentity: record.holder,
          leaseDurationSeconds: record.seconds,
          acquireTime: record.acquireTime,
          renewTime: record.renewTime,
          leaseTransitions: record.transitions,
        },
      }),
    },
    ...asking,
  });
  return leaseOf(document);
}

/** A time as `MicroTime` is written. */
export function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

function collectionOf({ namespace }: LeaseName): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
}

function leaseOf(document: unknown): StoredLease {
  const seconds = at(document, 'spec', 'leaseDurationSeconds');
  const transitions = at(document, 'spec', 'leaseTransitions');
  return {
    holder: textAt(document, 'spec', 'holderIdentity'),
    seconds: typeof seconds === 'number' ? seconds : 0,
    acquireTime: textAt(document, 'spec', 'acquireTime'),
    renewTime: textAt(document, 'spec', 'renewTime'),
    transitions: typeof transitions === 'number' ? transitions : 0,
    resourceVersion: textAt(document, 'metadata', 'resourceVersion'),
  };
}
