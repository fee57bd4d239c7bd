import { stat } from 'node:fs/promises';

/** What became of the watched files since they were last told of. */
export interface FileChanges {
  /** New files, and those with another content or another file behind their name. */
  readonly changed: readonly string[];
  readonly gone: readonly string[];
}

export interface FileWatchOptions {
  /** The files to watch, as they are now. When it throws, everything counts as unchanged. */
  readonly list: () => Promise<readonly string[]>;
  readonly onChange: (changes: FileChanges) => Promise<void> | void;
  /** Told of a failure of `list`, once until it works again, which is told with undefined; and of each failure of `onChange`. */
  readonly onTrouble: (failure: Error | undefined) => void;
  /** The time between two looks, in milliseconds; twice that is how late a change is told at most. */
  readonly interval?: number;
}

const INTERVAL = 500;

/** Looking takes at most one part in so many of the time, however many files there are. */
const REST = 20;

const STAT_AT_ONCE = 64;

/**
 * Watches files by looking at them: it follows links, so the swap of a mounted ConfigMap is seen like the rename of an editor,
 * and it works on every file system. A change is told once the file has stayed the same for two looks, so that a file that is
 * being written is not read halfway.
 */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #interval: number;
  #told = new Map<string, string>();
  #seen = new Map<string, string>();
  #listingFailure: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#interval = options.interval ?? INTERVAL;
  }

  /**
   * Remembers the files as they are. To be called before they are read: what changes after it is told, however early. Throws
   * what `list` throws.
   */
  async remember(): Promise<void> {
    this.#told = await marksOf(await this.#options.list());
    this.#seen = new Map(this.#told);
  }

  /** Begins to look. Its timer keeps no process alive. */
  start(): void {
    this.#schedule(this.#interval);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(delay: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      void this.#look();
    }, delay).unref();
  }

  async #look(): Promise<void> {
    const began = performance.now();
    const now = await this.#marks();
    const took = performance.now() - began;
    if (now !== undefined) {
      const changes = this.#settled(now);
      this.#seen = now;
      if (changes.changed.length > 0 || changes.gone.length > 0) await this.#tell(changes);
    }
    this.#schedule(Math.max(this.#interval, took * REST));
  }

  async #tell(changes: FileChanges): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#options.onChange(changes);
    } catch (error) {
      this.#options.onTrouble(toError(error));
    }
  }

  async #marks(): Promise<Map<string, string> | undefined> {
    try {
      const marks = await marksOf(await this.#options.list());
      if (this.#listingFailure !== undefined) this.#options.onTrouble(undefined);
      this.#listingFailure = undefined;
      return marks;
    } catch (error) {
      const failure = toError(error);
      if (this.#listingFailure !== failure.message) this.#options.onTrouble(failure);
      this.#listingFailure = failure.message;
      return undefined;
    }
  }

  /** What differs from what was told, and does not differ from what was seen last. */
  #settled(now: ReadonlyMap<string, string>): FileChanges {
    const files = new Set([...this.#told.keys(), ...now.keys()]);
    const changed: string[] = [];
    const gone: string[] = [];
    for (const file of files) {
      const mark = now.get(file);
      if (mark === this.#told.get(file) || mark !== this.#seen.get(file)) continue;
      if (mark === undefined) {
        this.#told.delete(file);
        gone.push(file);
      } else {
        this.#told.set(file, mark);
        changed.push(file);
      }
    }
    return { changed, gone };
  }
}

/** What tells one content of a file from another, for every file that exists. */
async function marksOf(files: readonly string[]): Promise<Map<string, string>> {
  const marks = new Map<string, string>();
  for (let start = 0; start < files.length; start += STAT_AT_ONCE) {
    await Promise.all(
      files.slice(start, start + STAT_AT_ONCE).map(async (file) => {
        const mark = await markOf(file);
        if (mark !== undefined) marks.set(file, mark);
      }),
    );
  }
  return marks;
}

async function markOf(file: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join();
  } catch {
    return undefined;
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
