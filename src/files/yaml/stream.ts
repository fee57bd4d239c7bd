/** One document's text within a stream, and the line of the stream on which that text begins, from 1. */
export interface DocumentText {
  readonly text: string;
  readonly line: number;
}

/** A line that looks like a separator of documents and is none. */
export interface SeparatorFault {
  readonly line: number;
  readonly problem: string;
}

export interface DocumentStream {
  readonly documents: readonly DocumentText[];
  readonly faults: readonly SeparatorFault[];
}

/**
 * Cuts a stream of YAML documents at the lines that begin with `---`, before anything is parsed, as kubectl does
 * (`YAMLReader` of k8s.io/apimachinery): so one broken document spoils no other. After `---` only blanks and a comment may
 * stand; what else stands there is a fault of that line alone.
 */
export function splitYaml(stream: string): DocumentStream {
  const documents: DocumentText[] = [];
  const faults: SeparatorFault[] = [];
  let start = 0;
  let startLine = 1;
  let line = 1;
  for (let lineStart = 0; ; line++) {
    const newline = stream.indexOf('\n', lineStart);
    const lineEnd = newline === -1 ? stream.length : newline;
    if (stream.startsWith('---', lineStart)) {
      documents.push({ text: stream.slice(start, lineStart), line: startLine });
      const rest = stream.slice(lineStart + 3, lineEnd).trim();
      if (rest !== '' && !rest.startsWith('#')) {
        faults.push({ line, problem: `after \`---\` stands \`${shorten(rest)}\`: begin it on the next line` });
      }
      start = lineEnd + 1;
      startLine = line + 1;
    }
    if (newline === -1) break;
    lineStart = newline + 1;
  }
  documents.push({ text: stream.slice(start), line: startLine });
  return { documents: documents.filter(({ text }) => !isSilent(text)), faults };
}

/**
 * Cuts a stream of JSON objects that follow each other with nothing but blanks between them, as `kubectl` and `jq` write
 * them. Undefined where the text is not that; the objects themselves need not be right.
 */
export function splitJson(stream: string): readonly DocumentText[] | undefined {
  const documents: DocumentText[] = [];
  let line = 1;
  let index = 0;
  for (;;) {
    const start = skipBlanks(stream, index);
    line += newlines(stream, index, start);
    if (start === stream.length) return documents;
    const end = stream.startsWith('{', start) ? endOfObject(stream, start) : undefined;
    if (end === undefined) return undefined;
    documents.push({ text: stream.slice(start, end), line });
    line += newlines(stream, start, end);
    index = end;
  }
}

/** A line that is neither blank nor only a comment. */
const CONTENT = /^[^\S\n]*[^\s#]/m;

/** Whether the text says nothing: it is empty, or all comments. */
export function isSilent(text: string): boolean {
  return !CONTENT.test(text);
}

/** The first line of a document that says something, from 1 within the text. */
export function firstLine(text: string): number {
  const content = CONTENT.exec(text);
  return content === null ? 1 : newlines(text, 0, content.index) + 1;
}

function skipBlanks(text: string, from: number): number {
  let index = from;
  while (' \t\r\n'.includes(text.charAt(index)) && index < text.length) index++;
  return index;
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let index = text.indexOf('\n', from); index !== -1 && index < to; index = text.indexOf('\n', index + 1)) count++;
  return count;
}

/** The offset after the object that opens at `start`, or undefined where it never closes. Knows strings, not grammar. */
function endOfObject(text: string, start: number): number | undefined {
  const signs = /["{}]/g;
  signs.lastIndex = start;
  let depth = 0;
  for (let sign = signs.exec(text); sign !== null; sign = signs.exec(text)) {
    if (sign[0] === '"') {
      const close = endOfString(text, sign.index);
      if (close === undefined) return undefined;
      signs.lastIndex = close;
    } else {
      depth += sign[0] === '{' ? 1 : -1;
      if (depth === 0) return signs.lastIndex;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number | undefined {
  const signs = /["\\]/g;
  signs.lastIndex = start + 1;
  for (let sign = signs.exec(text); sign !== null; sign = signs.exec(text)) {
    if (sign[0] === '"') return signs.lastIndex;
    signs.lastIndex++;
  }
  return undefined;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
