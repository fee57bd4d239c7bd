import { HELD_KINDS } from '../mesh/held-kinds.js';
import type { WorldWriter } from '../mesh/world/writer.js';
import type { MeshSettings } from '../policy/policy.js';
import type { Logger } from '../telemetry/logger.js';
import { SYSTEM_CLOCK, type Clock } from './clock.js';
import { ClusterError } from './cluster-error.js';
import type { ClusterConnection } from './connection.js';
import { locate } from './discovery.js';
import { meshCollection, MESH_KIND } from './mesh-collection.js';
import { MeshMirror } from './mesh-mirror.js';
import { ObjectMirror } from './object-mirror.js';
import { Reflector, type ReflectorStatus } from './reflector.js';
import { WATCH_TIMING, type WatchTiming } from './watch-timing.js';

export interface WatchWorldOptions {
  /** Stays open when the watch is closed: its opener closes it. */
  readonly connection: ClusterConnection;
  /** The world that is kept equal to the cluster. */
  readonly writer: WorldWriter;
  readonly settings: MeshSettings;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly timing?: WatchTiming;
  readonly clock?: Clock;
  /** As `Math.random`. */
  readonly random?: () => number;
}

/** How the watch of one kind is doing: what the metrics and the health routes tell. */
export interface KindStatus extends ReflectorStatus {
  /** How many objects of this kind are kept out of the world because they cannot be read. */
  readonly unreadable: number;
}

/** A cluster that feeds a world. */
export interface ClusterWorld {
  /** Why the world cannot be judged with yet, a sentence each: empty when every kind that is served has been listed once. */
  ready(): readonly string[];
  /** What a person should know though nothing is broken: kinds that are not served, objects that are kept out. */
  notes(): readonly string[];
  /** Milliseconds since the least fresh kind was last known to be complete; infinite before everything was listed. */
  freshness(): number;
  status(): readonly KindStatus[];
  /**
   * Resolves as soon as `ready()` is empty.
   *
   * @throws ClusterError `aborted`, when the watch was closed or `signal` aborted before
   */
  whenReady(signal?: AbortSignal): Promise<void>;
  /** Takes another policy's word on the mesh; another root namespace is watched in the place of the old one. */
  settle(settings: MeshSettings): void;
  /** Ends all watches and timers. The world stays as it is. */
  close(): Promise<void>;
}

/** Keeps a world equal to a cluster until it is closed, whatever fails in between. Never throws. */
export function watchWorld(options: WatchWorldOptions): ClusterWorld {
  return new WatchedWorld(options);
}

interface Watched {
  readonly reflector: Reflector;
  readonly mirror: { readonly unreadable: number };
}

class WatchedWorld implements ClusterWorld {
  readonly #options: WatchWorldOptions;
  readonly #clock: Clock;
  readonly #kinds: readonly Watched[];
  readonly #mesh: MeshMirror;
  readonly #waiting = new Set<() => void>();
  #meshReflector: Reflector;
  #rootNamespace: string;
  /** Reflectors that were replaced and may still be ending. */
  #ending: Promise<void>[] = [];
  #closed = false;

  constructor(options: WatchWorldOptions) {
    const { settings, writer, log, connection } = options;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#mesh = new MeshMirror(settings, writer, log);
    this.#rootNamespace = settings.rootNamespace;
    this.#meshReflector = this.#reflectMesh();
    this.#kinds = HELD_KINDS.map((held) => {
      const mirror = new ObjectMirror(held.kind, writer, log);
      const reflector = this.#reflect(held.kind, mirror, (asking) => locate(connection, held, asking));
      return { reflector, mirror };
    });
  }

  ready(): readonly string[] {
    if (this.#closed) return ['the watch of the cluster is closed'];
    return this.status().flatMap(({ kind, state, failure }) => {
      if (state !== 'waiting') return [];
      return [failure === undefined ? `${kind} is not listed yet` : `${kind} cannot be listed: ${failure.message}`];
    });
  }

  notes(): readonly string[] {
    return this.status().flatMap(({ kind, state, unreadable }) => {
      if (state === 'absent') return [`${kind} is not served by the API server and counts as empty`];
      return unreadable > 0 ? [`${kind}: ${unreadable} cannot be read and kept out`] : [];
    });
  }

  freshness(): number {
    const now = this.#clock.now();
    const ages = this.status().map(({ freshAt }) => (freshAt === undefined ? Infinity : Math.max(0, now - freshAt)));
    return Math.max(...ages);
  }

  status(): readonly KindStatus[] {
    return [{ reflector: this.#meshReflector, mirror: this.#mesh }, ...this.#kinds].map(({ reflector, mirror }) => ({
      ...reflector.status(),
      unreadable: mirror.unreadable,
    }));
  }

  whenReady(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const stopped = this.#closed || signal?.aborted === true;
        if (!stopped && this.ready().length > 0) return;
        this.#waiting.delete(look);
        signal?.removeEventListener('abort', look);
        if (stopped) reject(new ClusterError('aborted', 'the watch of the cluster ended before it was ready'));
        else resolve();
      };
      this.#waiting.add(look);
      signal?.addEventListener('abort', look);
      look();
    });
  }

  settle(settings: MeshSettings): void {
    if (this.#closed) return;
    this.#mesh.settle(settings);
    if (settings.rootNamespace === this.#rootNamespace) return;
    this.#rootNamespace = settings.rootNamespace;
    this.#ending.push(this.#meshReflector.close());
    this.#meshReflector = this.#reflectMesh();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#look();
    const reflectors = [this.#meshReflector, ...this.#kinds.map(({ reflector }) => reflector)];
    await Promise.all([...this.#ending, ...reflectors.map((reflector) => reflector.close())]);
  }

  #reflectMesh(): Reflector {
    const collection = meshCollection(this.#rootNamespace);
    return this.#reflect(MESH_KIND, this.#mesh, () => Promise.resolve(collection));
  }

  #reflect(
    kind: string,
    mirror: ConstructorParameters<typeof Reflector>[0]['mirror'],
    find: ConstructorParameters<typeof Reflector>[0]['locate'],
  ): Reflector {
    const { connection, log, timing, random } = this.#options;
    return new Reflector({
      kind,
      connection,
      locate: find,
      mirror,
      timing: timing ?? WATCH_TIMING,
      clock: this.#clock,
      random: random ?? Math.random,
      log,
      onState: () => {
        this.#look();
      },
    });
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}
