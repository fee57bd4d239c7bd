import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import { connect, type ClusterConnection } from '../../src/cluster/connection.js';
import type { Clock } from '../../src/cluster/clock.js';

export interface FakeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion?: string };
  readonly [field: string]: unknown;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a request in the server's place; undefined leaves it to the server. */
type Trick = (request: SeenRequest, response: ServerResponse) => Answer | 'answered' | undefined;

/**
 * As much of an API server as a list and a watch can tell from a real one, on a loopback port, with everything that goes
 * wrong at the test's command. What a real one does is tested in test/e2e.
 */
export class FakeApiServer {
  readonly requests: SeenRequest[] = [];
  /** The plurals that discovery tells of each group's version. */
  readonly served = new Map<string, readonly string[]>();
  /** How far the store is; every change moves it. */
  version = 100;
  pageSize = Infinity;
  /** Asked before each answer. */
  trick: Trick = () => undefined;
  readonly #objects = new Map<string, Map<string, FakeObject>>();
  readonly #watches = new Map<ServerResponse, string>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  static async start(t: Test): Promise<FakeApiServer> {
    const fake = new FakeApiServer();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => {
      fake.#server.closeAllConnections();
      fake.#server.close();
    });
    return fake;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `http://127.0.0.1:${address.port}`;
  }

  /** How many sockets clients hold. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    });
  }

  /** The queries of the watches that are open on a collection. */
  watching(collection: string): number {
    return [...this.#watches.values()].filter((each) => each === collection).length;
  }

  /** Lists and watches of a collection that were asked for, oldest first. */
  asked(collection: string, what: 'list' | 'watch' | 'check'): readonly SeenRequest[] {
    return this.requests.filter(({ path: each, query }) => {
      const kind = query['watch'] === 'true' ? 'watch' : query['limit'] === '1' ? 'check' : 'list';
      return each === collection && kind === what;
    });
  }

  /** Stores an object and tells the watches. */
  put(collection: string, object: FakeObject): void {
    const objects = this.#collection(collection);
    const key = keyOf(object);
    const type = objects.has(key) ? 'MODIFIED' : 'ADDED';
    this.version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } };
    objects.set(key, stored);
    this.tell(collection, { type, object: stored });
  }

  remove(collection: string, namespace: string, name: string): void {
    const object = this.#collection(collection).get(`${namespace}/${name}`);
    if (object === undefined) throw new Error(`no ${namespace}/${name}`);
    this.#collection(collection).delete(keyOf(object));
    this.version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.version) };
    this.tell(collection, { type: 'DELETED', object: { ...object, metadata } });
  }

  /** Changes the store without a word to the watches: what happens while a connection is dead. */
  putInSilence(collection: string, object: FakeObject): void {
    this.version += 1;
    this.#collection(collection).set(keyOf(object), object);
  }

  clear(collection: string): void {
    this.#collection(collection).clear();
  }

  tell(collection: string, event: unknown): void {
    this.write(collection, `${JSON.stringify(event)}\n`);
  }

  bookmark(collection: string): void {
    this.tell(collection, { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.version) } } });
  }

  /** Writes bytes into the open watches of a collection. */
  write(collection: string, bytes: string | Buffer): void {
    for (const [response, each] of this.#watches) if (each === collection) response.write(bytes);
  }

  /** Ends the open watches in order, as after `timeoutSeconds`. */
  endWatches(collection: string): void {
    for (const [response, each] of this.#watches) if (each === collection) response.end();
  }

  /** Breaks every connection. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  #collection(collection: string): Map<string, FakeObject> {
    const objects = this.#objects.get(collection) ?? new Map<string, FakeObject>();
    this.#objects.set(collection, objects);
    return objects;
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '', this.url);
    const request = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: incoming.headers,
      body: await text(incoming),
    };
    this.requests.push(request);
    const answer = this.trick(request, response) ?? this.#regular(request, response);
    if (answer === 'answered') return;
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }

  #regular(request: SeenRequest, response: ServerResponse): Answer | 'answered' {
    const plurals = this.served.get(request.path);
    if (plurals !== undefined) {
      return { status: 200, body: { kind: 'APIResourceList', resources: plurals.map((name) => ({ name })) } };
    }
    if (!this.#objects.has(request.path)) return { status: 404, body: '404 page not found\n' };
    if (request.query['watch'] === 'true') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      this.#watches.set(response, request.path);
      response.on('close', () => this.#watches.delete(response));
      return 'answered';
    }
    return { status: 200, body: this.#list(request) };
  }

  #list({ path: collection, query }: SeenRequest): unknown {
    const objects = [...this.#collection(collection).values()];
    const from = Number(query['continue'] ?? 0);
    const size = Math.min(this.pageSize, Number(query['limit'] ?? Infinity));
    const next = from + size < objects.length ? String(from + size) : '';
    return {
      kind: 'List',
      metadata: { resourceVersion: String(this.version), ...(next === '' ? {} : { continue: next }) },
      items: objects.slice(from, from + size),
    };
  }
}

function keyOf({ metadata }: FakeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** A kubeconfig file for an API server without TLS. */
export function writeKubeconfig(t: Test, server: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sallyport-kubeconfig-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
  });
  const file = path.join(folder, 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fake', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'somebody', user: { token: 'a-token' } }],
    contexts: [{ name: 'here', context: { cluster: 'fake', user: 'somebody' } }],
    'current-context': 'here',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** A connection that goes away with the test. */
export async function connectTo(t: Test, fake: FakeApiServer, clock?: Clock): Promise<ClusterConnection> {
  const kubeconfig = writeKubeconfig(t, fake.url);
  const connection = await connect({ kubeconfig, ...(clock === undefined ? {} : { clock }) });
  t.teardown(() => {
    connection.close();
  });
  return connection;
}
