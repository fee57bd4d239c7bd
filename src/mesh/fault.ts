/** One thing that is wrong with a document: the JSON path of the field, and what is wrong with it, in words. */
export interface Fault {
  readonly field: string;
  readonly problem: string;
}

/** How much of a text or a key of the document is repeated in a message. */
const LONGEST_SHOWN = 60;

/** The value as a message repeats it: on one line, and short whatever was written. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > LONGEST_SHOWN ? `${JSON.stringify(value.slice(0, LONGEST_SHOWN))}...` : JSON.stringify(value);
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'a list' : 'an object';
}
