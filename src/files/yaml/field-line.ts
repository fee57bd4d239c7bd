import { EVENT_ID, getScalarValue, SCALAR_STYLE, type Event } from 'js-yaml';
import { lineAt, offsetOf, readEvents, YamlError, type EventStream } from './parse.js';

/** A node of a document as far as it is needed to find a field: where it stands and what it holds. */
interface Node {
  readonly line: number;
  /** Of a mapping, in the order of the text: a key may stand twice. */
  readonly entries: readonly Entry[];
  readonly items: readonly Node[];
}

interface Entry {
  readonly key: string;
  /** A key without quotes that is `<<`. */
  readonly merges: boolean;
  readonly line: number;
  readonly value: Node;
}

/**
 * Finds the line of a field such as `spec.http[0].route[1].destination.host` in the text of one document, from 1: the line
 * of its key, or of the item in a list. A key that holds dots may be written with quotes (`labels["a.b/c"]`) or without. Where
 * the document has no such field, the line of the nearest one around it; for a text that is no YAML, 1.
 */
export function lineOfField(text: string, field: string): number {
  const root = treeOf(text);
  return root === undefined ? 1 : walk(root, field, root.line).line;
}

/** The lines of the items of a list in the text of one document, each from 1; none where there is no such list. */
export function linesOfItems(text: string, field: string): readonly number[] {
  const root = treeOf(text);
  const found = root === undefined ? undefined : walk(root, field, root.line);
  return found?.rest === '' ? found.node.items.map(({ line }) => line) : [];
}

/** What `path` names below `node`: as far as the document has it. */
function walk(node: Node, path: string, line: number): Step {
  const step = path === '' ? undefined : (item(node, path) ?? entry(node, path));
  return step === undefined ? { node, line, rest: path } : walk(step.node, step.rest, step.line);
}

interface Step {
  readonly node: Node;
  readonly line: number;
  /** What of the path is still to go. */
  readonly rest: string;
}

function item(node: Node, path: string): Step | undefined {
  const index = /^\[(\d+)\]\.?/.exec(path);
  const found = index === null ? undefined : node.items[Number(index[1])];
  return found === undefined || index === null
    ? undefined
    : { node: found, line: found.line, rest: path.slice(index[0].length) };
}

function entry(node: Node, path: string): Step | undefined {
  const quoted = /^\[(["'])(.*?)\1\]\.?/.exec(path);
  if (quoted !== null) {
    const found = lastEntry(node, (key) => key === quoted[2]);
    return found === undefined
      ? undefined
      : { node: found.value, line: found.line, rest: path.slice(quoted[0].length) };
  }
  // A key may hold dots: the longest that the path begins with is the one that is meant.
  const found = lastEntry(
    node,
    (key) => key !== '' && path.startsWith(key) && /^(?:$|\.|\[)/.test(path.slice(key.length)),
  );
  if (found === undefined) return undefined;
  return { node: found.value, line: found.line, rest: path.slice(found.key.length).replace(/^\./, '') };
}

/** The entry that counts: the longest key, of equal ones the last, and those of a merged mapping at the place of their `<<`. */
function lastEntry(node: Node, fits: (key: string) => boolean): Entry | undefined {
  let best: Entry | undefined;
  for (const candidate of flatEntries(node)) {
    if (fits(candidate.key) && candidate.key.length >= (best?.key.length ?? 0)) best = candidate;
  }
  return best;
}

function flatEntries(node: Node): readonly Entry[] {
  if (!node.entries.some(({ merges }) => merges)) return node.entries;
  return node.entries.flatMap((each) => {
    if (!each.merges) return [each];
    const sources = each.value.items.length > 0 ? each.value.items.toReversed() : [each.value];
    return sources.flatMap(flatEntries);
  });
}

let latest: { readonly text: string; readonly tree: Node | undefined } | undefined;

/** The tree of the text that was asked for last is kept: the findings of one `List` of many objects come one after another. */
function treeOf(text: string): Node | undefined {
  if (latest?.text !== text) latest = { text, tree: buildTree(text) };
  return latest.tree;
}

function buildTree(text: string): Node | undefined {
  try {
    return new TreeBuilder(readEvents(text)).root();
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

const NOTHING = { entries: [], items: [] } as const;

/** Builds nodes from events. It holds the place in the events, the anchors, and how far lines have been counted. */
class TreeBuilder {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Node>();
  #next = 0;
  #offset = 0;
  #line = 1;

  constructor(stream: EventStream) {
    this.#text = stream.text;
    this.#events = stream.events;
  }

  root(): Node | undefined {
    this.#next = 1;
    return this.#node();
  }

  /** Undefined at the end of a collection. */
  #node(): Node | undefined {
    const event = this.#events[this.#next++];
    if (event === undefined || event.type === EVENT_ID.POP) return undefined;
    const line = this.#lineOf(event);
    if (event.type === EVENT_ID.ALIAS) {
      const target = this.#anchors.get(this.#text.slice(event.anchorStart, event.anchorEnd));
      return { line, entries: target?.entries ?? [], items: target?.items ?? [] };
    }
    const node =
      event.type === EVENT_ID.MAPPING
        ? { line, entries: this.#entries(), items: [] }
        : event.type === EVENT_ID.SEQUENCE
          ? { line, entries: [], items: this.#items() }
          : { line, ...NOTHING };
    if ('anchorStart' in event && event.anchorStart >= 0) {
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
    }
    return node;
  }

  #items(): readonly Node[] {
    const items: Node[] = [];
    for (let each = this.#node(); each !== undefined; each = this.#node()) items.push(each);
    return items;
  }

  #entries(): readonly Entry[] {
    const entries: Entry[] = [];
    for (;;) {
      const keyEvent = this.#events[this.#next];
      const keyNode = this.#node();
      const value = keyNode === undefined ? undefined : this.#node();
      if (keyEvent === undefined || keyNode === undefined || value === undefined) return entries;
      const key = keyEvent.type === EVENT_ID.SCALAR ? getScalarValue(this.#text, keyEvent) : '';
      const merges = key === '<<' && keyEvent.type === EVENT_ID.SCALAR && keyEvent.style === SCALAR_STYLE.PLAIN;
      entries.push({ key, merges, line: keyNode.line, value });
    }
  }

  /** Events come in the order of the text, so lines are counted once; a node that is only implied stands where reading is. */
  #lineOf(event: Event): number {
    const offset = offsetOf(event) ?? this.#offset;
    if (offset > this.#offset) {
      this.#line += lineAt(this.#text.slice(this.#offset, offset), offset) - 1;
      this.#offset = offset;
    }
    return this.#line;
  }
}
