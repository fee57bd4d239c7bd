import path from 'node:path';
import type { Origin } from '../mesh/metadata.js';
import { lineOfField, linesOfItems } from './yaml/field-line.js';
import { parseYaml, YamlError } from './yaml/parse.js';
import { firstLine, splitJson, splitYaml, type DocumentText } from './yaml/stream.js';

/** One Kubernetes object as it was written, and where. */
export interface ManifestDocument {
  readonly document: unknown;
  readonly origin: DocumentOrigin;
}

/** Where an object stands, with what `lineOf` needs to find its fields. */
export interface DocumentOrigin extends Origin {
  /** The text of the document that holds the object. It is kept anyway: the strings of the object are slices of it. */
  readonly source: DocumentText;
  /** The path of the object within the document: empty, or `items[3]` in a `List`. */
  readonly path: string;
}

/** Something in a file that cannot be read: the rest of the file is. */
export interface ManifestFault {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
}

/** Something that is no manifest and is left out, with the reason, for people who wonder why it has no effect. */
export interface SkippedFile {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface Manifests {
  readonly documents: readonly ManifestDocument[];
  readonly faults: readonly ManifestFault[];
  readonly skipped: readonly SkippedFile[];
}

/** What is known of a file beside its text. */
export interface ManifestFile {
  /** The path as it is shown to people. */
  readonly file: string;
  readonly text: string;
  /** The user named this very file: what is no Kubernetes object in it is then a fault, not something to leave out. */
  readonly named: boolean;
  /** The file lies among the templates of a Helm chart. */
  readonly inChart: boolean;
}

/**
 * Reads the objects of one file: YAML with any number of documents, or JSON objects one after another; `List` kinds are
 * taken apart. Every broken document is a fault with its line, the others are read. Templates of Helm and files of Kustomize
 * are left out whole: what they mean is known only once they are rendered.
 */
export function readManifestFile(manifest: ManifestFile): Manifests {
  const { file, text } = manifest;
  const skip = (reason: string): Manifests => ({ documents: [], faults: [], skipped: [{ file, line: 1, reason }] });
  if (/^kustomization(?:\.ya?ml)?$/i.test(path.basename(file))) return skip(KUSTOMIZE);
  if (manifest.inChart && text.includes('{{')) return skip(HELM);
  const json = splitJson(text);
  const stream = json === undefined ? splitYaml(text) : { documents: json, faults: [] };
  const parts = stream.documents.map((source) => readSource(manifest, source));
  if (parts.includes('template')) return skip(HELM);
  const read = parts.filter((part) => part !== 'template');
  return {
    documents: read.flatMap((part) => part.documents),
    faults: [
      ...stream.faults.map(({ line, problem }) => ({ file, line, problem })),
      ...read.flatMap((part) => part.faults),
    ].toSorted((a, b) => a.line - b.line),
    skipped: read.flatMap((part) => part.skipped),
  };
}

/** The line of a field of an object, such as `spec.http[0].route`; of the nearest field around it where it has none. */
export function lineOf(origin: DocumentOrigin, field: string): number {
  if (field === '') return origin.line;
  const path =
    origin.path === '' ? field : field.startsWith('[') ? `${origin.path}${field}` : `${origin.path}.${field}`;
  return origin.source.line + lineOfField(origin.source.text, path) - 1;
}

const KUSTOMIZE = 'a file of Kustomize: give the output of `kubectl kustomize`';
const HELM = 'a template of Helm: give the output of `helm template`';

function readSource(manifest: ManifestFile, source: DocumentText): Manifests | 'template' {
  const line = source.line + firstLine(source.text) - 1;
  let document: unknown;
  try {
    document = parseDocument(source.text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    if (source.text.includes('{{')) return 'template';
    return faultAt(manifest, source.line + error.line - 1, error.problem);
  }
  return objectsOf(manifest, document, { file: manifest.file, line, source, path: '' });
}

function parseDocument(text: string): unknown {
  if (text.startsWith('{')) {
    try {
      const document: unknown = JSON.parse(text);
      return document;
    } catch {
      // Not JSON: a YAML mapping in braces, or an error that the YAML parser can give a line to.
    }
  }
  return parseYaml(text);
}

function objectsOf(manifest: ManifestFile, document: unknown, origin: DocumentOrigin): Manifests {
  if (document === null) return NOTHING;
  const { apiVersion, kind } = isRecord(document) ? document : NO_TYPE;
  if (!isRecord(document) || typeof apiVersion !== 'string' || typeof kind !== 'string') {
    const problem = 'this is no Kubernetes object: it has no apiVersion and kind';
    const isOut = !manifest.named && origin.path === '';
    return isOut ? skippedAt(manifest, origin.line, problem) : faultAt(manifest, origin.line, problem);
  }
  if (apiVersion.startsWith('kustomize.config.k8s.io/')) return skippedAt(manifest, origin.line, KUSTOMIZE);
  if (!kind.endsWith('List') || !Array.isArray(document['items'])) {
    return { ...NOTHING, documents: [{ document, origin }] };
  }
  if (origin.path.length > MAX_LIST_PATH) return faultAt(manifest, origin.line, 'lists are nested too deep');
  return itemsOf(manifest, { apiVersion, kind, items: document['items'] }, origin);
}

/** A list in a list is rare and one of eight levels is nobody's: JSON nests as deep as its author likes, the stack does not. */
const MAX_LIST_PATH = 8 * 'items[000]'.length;

interface ListDocument {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly unknown[];
}

function itemsOf(manifest: ManifestFile, list: ListDocument, origin: DocumentOrigin): Manifests {
  const path = origin.path === '' ? 'items' : `${origin.path}.items`;
  const lines = linesOfItems(origin.source.text, path);
  const parts = list.items.map((item, index) => {
    const line = origin.source.line + (lines[index] ?? 1) - 1;
    return objectsOf(manifest, typed(item, list), { ...origin, line, path: `${path}[${String(index)}]` });
  });
  return joinManifests(parts);
}

/** The API server leaves apiVersion and kind out of the items of a list that has a kind of its own (`ServiceEntryList`). */
function typed(item: unknown, list: ListDocument): unknown {
  if (list.kind === 'List' || !isRecord(item) || item['kind'] !== undefined) return item;
  return { apiVersion: list.apiVersion, kind: list.kind.slice(0, -'List'.length), ...item };
}

export function joinManifests(parts: readonly Manifests[]): Manifests {
  return {
    documents: parts.flatMap(({ documents }) => documents),
    faults: parts.flatMap(({ faults }) => faults),
    skipped: parts.flatMap(({ skipped }) => skipped),
  };
}

const NO_TYPE = { apiVersion: undefined, kind: undefined };

const NOTHING: Manifests = { documents: [], faults: [], skipped: [] };

function faultAt({ file }: ManifestFile, line: number, problem: string): Manifests {
  return { ...NOTHING, faults: [{ file, line, problem }] };
}

function skippedAt({ file }: ManifestFile, line: number, reason: string): Manifests {
  return { ...NOTHING, skipped: [{ file, line, reason }] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
