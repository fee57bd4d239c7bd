import { toErrorRecord } from './error-record.js';

/**
 * Names under which a secret, or the object of a user, could slip into a line. The code does not log these; this is the
 * net below it.
 */
const NEVER_LOGGED: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'key',
  'privateKey',
  'tlsKey',
  'oldObject',
  'spec',
  'document',
  'body',
  'patch',
]);

/** Fields of a line are flat, or records of one or two levels. */
const DEPTH = 4;

const CENSORED = '[not logged]';

type Fields = Record<string, unknown>;

/**
 * The fields of a line without what is never logged; a copy is made only where something is taken out. Written by hand
 * because pino's redaction with wildcards makes a line six times as dear, and there is a line for every review.
 */
export function censored(fields: Fields, depth = DEPTH): Fields {
  let copy: Fields | undefined;
  for (const name in fields) {
    const value = fields[name];
    const kept = NEVER_LOGGED.has(name) ? CENSORED : censoredValue(value, depth);
    if (kept === value) continue;
    copy ??= { ...fields };
    copy[name] = kept;
  }
  return copy ?? fields;
}

function censoredValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return toErrorRecord(value);
  if (depth === 0) return CENSORED;
  if (Array.isArray(value)) return value.map((item: unknown) => censoredValue(item, depth - 1));
  return isFields(value) ? censored(value, depth - 1) : value;
}

function isFields(value: object): value is Fields {
  return !Array.isArray(value);
}
