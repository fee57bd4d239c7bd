/**
 * Whether the version `a` of a collection is older than `b`. Kubernetes promises since 1.35 that the versions of one
 * kind are decimal numbers that grow; what is none is older than nothing.
 */
export function isOlderVersion(a: string, b: string): boolean {
  if (!NUMBER.test(a) || !NUMBER.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}

const NUMBER = /^(?:0|[1-9]\d*)$/;
