import { isObject } from '../mesh/reading.js';
import { ClusterError } from './cluster-error.js';
import { at, textAt } from './document.js';

/** A page of a collection. */
export interface ApiList {
  readonly items: readonly unknown[];
  /** The version of the collection that the list shows, to watch on from. */
  readonly resourceVersion: string;
  /** What asks for the next page; empty on the last one. */
  readonly next: string;
}

/**
 * Reads a list. The API server leaves `apiVersion` and `kind` out of the items of its own kinds, so they are given to
 * those that have none.
 *
 * @throws ClusterError `unexpected-answer`
 */
export function parseList(document: unknown, item: { readonly apiVersion: string; readonly kind: string }): ApiList {
  const items = at(document, 'items') ?? [];
  const resourceVersion = textAt(document, 'metadata', 'resourceVersion');
  if (!Array.isArray(items) || resourceVersion === '') {
    throw new ClusterError('unexpected-answer', `the API server answered a list of ${item.kind} with something else`);
  }
  return {
    items: items.map((each: unknown) => (isObject(each) ? { ...item, ...each } : each)),
    resourceVersion,
    next: textAt(document, 'metadata', 'continue'),
  };
}
