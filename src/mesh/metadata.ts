import { shown } from './fault.js';
import type { DeprecatedSpelling, Fields } from './reading.js';
import { parseTime } from './time.js';

/** What Sallyport reads of an object's metadata. */
export interface Metadata {
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /**
   * `creationTimestamp` in milliseconds since the epoch. `OLDEST` for an object of a file that has none, `YOUNGEST` for one
   * that is being created.
   */
  readonly createdAt: number;
  /** The fields of 2019 that its document uses; absent where it uses none. */
  readonly oldSpellings?: readonly DeprecatedSpelling[];
  /** The API server has marked the object for deletion; its finalizers still run. */
  readonly deleting: boolean;
}

export type Labels = Readonly<Record<string, string>>;

/** Where kubectl puts an object of a file that names no namespace. */
export const DEFAULT_NAMESPACE = 'default';

export const OLDEST = Number.NEGATIVE_INFINITY;
export const YOUNGEST = Number.POSITIVE_INFINITY;

/** Names one object: what a finding, a log line and a mend point at. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Where an object stands in a file: `line` counts from 1 and is the line of the document's first key. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

/**
 * Istio's order of configuration objects, oldest first: creation time, then name, then namespace
 * (`sortConfigByCreationTime` in istiod).
 */
export function byAge(a: Aged, b: Aged): number {
  const x = a.metadata;
  const y = b.metadata;
  if (x.createdAt !== y.createdAt) return x.createdAt < y.createdAt ? -1 : 1;
  if (x.name !== y.name) return x.name < y.name ? -1 : 1;
  if (x.namespace !== y.namespace) return x.namespace < y.namespace ? -1 : 1;
  return 0;
}

interface Aged {
  readonly metadata: Metadata;
}

/** Whether every pair of `selector` is among `labels`; an empty selector selects everything (`labels.Instance.SubsetOf`). */
export function selects(selector: Labels, labels: Labels): boolean {
  for (const key in selector) {
    if (!Object.hasOwn(labels, key) || labels[key] !== selector[key]) return false;
  }
  return true;
}

/** The copy of a whole object that kubectl leaves in its annotations: half of the memory of an object, and nobody reads it. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Reads `metadata` of a document.
 *
 * @param missingAge - `createdAt` of an object without `creationTimestamp`
 */
export function readMetadata(document: Fields, namespaced: boolean, missingAge: number): Metadata {
  const metadata = document.requiredObject('metadata');
  return {
    namespace: namespaced ? (metadata.text('namespace') ?? DEFAULT_NAMESPACE) : '',
    name: readName(metadata),
    labels: metadata.labels('labels', { nullAs: '' }),
    annotations: metadata.labels('annotations', { omit: LAST_APPLIED, nullAs: '' }),
    createdAt: readTime(metadata, 'creationTimestamp') ?? missingAge,
    deleting: readTime(metadata, 'deletionTimestamp') !== undefined,
  };
}

/** A review of a CREATE with `generateName` comes before the name is made: the prefix stands for it, as no name ends so. */
function readName(metadata: Fields): string {
  const name = metadata.string('name');
  if (name !== undefined && name !== '') return name;
  const prefix = metadata.text('generateName');
  if (prefix === undefined && (name === '' || !metadata.has('name'))) metadata.fault('name', 'is required');
  return prefix ?? '';
}

function readTime(metadata: Fields, name: string): number | undefined {
  const text = metadata.text(name);
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (time !== undefined) return time;
  metadata.fault(name, `must be a time such as 2024-01-31T12:00:00Z, not ${shown(text)}`);
  return undefined;
}
