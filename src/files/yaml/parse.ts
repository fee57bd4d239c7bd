import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException, type Event } from 'js-yaml';
import { resolvePlain, resolveTagged, type Scalar } from './scalar.js';

/** Text that is no YAML, or that Kubernetes would not read. `line` counts from 1 within the text. */
export class YamlError extends Error {
  readonly code = 'YAML';
  readonly problem: string;
  readonly line: number;

  constructor(problem: string, line: number, options?: ErrorOptions) {
    super(`line ${String(line)}: ${problem}`, options);
    this.name = 'YamlError';
    this.problem = problem;
    this.line = line;
  }
}

/**
 * How many nodes the aliases of one document may stand for. Far more than any manifest written by people needs, and few
 * enough that whoever walks the result is not kept busy by a document of nested aliases ("billion laughs").
 */
const MAX_ALIASED_NODES = 100_000;

type Mapping = Record<string, unknown>;

interface Anchor {
  readonly value: unknown;
  /** How many nodes an alias of it stands for; 0 while it is still being read. */
  readonly nodes: number;
}

/**
 * Reads one YAML document into plain objects, arrays and scalars, as kubectl reads it (sigs.k8s.io/yaml): of a key that is
 * written twice the last one counts, `<<` merges at its place, keys become strings, dates stay strings, and what JSON cannot
 * say is refused. An empty document is null.
 *
 * Throws `YamlError` for anything else, among them a second document in the text.
 */
export function parseYaml(text: string): unknown {
  const stream = readEvents(text);
  return stream.events.length === 0 ? null : new Composer(stream).document();
}

/** The parser's events of a text, and the text that their offsets point into: it has the lines of the one that was given. */
export interface EventStream {
  readonly text: string;
  readonly events: readonly Event[];
}

/** Reads a text into events. Throws `YamlError`. */
export function readEvents(text: string): EventStream {
  let lenient = text;
  for (let tries = 0; ; tries++) {
    try {
      return { text: lenient, events: parseEvents(lenient, {}) };
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const line = error.mark?.line ?? 0;
      if (error.reason !== 'deficient indentation' || tries === MAX_OUTDENTED_LINES) {
        throw new YamlError(error.reason, line + 1, { cause: error });
      }
      lenient = indentLine(lenient, line);
    }
  }
}

/**
 * YAML 1.2 wants the lines of a flow collection or a quoted text to be indented deeper than the key before them; YAML 1.1, and
 * so kubectl, does not: `labels: {`, `app: web`, `}`. Such a line is indented for the parser, up to so many of a document.
 */
const MAX_OUTDENTED_LINES = 200;

/** Deeper than the keys of any document that the parser takes are wont to stand. */
const INDENTATION = ' '.repeat(256);

function indentLine(text: string, line: number): string {
  const lines = text.split('\n');
  lines[line] = `${INDENTATION}${lines[line] ?? ''}`;
  return lines.join('\n');
}

/** The offset at which a node stands in the text, or undefined for one that is only implied (`a:`). */
export function offsetOf(event: Event): number | undefined {
  const starts: number[] = [];
  if ('tagStart' in event) starts.push(event.tagStart);
  if ('anchorStart' in event) starts.push(event.anchorStart);
  if ('valueStart' in event) starts.push(isBlock(event.style) ? event.valueStart - 1 : event.valueStart);
  if ('start' in event) starts.push(event.start);
  const written = starts.filter((start) => start >= 0);
  return written.length === 0 ? undefined : Math.min(...written);
}

/** The value of a block scalar begins on the line after its sign, `|` or `>`. */
function isBlock(style: number): boolean {
  return style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let index = text.indexOf('\n'); index !== -1 && index < offset; index = text.indexOf('\n', index + 1)) line++;
  return line;
}

/** Composes values from events. It holds the place in the events, the anchors of the document and what its aliases cost. */
class Composer {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Anchor>();
  #next = 0;
  #nodes = 0;
  #aliasedNodes = 0;

  constructor(stream: EventStream) {
    this.#text = stream.text;
    this.#events = stream.events;
  }

  document(): unknown {
    this.#take();
    const value = this.#peek().type === EVENT_ID.POP ? null : this.#node();
    this.#take();
    if (this.#next < this.#events.length) {
      const second = this.#events.slice(this.#next).find((event) => offsetOf(event) !== undefined);
      if (second !== undefined) throw this.#fault('a second document follows `...`: put `---` before it', second);
    }
    return value;
  }

