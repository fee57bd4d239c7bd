import { OLD_SPELLINGS } from './old-spellings.js';
import { emptyRecord, NO_ENTRIES } from './record.js';

/** One thing that is wrong with a document: the JSON path of the field, and what is wrong with it, in words. */
export interface Fault {
  readonly field: string;
  readonly problem: string;
}

/** A field that is written as Istio's protocol buffers spell it, which the API server drops. */
export interface DeprecatedSpelling {
  /** The JSON path as written: `spec.tls[0].match[0].sni_hosts`. */
  readonly field: string;
  /** The name that the CRDs know: `sniHosts`. */
  readonly instead: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

interface Span {
  readonly min: number;
  readonly max: number;
}

interface Count {
  readonly min?: number;
  readonly max?: number;
}

/** Says what is wrong with a text, or undefined. */
type Check = (text: string) => string | undefined;

interface RecordRules {
  /** How many entries it may have. */
  readonly max?: number;
  readonly checkKey?: Check;
  readonly checkValue?: Check;
  /** A key that is left out. */
  readonly omit?: string;
  /** What a null stands for: where it is not said, the API server drops the entry. */
  readonly nullAs?: string;
}

/** What the CRDs allow where they say no more of a number. */
export const UINT32: Span = { min: 0, max: 4_294_967_295 };
export const PORT_NUMBER: Span = { min: 1, max: 65_535 };

/** The list that everything without items shares. */
export const NO_ITEMS: readonly never[] = Object.freeze([]);

/**
 * How many faults, and how many old spellings, of one document are told. A document of 7 MB can hold millions: hundreds of
 * megabytes of messages, and nobody reads past the first.
 */
const MOST_TOLD = 100;

/** How much of a text or a key of the document is repeated in a message. */
const LONGEST_SHOWN = 60;

/** What was found while one document was read. */
export class Reading {
  readonly faults: Fault[] = [];
  readonly deprecated = new Map<string, DeprecatedSpelling>();
  /** Whether the spellings of 2019 stand for a missing field. */
  readonly takesOldSpellings: boolean;

  constructor(takesOldSpellings: boolean) {
    this.takesOldSpellings = takesOldSpellings;
  }
}

/**
 * Reads the fields of one object of a document, and notes in the `Reading` what is wrong with them.
 *
 * A field that is null counts as absent: the API server drops the nulls that a schema does not allow before it asks a webhook.
 * After a fault the reading goes on with a value of the right type, so that all faults of a document are found at once. Its
 * depth is the schema's and never the document's: no nesting overflows the stack.
 */
export class Fields {
  private readonly reading: Reading;
  private readonly value: JsonObject;
  private readonly parent: Fields | undefined;
  private readonly key: string;
  private readonly step: number | string | undefined;

  /** `value` is attacker-controlled. `step` is the index or the key within the parent's field `key`. */
  constructor(reading: Reading, value: JsonObject, parent?: Fields, key = '', step?: number | string) {
    this.reading = reading;
    this.value = value;
    this.parent = parent;
    this.key = key;
    this.step = step;
  }

  /** Whether the field is written: what `has` of the CRDs' rules says of it. */
  has(name: string): boolean {
    return this.at(this.spelling(name)) !== undefined;
  }

  fault(name: string, problem: string): void {
    this.note(this.spelling(name), undefined, problem);
  }

  /** The text; undefined where there is none or an empty one, which protocol buffers do not tell apart. */
  text(name: string): string | undefined {
    const value = this.string(name);
    return value === '' ? undefined : value;
  }

  /** The text as written, empty or not. */
  string(name: string): string | undefined {
    const key = this.spelling(name);
    const value = this.at(key);
    if (value === undefined || typeof value === 'string') return value;
    this.note(key, undefined, `must be text, not ${shown(value)}`);
    return undefined;
  }

  requiredString(name: string): string {
    this.require(name);
    return this.string(name) ?? '';
  }

