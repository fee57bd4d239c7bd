import type { Logger } from '../telemetry/logger.js';
import { createBackoff, type Backoff } from './backoff.js';
import { pause, type Clock } from './clock.js';
import { ClusterError } from './cluster-error.js';
import { pagesOf, readPage, selecting } from './collection-pages.js';
import type { ClusterConnection } from './connection.js';
import type { Asking, Collection } from './discovery.js';
import { LineSplitter } from './lines.js';
import type { Mirror } from './mirror.js';
import { isOlderVersion } from './resource-version.js';
import { parseWatchEvent } from './watch-event.js';
import type { WatchTiming } from './watch-timing.js';

/** How one collection's copy is doing. */
export interface ReflectorStatus {
  readonly kind: string;
  /** In which version the API server serves it; undefined where it does not, or was not asked yet. */
  readonly apiVersion: string | undefined;
  /** `waiting` until the first list is complete; `absent` where the kind is not served, which counts as listed and empty. */
  readonly state: 'waiting' | 'listed' | 'absent';
  /** When the copy was last known to be complete, in milliseconds since the epoch; undefined before the first list. */
  readonly freshAt: number | undefined;
  /** How often listing or watching failed and was begun again. What the API server ends in order is no failure. */
  readonly restarts: number;
  /** Undefined while all goes well. */
  readonly failure: Error | undefined;
}

export interface ReflectorOptions {
  readonly kind: string;
  readonly connection: ClusterConnection;
  /** Finds the collection; undefined where the API server does not serve it. */
  readonly locate: (asking: Asking) => Promise<Collection | undefined>;
  readonly mirror: Mirror;
  readonly timing: WatchTiming;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Called after each change of the status' state. */
  readonly onState: () => void;
}

/** A watch that ends in order but sooner than this, with nothing said, is a failure: else it would be asked for in a loop. */
const SHORTEST_WATCH = 1_000;

