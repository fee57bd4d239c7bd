import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import type { Test } from 'tap';
import { until } from '../until.js';

/** The built program. */
const MAIN = path.resolve('dist/main.js');

export interface LogLine extends Readonly<Record<string, unknown>> {
  readonly level: string;
  readonly msg: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A server that runs as a child process until the test ends. */
export class ServerProcess {
  readonly child: ChildProcess;
  printed = '';
  complained = '';

  constructor(t: Test, args: readonly string[], input = '', cwd = '.') {
    const ports = ['--port', '0', '--metrics-port', '0'];
    // The runner's hooks, which come by NODE_OPTIONS, would make every start take a second.
    const env = { ...process.env, NODE_OPTIONS: '' };
    this.child = spawn(process.execPath, [MAIN, 'serve', ...ports, ...args], { cwd, env, stdio: 'pipe' });
    this.child.stdout?.on('data', (text: Buffer) => (this.printed += text.toString()));
    this.child.stderr?.on('data', (text: Buffer) => (this.complained += text.toString()));
    this.child.stdin?.end(input);
    t.teardown(() => this.child.kill('SIGKILL'));
  }

  /** The log so far. */
  get log(): readonly LogLine[] {
    const lines = this.complained.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
  }

  /** The next line with that message, after the first `seen` of them. */
  async logged(msg: string, seen = 0): Promise<LogLine> {
    const found = () => this.log.filter((line) => line.msg === msg)[seen];
    await until(`"${msg}" is logged: ${this.complained}`, () => found() !== undefined || this.child.exitCode !== null);
    const line = found();
    if (line === undefined) throw new Error(`it ended without "${msg}": ${this.complained}`);
    return line;
  }

  /** Where it listens, and the CA to trust. */
  async listening(): Promise<{ address: string; caFile: string | undefined }> {
    const said = () => this.log.find(({ msg, address }) => msg === 'listening' && typeof address === 'string');
    await until(`it listens: ${this.complained}`, () => said() !== undefined || this.child.exitCode !== null);
    const line: Readonly<Record<string, unknown>> = said() ?? {};
    const { address, caFile } = line;
    if (typeof address !== 'string') throw new Error(`it does not listen: ${this.complained}`);
    return { address, caFile: typeof caFile === 'string' ? caFile : undefined };
  }

  /** What its metrics say now. */
  async metrics(): Promise<string> {
    await this.listening();
    const { metricsAddress } = await this.logged('listening');
    if (typeof metricsAddress !== 'object' || metricsAddress === null || !('port' in metricsAddress)) return '';
    return (await fetch(`http://127.0.0.1:${String(metricsAddress.port)}/metrics`)).text();
  }

  async ask(target: string, body?: string, caFile?: string): Promise<Answer> {
    const said = await this.listening();
    const ca = await readFile(caFile ?? said.caFile ?? '');
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const method = body === undefined ? 'GET' : 'POST';
      const sent = request(new URL(target, said.address), { method, headers, ca, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: text });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** The exit code, once it has ended. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }
}
