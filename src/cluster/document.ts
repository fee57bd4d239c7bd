import { isObject } from '../mesh/reading.js';

/** Reading of what the API server sends: it is JSON, and nothing more is known of it. */

/** The value at the path of keys, or undefined where there is none. */
export function at(document: unknown, ...path: readonly string[]): unknown {
  let value = document;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** The string at the path of keys, or an empty one where there is none. */
export function textAt(document: unknown, ...path: readonly string[]): string {
  const value = at(document, ...path);
  return typeof value === 'string' ? value : '';
}

/** The array at the path of keys, or an empty one where there is none. */
export function itemsAt(document: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = at(document, ...path);
  return Array.isArray(value) ? value : [];
}
