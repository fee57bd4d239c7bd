/** The way to a value inside a document. */
export type Place = readonly (number | string)[];

/** Stands for "take the value out". */
export const REMOVED = Symbol('removed');

/** The places of everything inside a document, objects and lists included, depth first. */
export function placesOf(value: unknown, above: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys: readonly (number | string)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [[...above, key], ...placesOf(valueAt(value, [key]), [...above, key])]);
}

export function valueAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>((node, key) => {
    if (typeof node !== 'object' || node === null) return undefined;
    return Object.getOwnPropertyDescriptor(node, key)?.value as unknown;
  }, value);
}

/** A copy of the document with another value at that place. */
export function changed(document: unknown, place: Place, value: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return value;
  const inner = rest.length === 0 ? value : changed(valueAt(document, [key]), rest, value);
  if (Array.isArray(document)) {
    const items: readonly unknown[] = document;
    return inner === REMOVED ? items.toSpliced(Number(key), 1) : items.with(Number(key), inner);
  }
  const entries = typeof document === 'object' && document !== null ? Object.entries(document) : [];
  const others = entries.map(([name, old]): [string, unknown] => [name, name === String(key) ? inner : old]);
  return Object.fromEntries(others.filter(([, kept]) => kept !== REMOVED));
}

/** The place as a field of a message: `spec.http[0].match[0].headers["x-a"]`. */
export function fieldOf(place: Place): string {
  return place.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
    return path === '' ? key : `${path}.${key}`;
  }, '');
}
