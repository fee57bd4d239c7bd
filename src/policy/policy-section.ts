/** One thing that is wrong with a policy. */
export interface PolicyProblem {
  /** The path of the key: `namespaces[0].rules.direct-egress`; empty for the whole file. */
  readonly path: string;
  /** What is wrong with it, and what is allowed. */
  readonly problem: string;
}

/**
 * A mapping of the policy file while it is read. Every key that is asked for is known; `close` tells of the others. What is
 * wrong is noted in `problems`, which all sections of a file share, and the reading goes on with the default: so everything
 * that is wrong is told at once.
 */
export class PolicySection {
  readonly path: string;
  readonly problems: PolicyProblem[];
  readonly #entries: Readonly<Record<string, unknown>>;
  readonly #known: string[] = [];

  constructor(path: string, value: unknown, problems: PolicyProblem[]) {
    this.path = path;
    this.problems = problems;
    this.#entries = isMapping(value) ? value : {};
    // A section whose keys are all commented out is null, and says nothing.
    if (value !== null && value !== undefined && !isMapping(value))
      this.note('', `must be a mapping, not ${shown(value)}`);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#entries, key);
  }

  section(key: string): PolicySection {
    return new PolicySection(this.at(key), this.#take(key), this.problems);
  }

  /** The text of a key as `parse` takes it; `allowed` says what that is. */
  text<T>(key: string, otherwise: T, parse: (text: string) => T | undefined, allowed: string): T {
    const value = this.#take(key);
    if (value === undefined) return otherwise;
    return parseText(this.problems, this.at(key), value, parse, allowed) ?? otherwise;
  }

  choice<T extends string>(key: string, otherwise: T, choices: readonly T[]): T {
    return this.text(key, otherwise, (text) => choices.find((choice) => choice === text), listed(choices));
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.#take(key);
    if (value === undefined || typeof value === 'boolean') return value ?? otherwise;
    this.note(key, `must be true or false, not ${shown(value)}`);
    return otherwise;
  }

  /** A whole number between both bounds. */
  count(key: string, otherwise: number, min: number, max: number): number {
    const value = this.#take(key);
    if (value === undefined) return otherwise;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    this.note(key, `must be a whole number from ${min} to ${max}, not ${shown(value)}`);
    return otherwise;
  }

  /** A list of texts, each as `parse` takes it. */
  texts<T>(key: string, parse: (text: string) => T | undefined, allowed: string): readonly T[] | undefined {
    return this.#list(key, (value, path) => parseText(this.problems, path, value, parse, allowed));
  }

  /** Whether the key is missing, or its list or mapping has nothing in it. */
  isEmpty(key: string): boolean {
    const value = this.has(key) ? this.#entries[key] : undefined;
    return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  }

  /** A list of mappings. */
  sections<T>(key: string, read: (section: PolicySection) => T | undefined): readonly T[] | undefined {
    return this.#list(key, (value, path) => {
      if (isMapping(value)) return read(new PolicySection(path, value, this.problems));
      this.problems.push({ path, problem: `must be a mapping, not ${shown(value)}` });
      return undefined;
    });
  }

  /** Every entry of a mapping whose keys the file chooses. */
  entries(): readonly (readonly [string, unknown])[] {
    return Object.entries(this.#entries);
  }

  note(key: string, problem: string): void {
    this.problems.push({ path: this.at(key), problem });
  }

  at(key: string): string {
    if (key === '') return this.path;
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  /** Tells of the keys that nobody asked for. */
  close(): void {
    for (const key of Object.keys(this.#entries)) {
      if (!this.#known.includes(key)) this.note(key, `is not a key here: ${listed(this.#known)}`);
    }
  }

  #take(key: string): unknown {
    this.#known.push(key);
    return this.has(key) ? this.#entries[key] : undefined;
  }

  #list<T>(key: string, read: (value: unknown, path: string) => T | undefined): readonly T[] | undefined {
    const value = this.#take(key);
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) {
      this.note(key, `must be a list, not ${shown(value)}`);
      return undefined;
    }
    const items: readonly unknown[] = value;
    return items.flatMap((item, index) => {
      const parsed = read(item, `${this.at(key)}[${index}]`);
      return parsed === undefined ? [] : [parsed];
    });
  }
}

/** The value as `parse` takes it, or undefined after noting what is allowed. */
export function parseText<T>(
  problems: PolicyProblem[],
  path: string,
  value: unknown,
  parse: (text: string) => T | undefined,
  allowed: string,
): T | undefined {
  const parsed = typeof value === 'string' ? parse(value) : undefined;
  if (parsed === undefined) problems.push({ path, problem: `must be ${allowed}, not ${shown(value)}` });
  return parsed;
}

/** `a, b or c`. */
export function listed(choices: readonly string[]): string {
  const last = choices.at(-1) ?? 'nothing';
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(', ')} or ${last}`;
}

export function shown(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? `\`${value.slice(0, 60)}...\`` : `\`${value}\``;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return String(value);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
