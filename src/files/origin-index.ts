import type { ObjectRef, Origin } from '../mesh/metadata.js';
import { lineOf, type DocumentOrigin } from './manifest-file.js';

/** Says where objects stand in files, and where in them a field stands. */
export interface OriginIndex {
  /** Undefined for an object that no file holds. */
  locate(object: ObjectRef, field?: string): Origin | undefined;
}

/** What tells objects apart: the group and not the version, for every version of an object is the same one. */
export function refKey({ apiVersion, kind, namespace, name }: ObjectRef): string {
  const slash = apiVersion.indexOf('/');
  return `${slash < 0 ? '' : apiVersion.slice(0, slash)}/${kind}/${namespace}/${name}`;
}

export function fieldOrigin(origin: DocumentOrigin, field: string): Origin {
  return { file: origin.file, line: lineOf(origin, field) };
}
