import { heldVersion } from '../mesh/held-kinds.js';
import { ManifestError } from '../mesh/manifest-error.js';
import type { MeshKind, MeshObject } from '../mesh/mesh-object.js';
import { OLDEST, YOUNGEST, type ObjectRef } from '../mesh/metadata.js';
import { readObject, refOf as refOfDocument } from '../mesh/read-object.js';
import type { World } from '../mesh/world/world.js';
import type { ObjectChange } from '../policy/change.js';
import { isJudgedSubResource, passingChange } from './passing-change.js';
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
  if ((subResource !== undefined && !isJudgedSubResource(request)) || operation === 'CONNECT') return undefined;
  const held = heldVersion(versionOf(request), request.kind.kind)?.held;
  if (held === undefined) return passingChange(request);
  if (operation === 'DELETE') {
    const old = oldOf(request, held.kind, world);
    return old === undefined ? undefined : { old, object: undefined };
  }
  if (request.keysDropped === true)
    throw unreadable(request, 'object', 'has a key named __proto__ or constructor: rename it');
  if (object === null) throw unreadable(request, 'object', 'is null: a review of this operation carries the object');
  const fresh = read(request, object);
  if (operation === 'CREATE') return { old: undefined, object: created(fresh) };
  return { old: oldOf(request, held.kind, world), object: fresh };
}

/** Names what a request is about, for messages: by the beginning of its name where the API server is yet to generate that. */
export function refOf(request: AdmissionRequest): ObjectRef {
  const { kind, namespace, name, object } = request;
  const shown = name === '' ? (refOfDocument(object)?.name ?? '') : name;
  return { apiVersion: versionOf(request), kind: kind.kind, namespace, name: shown };
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

/** The old object as the request has it; what cannot be read there is taken from the world, if anywhere. */
function oldOf(request: AdmissionRequest, kind: MeshKind, world: World): MeshObject | undefined {
  return readOld(request, kind) ?? world.object(kind, request.namespace, request.name);
}

function readOld({ oldObject }: AdmissionRequest, kind: MeshKind): MeshObject | undefined {
  try {
    const old = readObject(oldObject, OLDEST);
    return old?.kind === kind ? old : undefined;
  } catch (error) {
    if (error instanceof ManifestError) return undefined;
    throw error;
  }
}

function unreadable(request: AdmissionRequest, field: string, problem: string): ManifestError {
  return new ManifestError(refOf(request), [{ field, problem }]);
}
