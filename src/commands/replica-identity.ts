import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { InputError } from './input-error.js';

/** Who this process is among its replicas, and how they choose a leader. */
export interface ReplicaIdentity {
  /** No other process has the same, not even the next one in this pod. */
  readonly name: string;
  /** Where the Lease is. */
  readonly namespace: string;
  /** How long the Lease lasts, in whole seconds. */
  readonly leaseSeconds: number;
}

/** Where a pod finds the name of its namespace. */
const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

const NAMESPACE = 'sallyport';

/** As Kubernetes' own components have it. */
const LEASE_SECONDS = 15;

/**
 * From the environment: `POD_NAME`, else the host's name; `POD_NAMESPACE`, else the namespace of the pod that this is, else
 * `sallyport`; `SALLYPORT_LEASE_SECONDS`.
 *
 * @throws InputError for a number of seconds that is none
 */
export async function replicaIdentity(environment: NodeJS.ProcessEnv): Promise<ReplicaIdentity> {
  return {
    name: `${textOf(environment['POD_NAME']) ?? os.hostname()}_${randomUUID()}`,
    namespace: textOf(environment['POD_NAMESPACE']) ?? (await ownNamespace()) ?? NAMESPACE,
    leaseSeconds: secondsOf(textOf(environment['SALLYPORT_LEASE_SECONDS'])),
  };
}

function textOf(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

async function ownNamespace(): Promise<string | undefined> {
  try {
    return textOf((await readFile(NAMESPACE_FILE, 'utf8')).trim());
  } catch {
    // No pod, or one that is given no token.
    return undefined;
  }
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return LEASE_SECONDS;
  const seconds = Number(text);
  if (/^\d{1,4}$/.test(text) && seconds > 0) return seconds;
  throw new InputError([`SALLYPORT_LEASE_SECONDS must be a whole number from 1 to 9999, not "${text}"`]);
}
