/**
 * The prototype of every record whose keys a document chooses. It has no members at all, so that a look-up of `constructor`
 * finds what was written and nothing else, and `__proto__` is a key as any other. Records without a prototype would do the same,
 * but the engine keeps those as hash tables of thrice the size.
 */
const NOTHING: object = {};
Object.setPrototypeOf(NOTHING, null);

/** The record that everything without entries shares. */
export const NO_ENTRIES: Readonly<Record<string, never>> = Object.freeze(emptyRecord<never>());

/** A record to fill, for keys that an attacker may choose. */
export function emptyRecord<T>(): Record<string, T> {
  const entries: Record<string, T> = {};
  Object.setPrototypeOf(entries, NOTHING);
  return entries;
}

/** The entries of both; where both have a key, that of `over`. */
export function mergedRecords<T>(
  base: Readonly<Record<string, T>>,
  over: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  if (base === NO_ENTRIES) return over;
  return over === NO_ENTRIES ? base : Object.assign(emptyRecord<T>(), base, over);
}
