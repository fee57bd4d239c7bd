import type { PassingObject } from '../mesh/judged-object.js';
import { OLDEST } from '../mesh/metadata.js';
import { readPassing } from '../mesh/read-passing.js';
import type { ObjectChange } from '../policy/change.js';
import type { AdmissionRequest } from './review.js';

/**
 * The change of an object that is judged by itself and held in no world: a Pod, what makes Pods, an object of the Gateway API. What
 * goes is not judged, and what cannot be read is none of them.
 */
export function passingChange(request: AdmissionRequest): ObjectChange | undefined {
  const { operation, object, oldObject } = request;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined;
  const fresh = read(request, object);
  if (fresh === undefined) return undefined;
  return { old: operation === 'CREATE' ? undefined : read(request, oldObject), object: fresh };
}

/** A Pod gets containers that run beside the others (`kubectl debug`) by a subresource of its own. */
export function isJudgedSubResource({ kind, subResource }: AdmissionRequest): boolean {
  return kind.group === '' && kind.kind === 'Pod' && subResource === 'ephemeralcontainers';
}

function read({ kind, namespace }: AdmissionRequest, document: unknown): PassingObject | undefined {
  const object = readPassing(document, OLDEST);
  if (object === undefined) return undefined;
  const { apiVersion, metadata } = object;
  if (apiVersion !== (kind.group === '' ? kind.version : `${kind.group}/${kind.version}`)) return undefined;
  return { ...object, metadata: namespace === '' ? metadata : { ...metadata, namespace } };
}
