import { heldVersion } from '../mesh/held-kinds.js';
import { ManifestError } from '../mesh/manifest-error.js';
import type { MeshObject } from '../mesh/mesh-object.js';
import { OLDEST, YOUNGEST, type ObjectRef } from '../mesh/metadata.js';
import { readObject } from '../mesh/read-object.js';
import type { World } from '../mesh/world/world.js';
import type { ObjectChange } from '../policy/change.js';
import type { AdmissionRequest } from './review.js';
import { oversize } from './size.js';

/**
 * The change that a request is about; undefined where no rule judges it: another kind, a subresource, an operation that changes
 * nothing. What cannot be read of the old object is no reason to refuse the new one.
 *
 * @throws {ManifestError} when the object cannot be read, with its fields
 */
export function changeOf(request: AdmissionRequest, world: World): ObjectChange | undefined {
  const { operation, subResource, object } = request;
  if (subResource !== undefined || operation === 'CONNECT') return undefined;
  const held = heldVersion(versionOf(request), request.kind.kind)?.held;
  if (held === undefined) return undefined;
  if (request.keysDropped === true)
    throw unreadable(request, 'object', 'has a key named __proto__ or constructor: rename it');
  if (operation === 'DELETE') {
    const old = readOld(request) ?? world.object(held.kind, request.namespace, request.name);
    return old === undefined ? undefined : { old, object: undefined };
  }
  if (object === null) throw unreadable(request, 'object', 'is null: a review of this operation carries the object');
  const fresh = operation === 'CREATE' ? created(read(request, object)) : read(request, object);
  return { old: operation === 'CREATE' ? undefined : readOld(request), object: fresh };
}

/** Names what a request is about, for messages. */
export function refOf(request: AdmissionRequest): ObjectRef {
  const { kind, namespace, name } = request;
  return { apiVersion: versionOf(request), kind: kind.kind, namespace, name };
}

function versionOf({ kind: { group, version } }: AdmissionRequest): string {
  return group === '' ? version : `${group}/${version}`;
}

function read(request: AdmissionRequest, document: unknown): MeshObject {
  const fault = oversize(document);
  if (fault !== undefined) throw new ManifestError(refOf(request), [fault]);
  const object = readObject(document, OLDEST);
  if (object?.kind !== request.kind.kind) {
    throw unreadable(request, 'object.kind', `is not the ${request.kind.kind} that the request is about`);
  }
  return object;
}

/** An object that is being created is the youngest of all, in the mutating review and in the validating one. */
function created(object: MeshObject): MeshObject {
  return { ...object, metadata: { ...object.metadata, createdAt: YOUNGEST } };
}

function readOld(request: AdmissionRequest): MeshObject | undefined {
  try {
    return request.oldObject === null ? undefined : readObject(request.oldObject, OLDEST);
  } catch (error) {
    if (error instanceof ManifestError) return undefined;
    throw error;
  }
}

function unreadable(request: AdmissionRequest, field: string, problem: string): ManifestError {
  return new ManifestError(refOf(request), [{ field, problem }]);
}