  /** One of `choices`, compared with case. An empty text is none of them for a CRD, and absent for Kubernetes' own kinds. */
  choice<T extends string>(name: string, choices: readonly T[], empty?: 'absent'): T | undefined {
    const key = this.spelling(name);
    const value = this.at(key);
    if (value === undefined || (value === '' && empty === 'absent')) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) this.note(key, undefined, `must be one of ${choices.join(', ')}, not ${shown(value)}`);
    return found;
  }

  /** False where it is absent. */
  flag(name: string): boolean {
    const key = this.spelling(name);
    const value = this.at(key);
    if (typeof value === 'boolean') return value;
    if (value !== undefined) this.note(key, undefined, `must be true or false, not ${shown(value)}`);
    return false;
  }

  integer(name: string, span: Span = UINT32): number | undefined {
    const key = this.spelling(name);
    const value = this.at(key);
    return value === undefined ? undefined : this.within(span, key, undefined, value);
  }

  requiredInteger(name: string, span: Span = UINT32): number {
    this.require(name);
    return this.integer(name, span) ?? 0;
  }

  integerOrText(name: string, span: Span): number | string | undefined {
    const value = this.at(this.spelling(name));
    return typeof value === 'string' ? value : this.integer(name, span);
  }

  number(name: string): number | undefined {
    const key = this.spelling(name);
    const value = this.at(key);
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
    this.note(key, undefined, `must be a number, not ${shown(value)}`);
    return undefined;
  }

  object(name: string): Fields | undefined {
    const key = this.spelling(name);
    const value = this.at(key);
    return value === undefined ? undefined : this.below(key, undefined, value);
  }

  /** The object; one without fields, of which nothing is required, where it is absent. */
  objectOrEmpty(name: string): Fields {
    return this.object(name) ?? nothing();
  }

  requiredObject(name: string): Fields {
    this.require(name);
    return this.objectOrEmpty(name);
  }

  strings(name: string, count: Count = {}, check?: Check): readonly string[] {
    const key = this.spelling(name);
    const items = this.list(key, count);
    return items.length === 0 ? NO_ITEMS : items.map((item, index) => this.checked(check, key, index, item));
  }

  objects<T>(name: string, read: (item: Fields) => T, count: Count = {}): readonly T[] {
    const key = this.spelling(name);
    const items = this.list(key, count);
    return items.length === 0 ? NO_ITEMS : items.map((item, index) => read(this.below(key, index, item)));
  }

  /** A record of texts. */
  labels(name: string, rules: RecordRules = {}): Readonly<Record<string, string>> {
    return this.record(name, rules, (key, entry, value) => this.checked(rules.checkValue, key, entry, value));
  }

  /** A record of whole numbers. */
  integers(name: string, span: Span, rules: RecordRules = {}): Readonly<Record<string, number>> {
    return this.record(name, rules, (key, entry, value) => this.within(span, key, entry, value) ?? span.min);
  }

  /** A record of what `read` makes of each entry. */
  objectsByKey<T>(name: string, read: (entry: Fields) => T): Readonly<Record<string, T | undefined>> {
    return this.record(name, {}, (key, entry, value) => read(this.below(key, entry, value)));
  }

  /** The field's name as this object spells it: the one of 2019 where only that is written. */
  private spelling(name: string): string {
    if (!this.reading.takesOldSpellings || this.at(name) !== undefined) return name;
    const old = OLD_SPELLINGS.get(name);
    if (old === undefined || this.at(old) === undefined) return name;
    const { deprecated } = this.reading;
    if (deprecated.size < MOST_TOLD) {
      const field = this.path(old);
      deprecated.set(field, { field, instead: name });
    }
    return old;
  }

  private at(key: string): unknown {
    // Own fields only: whoever copied the document may have turned a key `__proto__` into its prototype.
    return Object.hasOwn(this.value, key) ? (this.value[key] ?? undefined) : undefined;
  }

  private require(name: string): void {
    if (!this.has(name)) this.fault(name, 'is required');
  }

