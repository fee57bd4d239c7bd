import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { parseList, type ApiList } from './api-list.js';
import type { ClusterConnection } from './connection.js';
import type { Asking, Collection } from './discovery.js';

/** Objects a page: a page of the largest objects is still a few megabytes, and is parsed without a long halt. */
const PAGE = 500;

/**
 * All pages of a collection, as it stood at one moment: no other version is asked for, so the API server answers with
 * what is in its store now.
 *
 * @throws ClusterError among others `gone`, where the moment is too long ago before the last page was asked for
 */
export async function* pagesOf(
  connection: ClusterConnection,
  collection: Collection,
  asking: Asking,
): AsyncGenerator<ApiList, void> {
  let next = '';
  for (;;) {
    const page = await readPage(connection, collection, asking, PAGE, next);
    yield page;
    next = page.next;
    if (next === '') return;
    await yieldToOthers();
  }
}

/**
 * One page.
 *
 * @param next what the page before said is next; empty for the first one
 * @throws ClusterError
 */
export async function readPage(
  connection: ClusterConnection,
  collection: Collection,
  asking: Asking,
  limit: number,
  next = '',
): Promise<ApiList> {
  const query = { ...selecting(collection), limit: String(limit), ...(next === '' ? {} : { continue: next }) };
  const { document } = await connection.request({ method: 'GET', path: collection.path, query, ...asking });
  return parseList(document, collection);
}

/** The part of a query that narrows the collection. */
export function selecting(collection: Collection): Readonly<Record<string, string>> {
  return collection.fieldSelector === undefined ? {} : { fieldSelector: collection.fieldSelector };
}
