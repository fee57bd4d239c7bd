import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { until } from '../../until.js';

/** How much of what a child says is kept: an API server talks for as long as it lives. */
const KEPT = 4_000_000;

/** Ends its program with SIGKILL when the process that started it is gone, however that came to be (prctl(2), util-linux). */
const SETPRIV = '/usr/bin/setpriv';

const running = new Set<Child>();

process.on('exit', () => {
  for (const child of running) child.kill();
});

export interface ChildOptions {
  /** Over the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A program that never outlives the tests, even when they are killed. */
export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  #output = '';

  constructor(name: string, command: string, args: readonly string[], { env = {}, cwd }: ChildOptions = {}) {
    this.name = name;
    const bound = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', '--', command, ...args] : [command, ...args];
    const [program = command, ...rest] = bound;
    this.#process = spawn(program, rest, {
      // The test runner's hooks, which come by NODE_OPTIONS, are not for what is tested.
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    running.add(this);
    this.#process.on('exit', () => running.delete(this));
    this.#process.on('error', (error) => (this.#output += `${error.message}\n`));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (text: Buffer) => (this.#output = (this.#output + text.toString()).slice(-KEPT)));
    }
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get alive(): boolean {
    return this.#process.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Undefined while it lives, and when a signal has ended it. */
  get exitCode(): number | undefined {
    return this.#process.exitCode ?? undefined;
  }

  /** What it has said so far, on both streams. */
  get output(): string {
    return this.#output;
  }

  /** The end of what it has said, for the message of a failure. */
  get lastWords(): string {
    return this.#output.split('\n').slice(-20).join('\n');
  }

  /** Waits for `condition`; fails at once, with its last words, when the program ends before. */
  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    await until(what, async () => {
      if (!this.alive) throw new Error(`${this.name} has ended before ${what}:\n${this.lastWords}`);
      return condition();
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ends it with SIGKILL, without waiting. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Ends it and waits until it is gone. SIGKILL follows a signal that it does not obey in half a minute. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.alive) return;
    const gone = this.ended();
    this.#process.kill(signal);
    const impatience = setTimeout(() => {
      this.kill();
    }, 30_000);
    await gone;
    clearTimeout(impatience);
  }

  /** Resolves when it is gone. */
  async ended(): Promise<void> {
    if (this.alive) await once(this.#process, 'exit');
  }
}
