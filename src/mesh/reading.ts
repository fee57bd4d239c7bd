import { shown, type Fault } from './fault.js';
import { OLD_SPELLINGS } from './old-spellings.js';
import { emptyRecord, NO_ENTRIES } from './record.js';

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
  private readonly name: string;
  private readonly step: number | string | undefined;

  /** `value` is attacker-controlled. `step` is the index or the key within the parent's field `name`. */
  constructor(reading: Reading, value: JsonObject, parent?: Fields, name = '', step?: number | string) {
    this.reading = reading;
    this.value = value;
    this.parent = parent;
    this.name = name;
    this.step = step;
  }

  /** Whether the field is written: what `has` of the CRDs' rules says of it. */
  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** The object itself, unread. */
  raw(): unknown {
    return this.value;
  }

  fault(name: string, problem: string): void {
    this.note(name, undefined, problem);
  }

  /** The text; undefined where there is none or an empty one, which protocol buffers do not tell apart. */
  text(name: string): string | undefined {
    const value = this.string(name);
    return value === '' ? undefined : value;
  }

  /** The text as written, empty or not. */
  string(name: string): string | undefined {
    const value = this.find(name);
    if (value === undefined || typeof value === 'string') return value;
    this.note(name, undefined, `must be text, not ${shown(value)}`);
    return undefined;
  }

  requiredString(name: string): string {
    this.require(name);
    return this.string(name) ?? '';
  }

  /** One of `choices`, compared with case. An empty text is none of them for a CRD, and absent for Kubernetes' own kinds. */
  choice<T extends string>(name: string, choices: readonly T[], empty?: 'absent'): T | undefined {
    const value = this.find(name);
    if (value === undefined || (value === '' && empty === 'absent')) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) this.note(name, undefined, `must be one of ${choices.join(', ')}, not ${shown(value)}`);
    return found;
  }

  /** False where it is absent. */
  flag(name: string): boolean {
    const value = this.find(name);
    if (typeof value === 'boolean') return value;
    if (value !== undefined) this.note(name, undefined, `must be true or false, not ${shown(value)}`);
    return false;
  }

  integer(name: string, span: Span = UINT32): number | undefined {
    const value = this.find(name);
    return value === undefined ? undefined : this.within(span, name, undefined, value);
  }

  requiredInteger(name: string, span: Span = UINT32): number {
    this.require(name);
    return this.integer(name, span) ?? 0;
  }

  integerOrText(name: string, span: Span): number | string | undefined {
    const value = this.find(name);
    return typeof value === 'string' ? value : this.integer(name, span);
  }

  number(name: string): number | undefined {
    const value = this.find(name);
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
    this.note(name, undefined, `must be a number, not ${shown(value)}`);
    return undefined;
  }

  object(name: string): Fields | undefined {
    const value = this.find(name);
    return value === undefined ? undefined : this.below(name, undefined, value);
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
    const items = this.list(name, count);
    return items.length === 0 ? NO_ITEMS : items.map((item, index) => this.checked(check, name, index, item));
  }

  objects<T>(name: string, read: (item: Fields) => T, count: Count = {}): readonly T[] {
    const items = this.list(name, count);
    return items.length === 0 ? NO_ITEMS : items.map((item, index) => read(this.below(name, index, item)));
  }

  integerList(name: string, span: Span, count: Count = {}): readonly number[] {
    const items = this.list(name, count);
    return items.length === 0 ? NO_ITEMS : items.map((item, index) => this.within(span, name, index, item) ?? span.min);
  }

  /** How many items a list has. */
  size(name: string): number {
    return this.list(name, {}).length;
  }

  /** A record of texts. */
  labels(name: string, rules: RecordRules = {}): Readonly<Record<string, string>> {
    return this.record(name, rules, (entry, value) => this.checked(rules.checkValue, name, entry, value));
  }

  /** A record of whole numbers. */
  integers(name: string, span: Span, rules: RecordRules = {}): Readonly<Record<string, number>> {
    return this.record(name, rules, (entry, value) => this.within(span, name, entry, value) ?? span.min);
  }

  /** A record of what `read` makes of each entry. */
  objectsByKey<T>(name: string, read: (entry: Fields) => T): Readonly<Record<string, T | undefined>> {
    return this.record(name, {}, (entry, value) => read(this.below(name, entry, value)));
  }

  /** What the field holds, under its name or, where only that is written, under its name of 2019. */
  private find(name: string): unknown {
    const value = this.at(name);
    if (value !== undefined || !this.reading.takesOldSpellings) return value;
    const old = OLD_SPELLINGS.get(name);
    const written = old === undefined ? undefined : this.at(old);
    if (old !== undefined && written !== undefined) this.deprecate(old, name);
    return written;
  }

  private at(key: string): unknown {
    const value = this.value[key];
    // Own fields only: whoever copied the document may have turned a key `__proto__` into its prototype.
    return value === undefined || value === null || !Object.hasOwn(this.value, key) ? undefined : value;
  }

  private deprecate(old: string, name: string): void {
    const { deprecated } = this.reading;
    if (deprecated.size >= MOST_TOLD) return;
    const field = this.join(old, undefined);
    deprecated.set(field, { field, instead: name });
  }

  private require(name: string): void {
    if (!this.has(name)) this.fault(name, 'is required');
  }

  private list(name: string, { min = 0, max = Number.POSITIVE_INFINITY }: Count): readonly unknown[] {
    const value = this.find(name);
    if (value === undefined) {
      if (min > 0) this.note(name, undefined, 'is required');
      return NO_ITEMS;
    }
    if (!isList(value)) {
      this.note(name, undefined, `must be a list, not ${shown(value)}`);
      return NO_ITEMS;
    }
    if (value.length < min) this.note(name, undefined, `must have at least ${counted(min)}`);
    if (value.length <= max) return value;
    this.note(name, undefined, `must have at most ${counted(max)}, not ${value.length}`);
    return NO_ITEMS;
  }

  private record<T>(
    name: string,
    { max = Number.POSITIVE_INFINITY, checkKey, omit, nullAs }: RecordRules,
    read: (entry: string, value: unknown) => T,
  ): Readonly<Record<string, T>> {
    const value = this.find(name);
    if (value === undefined) return NO_ENTRIES;
    if (!isObject(value)) {
      this.note(name, undefined, `must be an object, not ${shown(value)}`);
      return NO_ENTRIES;
    }
    const names = Object.keys(value).filter((entry) => entry !== omit && (value[entry] ?? nullAs) !== undefined);
    if (names.length > max) {
      this.note(name, undefined, `must have at most ${max} entries, not ${names.length}`);
      return NO_ENTRIES;
    }
    if (names.length === 0) return NO_ENTRIES;
    const entries = emptyRecord<T>();
    for (const entry of names) {
      const problem = checkKey?.(entry);
      if (problem !== undefined) this.note(name, entry, problem);
      entries[entry] = read(entry, value[entry] ?? nullAs);
    }
    return entries;
  }

  private below(name: string, step: number | string | undefined, value: unknown): Fields {
    if (isObject(value)) return new Fields(this.reading, value, this, name, step);
    this.note(name, step, `must be an object, not ${shown(value)}`);
    return nothing();
  }

  private checked(check: Check | undefined, name: string, step: number | string, value: unknown): string {
    if (typeof value !== 'string') {
      this.note(name, step, `must be text, not ${shown(value)}`);
      return '';
    }
    const problem = check?.(value);
    if (problem !== undefined) this.note(name, step, problem);
    return value;
  }

  private within(span: Span, name: string, step: number | string | undefined, value: unknown): number | undefined {
    if (typeof value === 'number' && Number.isInteger(value) && value >= span.min && value <= span.max) return value;
    this.note(name, step, `must be a whole number from ${span.min} to ${span.max}, not ${shown(value)}`);
    return undefined;
  }

  private note(name: string, step: number | string | undefined, problem: string): void {
    const { faults } = this.reading;
    if (faults.length < MOST_TOLD) faults.push({ field: this.path(name, step), problem });
  }

  /** The JSON path of a field, in the spelling of the document. */
  private path(name: string, step: number | string | undefined): string {
    const old = this.at(name) === undefined && this.find(name) !== undefined ? OLD_SPELLINGS.get(name) : undefined;
    return this.join(old ?? name, step);
  }

  private join(key: string, step: number | string | undefined): string {
    const above = this.parent?.path(this.name, this.step);
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

/** What is read in the place of an object that is no object: its fault is told, and what it lacks is no further one. */
function nothing(): Fields {
  return new Fields(new Reading(false), NO_ENTRIES);
}

function counted(items: number): string {
  return items === 1 ? 'one item' : `${items} items`;
}
