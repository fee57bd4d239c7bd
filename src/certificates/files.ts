import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../telemetry/logger.js';
import { CertificateError } from './certificate-error.js';
import { outOfDate, parsePair, type UsablePair } from './pair.js';
import type { CertificatePair, CertificateSource } from './source.js';

export interface FileSourceOptions {
  /** PEM: the serving certificate, then the intermediate ones if any. */
  readonly certificateFile: string;
  /** PEM, without a passphrase. */
  readonly keyFile: string;
  readonly logger: Logger;
  /** Told of every new pair that is unusable; the same trouble at every look is told once. */
  readonly onFailure?: () => void;
  /** Milliseconds. */
  readonly pollInterval?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Watches get lost (network file systems, a folder that is replaced): what they miss, the next look finds. */
const POLL_INTERVAL = 10_000;

/**
 * A pair from two files, read again when they change. Whoever renews it writes two files one after the other, so a pair
 * that does not match yet is met in ordinary life: the old one stays until the new one is whole.
 */
export function fileSource(options: FileSourceOptions): CertificateSource {
  const { certificateFile, keyFile, logger, pollInterval = POLL_INTERVAL, now = Date.now, onFailure } = options;
  const names = { certificate: certificateFile, key: keyFile };
  const listeners: ((pair: CertificatePair) => void)[] = [];
  const watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  let usable: UsablePair | undefined;
  let failure: readonly string[] = [];
  let reading = false;
  let changedMeanwhile = false;
  let stopped = false;

  async function read(): Promise<UsablePair> {
    const [certificate, key] = await Promise.all([readPem(certificateFile), readPem(keyFile)]);
    return parsePair({ certificate, key }, names, now());
  }

  async function reload(): Promise<void> {
    try {
      const next = await read();
      failure = [];
      const old = usable?.pair;
      if (old?.certificate === next.pair.certificate && old.key === next.pair.key) return;
      if (stopped) return;
      // A pair that a listener refuses is not taken, and is offered again at the next look.
      for (const listener of listeners) listener(next.pair);
      usable = next;
      logger.info({ certificateFile, notAfter: next.leaf.validTo }, 'serving certificate changed');
    } catch (error) {
      const problems = error instanceof CertificateError ? error.problems : [String(error)];
      // The same trouble at every look is said once.
      if (problems.join() !== failure.join()) {
        logger.warn(
          { err: error, certificateFile, keyFile },
          'serving certificate not changed: the new pair is unusable',
        );
        onFailure?.();
      }
      failure = problems;
    }
  }

  /** One reader at a time; a change that comes while it reads makes it read once more. */
  async function look(): Promise<void> {
    changedMeanwhile = true;
    if (reading) return;
    reading = true;
    while (changedMeanwhile) {
      changedMeanwhile = false;
      await reload();
    }
    reading = false;
  }

  return {
    async start() {
      usable = await read();
      // The folders, not the files: a mounted Secret is changed by swapping a link beside them.
      for (const folder of new Set([path.dirname(certificateFile), path.dirname(keyFile)])) {
        const watcher = watchFolder(folder, () => void look(), logger);
        if (watcher) watchers.push(watcher);
      }
      timer = setInterval(() => void look(), pollInterval).unref();
    },
    stop() {
      stopped = true;
      clearInterval(timer);
      for (const watcher of watchers) watcher.close();
    },
    current() {
      if (!usable) throw new CertificateError('not-started', ['the certificate is not read yet']);
      return usable.pair;
    },
    onChange(listener) {
      listeners.push(listener);
    },
    problems() {
      if (!usable) return ['the certificate is not read yet'];
      const problem = outOfDate(usable.leaf, now());
      return problem === undefined ? failure : [`the certificate in ${certificateFile} ${problem}`, ...failure];
    },
  };
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CertificateError('unreadable-file', [`${file} cannot be read (${reason(error)})`], { cause: error });
  }
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/** Undefined where the system has no watch to give: the regular look remains. */
function watchFolder(folder: string, changed: () => void, logger: Logger): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    watcher.on('error', (error) => {
      logger.warn({ err: error, folder }, 'certificate folder no longer watched');
      watcher.close();
    });
    return watcher;
  } catch (error) {
    logger.warn({ err: error, folder }, 'certificate folder cannot be watched');
    return undefined;
  }
}
