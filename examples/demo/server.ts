import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createInterface } from 'node:readline';

/** A Sallyport that runs as a child process. */
export interface DemoServer {
  /** @returns the HTTP status and the body. */
  post(path: string, body: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Asks it to drain, and waits until it is gone; one that does not go is killed. */
  stop(): Promise<void>;
}

/** How long it may take until it listens. */
const START_TIMEOUT_MS = 30_000;
/** How long it may take to drain. */
const STOP_TIMEOUT_MS = 10_000;
/** The API server itself waits no longer than this for a webhook of the chart. */
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * Starts `node main serve` over the manifests of a folder, on free ports, and waits until it listens.
 *
 * @throws Error with what the server said, where it ends or stays silent instead.
 */
export async function startServer(main: string, manifests: string): Promise<DemoServer> {
  const args = [main, 'serve', '--manifests', manifests, '--port', '0', '--metrics-port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const { address, caFile } = await listening(child);
    const ca = await readFile(caFile);
    return {
      post: (path, body) => post(new URL(path, address), body, ca),
      stop: () => stop(child),
    };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

/** What the server's line "listening" says. */
export interface Listening {
  readonly address: string;
  readonly caFile: string;
}

/** Reads one line of the server's log; undefined where it is another line. */
export function parseListening(line: string): Listening | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined; // Not all that is printed is a log line: the ready-made curl is not.
  }
  if (typeof entry !== 'object' || entry === null) return undefined;
  if (!('msg' in entry) || entry.msg !== 'listening') return undefined;
  if (!('address' in entry) || typeof entry.address !== 'string') return undefined;
  if (!('caFile' in entry) || typeof entry.caFile !== 'string') return undefined;
  return { address: entry.address, caFile: entry.caFile };
}

function listening(child: ChildProcess): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error([`The server ${why}. It said:`, ...said.slice(-20)].join('\n  ')));
    };
    const timer = setTimeout(() => {
      fail(`does not listen after ${START_TIMEOUT_MS / 1000} s`);
    }, START_TIMEOUT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      // Read to the end, also when nobody listens any more: a full pipe would stop the server.
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        const found = parseListening(line);
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      });
    }
    child.once('error', (error) => {
      fail(`cannot be started: ${error.message}`);
    });
    child.once('close', (code) => {
      fail(`ended with exit code ${String(code)}`);
    });
  });
}

function post(url: URL, body: string, ca: Buffer): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', headers, ca, timeout: ANSWER_TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    sent.on('timeout', () => {
      sent.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(impatience);
}