  private list(key: string, { min = 0, max = Number.POSITIVE_INFINITY }: Count): readonly unknown[] {
    const value = this.at(key);
    if (value === undefined) {
      if (min > 0) this.note(key, undefined, 'is required');
      return NO_ITEMS;
    }
    if (!isList(value)) {
      this.note(key, undefined, `must be a list, not ${shown(value)}`);
      return NO_ITEMS;
    }
    if (value.length < min) this.note(key, undefined, `must have at least ${counted(min)}`);
    if (value.length <= max) return value;
    this.note(key, undefined, `must have at most ${counted(max)}, not ${value.length}`);
    return NO_ITEMS;
  }

  private record<T>(
    name: string,
    { max = Number.POSITIVE_INFINITY, checkKey, omit, nullAs }: RecordRules,
    read: (key: string, entry: string, value: unknown) => T,
  ): Readonly<Record<string, T>> {
    const key = this.spelling(name);
    const value = this.at(key);
    if (value === undefined) return NO_ENTRIES;
    if (!isObject(value)) {
      this.note(key, undefined, `must be an object, not ${shown(value)}`);
      return NO_ENTRIES;
    }
    const names = Object.keys(value).filter((entry) => entry !== omit && (value[entry] ?? nullAs) !== undefined);
    if (names.length > max) {
      this.note(key, undefined, `must have at most ${max} entries, not ${names.length}`);
      return NO_ENTRIES;
    }
    if (names.length === 0) return NO_ENTRIES;
    const entries = emptyRecord<T>();
    for (const entry of names) {
      const problem = checkKey?.(entry);
      if (problem !== undefined) this.note(key, entry, problem);
      entries[entry] = read(key, entry, value[entry] ?? nullAs);
    }
    return entries;
  }

  private below(key: string, step: number | string | undefined, value: unknown): Fields {
    if (isObject(value)) return new Fields(this.reading, value, this, key, step);
    this.note(key, step, `must be an object, not ${shown(value)}`);
    return nothing();
  }

  private checked(check: Check | undefined, key: string, step: number | string, value: unknown): string {
    if (typeof value !== 'string') {
      this.note(key, step, `must be text, not ${shown(value)}`);
      return '';
    }
    const problem = check?.(value);
    if (problem !== undefined) this.note(key, step, problem);
    return value;
  }

  private within(span: Span, key: string, step: string | undefined, value: unknown): number | undefined {
    if (typeof value === 'number' && Number.isInteger(value) && value >= span.min && value <= span.max) return value;
    this.note(key, step, `must be a whole number from ${span.min} to ${span.max}, not ${shown(value)}`);
    return undefined;
  }

  private note(key: string, step: number | string | undefined, problem: string): void {
    const { faults } = this.reading;
    if (faults.length < MOST_TOLD) faults.push({ field: this.path(key, step), problem });
  }

  private path(key: string, step?: number | string): string {
    const above = this.parent?.path(this.key, this.step);
    const field = above === undefined ? key : `${above}.${key}`;
    if (step === undefined) return field;
    if (typeof step === 'number') return `${field}[${step}]`;
    return /^[A-Za-z_]\w{0,62}$/.test(step) ? `${field}.${step}` : `${field}[${shown(step)}]`;
  }
}

/** Whether the text has more characters (code points, as the API server counts) than `most`. */
export function isLonger(text: string, most: number): boolean {
  // A character has at most two code units: what is twice as long need not be counted.
  if (text.length <= most || text.length > 2 * most) return text.length > most;
  return Array.from(text).length > most;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** The value as a message repeats it: on one line, and short whatever was written. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > LONGEST_SHOWN ? `${JSON.stringify(value.slice(0, LONGEST_SHOWN))}...` : JSON.stringify(value);
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** What is read in the place of an object that is no object: its fault is told, and what it lacks is no further one. */
function nothing(): Fields {
  return new Fields(new Reading(false), NO_ENTRIES);
}

function counted(items: number): string {
  return items === 1 ? 'one item' : `${items} items`;
}
