import { setImmediate as turn } from 'node:timers/promises';
import { createBackoff, type Backoff } from './backoff.js';
import { pause, type Clock } from './clock.js';

export interface WorkQueueOptions {
  /**
   * Does what there is to do for a key, and says in how many milliseconds it wants to look again, if at all. What it throws is
   * tried again, later each time.
   */
  readonly work: (key: string, signal: AbortSignal) => Promise<number | undefined>;
  readonly onFailure: (key: string, error: unknown, wait: number) => void;
  /** The first and the longest pause after a failure, in milliseconds. */
  readonly retry: { readonly first: number; readonly limit: number };
  readonly clock: Clock;
  /** As `Math.random`. */
  readonly random: () => number;
}

/**
 * Work that is known by a key, done one after the other. A key that is added often before its turn comes is worked once, and one that
 * is added while it is worked is worked again. Between two keys the event loop has its turn, and the worker rests as long as it
 * worked: reviews wait for one key at most.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  /** When each key is due, in milliseconds since the epoch. */
  readonly #due = new Map<string, number>();
  /** Of the keys that failed: how long to wait after the next failure, and until when they wait now. */
  readonly #failed = new Map<string, { readonly backoff: Backoff; readonly until: number }>();
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  #wake: () => void = () => undefined;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  get size(): number {
    return this.#due.size;
  }

  /** Adds a key, due in so many milliseconds, but not before the pause after a failure is over. Of two times the earlier counts. */
  add(key: string, delay = 0): void {
    const due = Math.max(this.#options.clock.now() + delay, this.#failed.get(key)?.until ?? 0);
    const known = this.#due.get(key);
    if (known !== undefined && known <= due) return;
    this.#due.set(key, due);
    this.#wake();
  }

  /** Forgets what waits, tells the key that is worked to stop, and waits for it. */
  async close(): Promise<void> {
    this.#due.clear();
    this.#end.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#end;
    while (!signal.aborted) {
      const key = this.#next(clock.now());
      if (key === undefined) {
        await this.#sleep();
        continue;
      }
      this.#due.delete(key);
      const began = clock.now();
      await this.#work(key);
      await turn();
      const took = Math.min(clock.now() - began, LONGEST_REST);
      if (took > 0) await pause(clock, took, signal);
    }
  }

  async #work(key: string): Promise<void> {
    const { work, onFailure, retry, random, clock } = this.#options;
    try {
      const again = await work(key, this.#end.signal);
      this.#failed.delete(key);
      if (again !== undefined && !this.#end.signal.aborted) this.add(key, again);
    } catch (error) {
      if (this.#end.signal.aborted) return;
      const backoff = this.#failed.get(key)?.backoff ?? createBackoff({ ...retry, random });
      const wait = backoff.next();
      const until = clock.now() + wait;
      this.#failed.set(key, { backoff, until });
      // What came meanwhile waits too.
      this.#due.set(key, until);
      onFailure(key, error, wait);
    }
  }

  /** The first key that is due, in the order in which they were added. */
  #next(now: number): string | undefined {
    for (const [key, due] of this.#due) if (due <= now) return key;
    return undefined;
  }

  /** Until a key is due or added, or the queue is closed. */
  async #sleep(): Promise<void> {
    const { clock } = this.#options;
    let next = Infinity;
    for (const due of this.#due.values()) next = Math.min(next, due);
    await new Promise<void>((resolve) => {
      const cancel = Number.isFinite(next) ? clock.after(Math.max(1, next - clock.now()), resolve) : () => undefined;
      this.#wake = () => {
        cancel();
        resolve();
      };
      if (this.#end.signal.aborted) this.#wake();
    });
    this.#wake = () => undefined;
  }
}

/** Most of the time of slow work is spent waiting for the API server, which is rest enough. */
const LONGEST_REST = 100;