/**
 * Keeps a copy of one collection: lists it, watches on from there, and begins again after whatever ends that, for as
 * long as it is not closed (the `Reflector` of Kubernetes' own client, in small).
 */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #backoff: Backoff;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  #collection: Collection | undefined;
  /** Where to watch on from; undefined when a list is due. */
  #version: string | undefined;
  #state: ReflectorStatus['state'] = 'waiting';
  #freshAt: number | undefined;
  #restarts = 0;
  #failure: Error | undefined;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#backoff = createBackoff({
      first: options.timing.retry,
      limit: options.timing.retryLimit,
      random: options.random,
    });
    this.#running = this.#run();
  }

  status(): ReflectorStatus {
    return {
      kind: this.#options.kind,
      apiVersion: this.#collection?.apiVersion,
      state: this.#state,
      freshAt: this.#freshAt,
      restarts: this.#restarts,
      failure: this.#failure,
    };
  }

  /** Ends the watch and all timers; the copy stays as it is. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closed()) {
      let wait = 0;
      try {
        wait = await this.#round();
      } catch (error) {
        if (this.#closed()) return;
        wait = this.#failed(error);
      }
      if (wait > 0) await pause(this.#options.clock, wait, this.#end.signal);
    }
  }

  #closed(): boolean {
    return this.#end.signal.aborted;
  }

  /** Finds, lists or watches, whichever is due. Returns the milliseconds until the next round. */
  async #round(): Promise<number> {
    const { locate, timing, random } = this.#options;
    this.#collection ??= await locate(this.#asking());
    if (this.#collection === undefined) {
      this.#absent();
      return timing.recheck * (0.75 + random() / 2);
    }
    if (this.#version === undefined) this.#version = await this.#list(this.#collection);
    else this.#version = await this.#watch(this.#collection, this.#version);
    return 0;
  }

  async #list(collection: Collection): Promise<string> {
    const { connection, mirror, clock, log, kind } = this.#options;
    const startedAt = clock.now();
    const listing = mirror.list();
    let version = '';
    let objects = 0;
    for await (const page of pagesOf(connection, collection, this.#asking())) {
      for (const item of page.items) listing.add(item);
      objects += page.items.length;
      version = page.resourceVersion;
    }
    listing.complete();
    this.#fresh(startedAt);
    this.#enter('listed');
    log.info({ kind, apiVersion: collection.apiVersion, objects }, 'listed, watching from here');
    return version;
  }

  /** Watches until the API server ends it in order. Returns the version to watch on from. */
  async #watch(collection: Collection, from: string): Promise<string> {
    const { connection, timing, clock, random, mirror } = this.#options;
    const seconds = Math.max(1, Math.ceil((((2 + random()) / 3) * timing.watch) / 1000));
    const doing = `watch of ${collection.kind}`;
    const startedAt = clock.now();
    const lines = new LineSplitter();
    let version = from;
    let events = 0;
    const receive = (chunk: Buffer): void => {
      for (const line of lines.push(chunk)) {
        const event = parseWatchEvent(line, doing);
        if (event.type === 'put') mirror.put(event.document);
        else if (event.type === 'remove') mirror.remove(event.document);
        version = event.resourceVersion;
        events += 1;
        this.#well();
      }
    };
    await connection.stream(
      {
        method: 'GET',
        path: collection.path,
        query: {
          ...selecting(collection),
          watch: 'true',
          resourceVersion: from,
          allowWatchBookmarks: 'true',
          timeoutSeconds: String(seconds),
        },
        ...this.#asking(),
      },
      seconds * 1000 + timing.grace,
      receive,
    );
    if (lines.partial) throw new ClusterError('unexpected-answer', `${doing}: it ended within an event`);
    if (events === 0 && clock.now() - startedAt < SHORTEST_WATCH) {
      throw new ClusterError('unexpected-answer', `${doing}: the API server ended it at once`);
    }
    if (events === 0) await this.#check(collection, from);
    this.#well();
    return version;
  }

  /**
   * A watch from a version that the store has not reached is silent and ends in order (measured): so it is after the store
   * was restored from a backup or wiped. Where nothing came, the store itself is asked how far it is.
   */
  async #check(collection: Collection, version: string): Promise<void> {
    const page = await readPage(this.#options.connection, collection, this.#asking(), 1);
    if (isOlderVersion(page.resourceVersion, version)) {
      throw new ClusterError(
        'gone',
        `watch of ${collection.kind}: the API server's store is older than what it has told`,
      );
    }
  }

  /** The kind is not served: that is a list of nothing. */
  #absent(): void {
    const { mirror, clock, log, kind } = this.#options;
    if (this.#state !== 'absent') {
      mirror.list().complete();
      log.warn({ kind }, 'not served by the API server: counted as empty and looked for again');
    }
    this.#fresh(clock.now());
    this.#backoff.reset();
    this.#enter('absent');
  }

  /** What was sent is complete up to now. */
  #well(): void {
    this.#fresh(this.#options.clock.now());
    this.#backoff.reset();
  }

  /** Notes the failure and what it means for the next round. Returns the milliseconds until then. */
  #failed(error: unknown): number {
    const { log, kind } = this.#options;
    const failure = error instanceof Error ? error : new Error(String(error));
    const code = failure instanceof ClusterError ? failure.code : undefined;
    this.#failure = failure;
    this.#restarts += 1;
    // Listed anew whatever it was: behind a connection that broke there may be another store when it is back, and a version
    // of the old one would be watched on in silence.
    this.#version = undefined;
    if (code === 'not-found') this.#collection = undefined;
    const asked = failure instanceof ClusterError ? (failure.retryAfter ?? 0) : 0;
    const wait = Math.max(this.#backoff.next(), asked);
    log.warn({ kind, err: failure, wait: Math.round(wait) }, 'cannot list or watch: trying again');
    return wait;
  }

  #asking(): Asking {
    return { timeout: this.#options.timing.request, signal: this.#end.signal };
  }

  #fresh(at: number): void {
    this.#freshAt = Math.max(this.#freshAt ?? 0, at);
    this.#failure = undefined;
  }

  #enter(state: ReflectorStatus['state']): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState();
  }
}
