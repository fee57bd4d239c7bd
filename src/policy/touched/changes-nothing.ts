import type { JudgedObject } from '../../mesh/judged-object.js';
import type { Labels } from '../../mesh/metadata.js';

/**
 * Whether two versions of an object are the same in everything that anybody reads: what was parsed of the spec, the age, the labels,
 * and the annotations of Istio and of Sallyport. Controllers rewrite the rest of the metadata all the time.
 */
export function changesNothing(old: JudgedObject, object: JudgedObject): boolean {
  const [was, is] = [old.metadata, object.metadata];
  return (
    was.createdAt === is.createdAt &&
    was.deleting === is.deleting &&
    sameValue(was.labels, is.labels) &&
    sameValue(read(was.annotations), read(is.annotations)) &&
    sameValue(rest(old), rest(object))
  );
}

const READ = /(?:^|\.)(?:istio\.io|sallyport\.dev)\//;

function read(annotations: Labels): Labels {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => READ.test(key)));
}

/** Everything of an object but its metadata and the version that it is written in. */
function rest(object: JudgedObject): unknown {
  return { ...object, metadata: undefined, apiVersion: undefined };
}

/** Equality of parsed values: plain objects, arrays and primitives. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [x, y] = [Object.entries(a), Object.entries(b)];
  if (Array.isArray(a) !== Array.isArray(b) || x.length !== y.length) return false;
  const other = new Map<string, unknown>(y);
  return x.every(([key, value]) => other.has(key) && sameValue(value, other.get(key)));
}
