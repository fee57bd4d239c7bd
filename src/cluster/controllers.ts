import type { ObjectChange } from '../policy/change.js';
import type { Logger } from '../telemetry/logger.js';
import type { Clock } from './clock.js';
import { WorkQueue } from './work-queue.js';

/**
 * Something that the leader alone does to the cluster. It works from the world as it is and keeps nothing that it could not do without:
 * another replica may go on at any time.
 */
export interface Controller {
  /** One word, for the log. */
  readonly name: string;
  /** How long to gather changes before work begins, in milliseconds. */
  readonly delay: number;
  /** The keys of all that there may be work with: asked when this replica becomes the leader, and when the mesh is configured anew. */
  standing(): Iterable<string>;
  /** The keys of what a change of the world makes work with. Asked of the leader alone, after the change. */
  concernedBy(change: ObjectChange): Iterable<string>;
  /**
   * Does what there is to do, and says in how many milliseconds it wants to look again, if at all. What it throws is tried again.
   *
   * @param signal - aborts when this replica leads no longer
   */
  work(key: string, signal: AbortSignal): Promise<number | undefined>;
}

export interface ControllersOptions {
  readonly controllers: readonly Controller[];
  readonly clock: Clock;
  /** As `Math.random`. */
  readonly random: () => number;
  readonly log: Pick<Logger, 'warn'>;
}

/** The first and the longest pause after work that failed, in milliseconds. */
const RETRY = { first: 500, limit: 30_000 };

/** The work of all controllers, by one worker, while this replica leads. */
export class Controllers {
  readonly #options: ControllersOptions;
  readonly #ending = new Set<Promise<void>>();
  #queue: WorkQueue | undefined;

  constructor(options: ControllersOptions) {
    this.#options = options;
  }

  /** Begins with all that stands, or stops at once. */
  lead(leading: boolean): void {
    if (leading === (this.#queue !== undefined)) return;
    if (leading) {
      this.#queue = this.#open();
      this.restart();
    } else {
      this.#stop();
    }
  }

  /** Whether changes are of interest: nobody need compare objects for a replica that does not lead. */
  get leading(): boolean {
    return this.#queue !== undefined;
  }

  /** Tells of a change that the world has seen. */
  changed(change: ObjectChange): void {
    for (const controller of this.#options.controllers) {
      if (this.#queue === undefined) return;
      for (const key of controller.concernedBy(change)) this.#queue.add(`${controller.name} ${key}`, controller.delay);
    }
  }

  /** Looks at all that stands. */
  restart(): void {
    for (const controller of this.#options.controllers) {
      for (const key of controller.standing()) this.#queue?.add(`${controller.name} ${key}`);
    }
  }

  async close(): Promise<void> {
    this.#stop();
    await Promise.all(this.#ending);
  }

  #open(): WorkQueue {
    const { controllers, clock, random, log } = this.#options;
    const byName = new Map(controllers.map((controller) => [controller.name, controller]));
    const parts = (entry: string) => {
      const blank = entry.indexOf(' ');
      return { controller: entry.slice(0, blank), work: entry.slice(blank + 1) };
    };
    return new WorkQueue({
      work: async (entry, signal) => {
        const { controller, work } = parts(entry);
        return byName.get(controller)?.work(work, signal);
      },
      onFailure: (entry, err, wait) => {
        log.warn({ ...parts(entry), err, wait: Math.round(wait) }, 'the work of a controller failed: trying again');
      },
      retry: RETRY,
      clock,
      random,
    });
  }

  #stop(): void {
    const queue = this.#queue;
    if (queue === undefined) return;
    this.#queue = undefined;
    const ending = queue.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
