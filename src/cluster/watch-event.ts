import { errorOfStatus } from './api-status.js';
import { ClusterError } from './cluster-error.js';
import { at, textAt } from './document.js';

/** One line of a watch. */
export interface WatchEvent {
  readonly type: 'put' | 'remove' | 'bookmark';
  readonly document: unknown;
  /** The version of the collection that this event leads to. */
  readonly resourceVersion: string;
}

/**
 * Reads a line of a watch.
 *
 * @throws ClusterError what the API server says with an ERROR event (`gone` where the version is too old), or
 *   `unexpected-answer`
 */
export function parseWatchEvent(line: string, doing: string): WatchEvent {
  const event = parseJson(line, doing);
  const document = at(event, 'object');
  const type = TYPES.get(textAt(event, 'type'));
  if (type === undefined) {
    if (at(event, 'type') === 'ERROR') throw errorOfStatus(doing, document, 500);
    throw new ClusterError('unexpected-answer', `${doing}: an event of a type that is not known`);
  }
  const resourceVersion = textAt(document, 'metadata', 'resourceVersion');
  if (resourceVersion === '') {
    throw new ClusterError('unexpected-answer', `${doing}: an event without a resourceVersion`);
  }
  return { type, document, resourceVersion };
}

const TYPES: ReadonlyMap<string, WatchEvent['type']> = new Map([
  ['ADDED', 'put'],
  ['MODIFIED', 'put'],
  ['DELETED', 'remove'],
  ['BOOKMARK', 'bookmark'],
] as const);

/**
 * JSON of the API server.
 *
 * @throws ClusterError `unexpected-answer`
 */
export function parseJson(text: string, doing: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ClusterError('unexpected-answer', `${doing}: the answer is not JSON`, { cause });
  }
}
