import type { MeshObject } from '../mesh/mesh-object.js';
import type { ObjectRef, Origin } from '../mesh/metadata.js';

/** Says where a field of an object stands in a file; undefined for what no file holds. */
export type Locate = (object: ObjectRef, field: string) => Origin | undefined;

/** What an object is called in a sentence: `ServiceEntry shop/cnn`; empty for none. */
export function titleOf(object: MeshObject | undefined): string {
  if (object === undefined) return '';
  const { namespace, name } = object.metadata;
  return `${object.kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

export function refOf({ apiVersion, kind, metadata }: MeshObject): ObjectRef {
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

/** `mesh/cnn.yaml:12  spec.ports[1]`, so that a terminal can open it; the field alone for what no file holds. */
export function placeText(object: MeshObject, field: string, locate: Locate): string {
  const origin = locate(refOf(object), field);
  return origin === undefined ? field : `${origin.file}:${origin.line}  ${field}`;
}
