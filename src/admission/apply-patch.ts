import type { PatchOperation } from './response.js';

/**
 * A document as a JSON Patch (RFC 6902) leaves it; the document itself stays as it is. It is the API server's own step between the
 * mutating webhook and the validating one.
 *
 * Throws where the patch leads nowhere, or where a test fails: the patch was then made for another document.
 */
export function applyPatch(document: unknown, patch: readonly PatchOperation[]): unknown {
  return patch.reduce<unknown>((whole, operation) => changed(whole, keysOf(operation.path), operation), document);
}

/** The keys of a JSON Pointer (RFC 6901): `/spec/http/0` as `spec`, `http`, `0`. */
export function keysOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function changed(value: unknown, [key, ...rest]: readonly string[], operation: PatchOperation): unknown {
  if (key === undefined) return operation.op === 'remove' ? undefined : tested(value, operation);
  if (Array.isArray(value)) return changedList(value, key, rest, operation);
  if (!isRecord(value)) throw misled(operation);
  const isAdded = rest.length === 0 && operation.op === 'add';
  if (!isAdded && !Object.hasOwn(value, key)) throw misled(operation);
  const inner = changed(value[key], rest, operation);
  if (inner !== undefined) return { ...value, [key]: inner };
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

function changedList(
  list: readonly unknown[],
  key: string,
  rest: readonly string[],
  operation: PatchOperation,
): readonly unknown[] {
  const isAdded = rest.length === 0 && operation.op === 'add';
  const index = key === '-' ? list.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > (isAdded ? list.length : list.length - 1))
    throw misled(operation);
  const inner = changed(isAdded ? undefined : list[index], rest, operation);
  return list.toSpliced(index, isAdded ? 0 : 1, ...(inner === undefined ? [] : [inner]));
}

function tested(value: unknown, operation: Exclude<PatchOperation, { readonly op: 'remove' }>): unknown {
  if (operation.op === 'test' && JSON.stringify(value) !== JSON.stringify(operation.value)) throw misled(operation);
  return operation.value;
}

function misled({ op, path }: PatchOperation): Error {
  return new Error(`the patch does not fit the object: ${op} ${path}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