  #node(): unknown {
    const event = this.#take();
    this.#nodes++;
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#anchored(event, () => this.#scalar(event));
      case EVENT_ID.SEQUENCE:
        return this.#anchored(event, () => this.#sequence());
      case EVENT_ID.MAPPING:
        return this.#anchored(event, () => this.#mapping());
      case EVENT_ID.ALIAS:
        return this.#alias(event);
      default:
        throw this.#fault('a value is missing', event);
    }
  }

  #anchored(event: Event & { anchorStart: number; anchorEnd: number }, read: () => unknown): unknown {
    if (event.anchorStart < 0) return read();
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    const before = this.#nodes + this.#aliasedNodes;
    this.#anchors.set(name, { value: undefined, nodes: 0 });
    const value = read();
    this.#anchors.set(name, { value, nodes: this.#nodes + this.#aliasedNodes - before + 1 });
    return value;
  }

  #alias(event: Event & { anchorStart: number; anchorEnd: number }): unknown {
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) throw this.#fault(`\`*${name}\` names an anchor that is not written before it`, event);
    if (anchor.nodes === 0) throw this.#fault(`the anchor \`&${name}\` holds itself`, event);
    this.#aliasedNodes += anchor.nodes;
    if (this.#aliasedNodes > MAX_ALIASED_NODES) {
      throw this.#fault(`aliases stand for more than ${String(MAX_ALIASED_NODES)} values: write them out`, event);
    }
    return anchor.value;
  }

  #sequence(): readonly unknown[] {
    const items: unknown[] = [];
    while (this.#peek().type !== EVENT_ID.POP) items.push(this.#node());
    this.#take();
    return items;
  }

  #mapping(): Mapping {
    const mapping: Mapping = {};
    while (this.#peek().type !== EVENT_ID.POP) {
      const keyEvent = this.#peek();
      if (this.#isMerge(keyEvent)) {
        this.#take();
        const valueEvent = this.#peek();
        this.#merge(mapping, this.#node(), valueEvent);
      } else {
        const key = this.#key(keyEvent);
        put(mapping, key, this.#node());
      }
    }
    this.#take();
    return mapping;
  }

  #isMerge(event: Event): boolean {
    return (
      event.type === EVENT_ID.SCALAR &&
      event.style === SCALAR_STYLE.PLAIN &&
      event.valueEnd - event.valueStart === 2 &&
      this.#text.startsWith('<<', event.valueStart) &&
      (event.tagStart < 0 || tagName(this.#text.slice(event.tagStart, event.tagEnd)) === 'merge')
    );
  }

  /** Every key that is merged replaces one that stands before the `<<`; of a list of mappings the first one wins. */
  #merge(mapping: Mapping, value: unknown, event: Event): void {
    const sources: readonly unknown[] = Array.isArray(value) ? value.toReversed() : [value];
    for (const source of sources) {
      if (!isMapping(source)) throw this.#fault('`<<` merges a mapping or a list of mappings', event);
      for (const key of Object.keys(source)) put(mapping, key, source[key]);
    }
  }

  #key(event: Event): string {
    const key = this.#node();
    if (typeof key === 'string') return key;
    if (typeof key === 'number' || typeof key === 'boolean') return String(key);
    throw this.#fault(key === null ? 'a key is empty: quote it' : 'a key must be a string', event);
  }

  #scalar(event: Event & { type: typeof EVENT_ID.SCALAR }): Scalar {
    const source = getScalarValue(this.#text, event);
    let value: Scalar | undefined = source;
    if (event.tagStart >= 0) {
      const tag = this.#text.slice(event.tagStart, event.tagEnd);
      value = resolveTagged(tagName(tag), source);
      if (value === undefined) throw this.#fault(`\`${source}\` is not of the type that its tag ${tag} says`, event);
    } else if (event.style === SCALAR_STYLE.PLAIN) {
      value = resolvePlain(source);
    }
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw this.#fault(`\`${source}\` cannot be written as JSON: quote it`, event);
    }
    return value;
  }

  #peek(): Event {
    const event = this.#events[this.#next];
    if (event === undefined) throw new YamlError('the document ends too early', lineAt(this.#text, this.#text.length));
    return event;
  }

  #take(): Event {
    const event = this.#peek();
    this.#next++;
    return event;
  }

  #fault(problem: string, event: Event): YamlError {
    return new YamlError(problem, lineAt(this.#text, offsetOf(event) ?? 0));
  }
}

/** The name of a tag of YAML's own, such as `int` for `!!int`; empty for any other tag. */
function tagName(tag: string): string {
  return /^(?:!!|!<tag:yaml\.org,2002:)([a-z]+)>?$/.exec(tag)?.[1] ?? '';
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a key that whoever wrote the document chose: `__proto__` must become a key like any other. */
function put(mapping: Mapping, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(mapping, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    mapping[key] = value;
  }
}
