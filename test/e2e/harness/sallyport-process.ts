import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createAuthority, issueServingCertificate } from '../../../src/certificates/authority.js';
import { Child } from './child.js';
import { ask, type Question, type Reply } from './https-client.js';

/** The built program. */
const MAIN = path.resolve('dist/main.js');

const HOUR = 60 * 60 * 1000;

export interface SallyportOptions {
  readonly kubeconfig: string;
  /** More flags of `serve`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export type LogRecord = Readonly<Record<string, unknown>>;

/** The built server, over a cluster, as a child process on free loopback ports. */
export class SallyportProcess {
  readonly child: Child;
  /** The CA that proves the server, PEM. */
  readonly ca: string;

  private constructor(child: Child, ca: string) {
    this.child = child;
    this.ca = ca;
  }

  /** Starts it, with a certificate made for it in `folder`, and waits until it listens. */
  static async start(folder: string, { kubeconfig, args = [], env = {} }: SallyportOptions): Promise<SallyportProcess> {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is not built: run "npm run build"`);
    const validity = { notBefore: Date.now() - HOUR, notAfter: Date.now() + 24 * HOUR };
    const authority = await createAuthority('the CA of the end-to-end tests', validity);
    const pair = await issueServingCertificate(authority, ['localhost', '127.0.0.1'], validity);
    const certificate = path.join(folder, 'tls.crt');
    const key = path.join(folder, 'tls.key');
    writeFileSync(certificate, pair.certificate);
    writeFileSync(key, pair.key, { mode: 0o600 });
    const flags = [
      ['serve', '--kubeconfig', kubeconfig, '--port', '0', '--metrics-port', '0'],
      ['--tls-cert', certificate, '--tls-key', key],
    ].flat();
    const child = new Child('sallyport', process.execPath, [MAIN, ...flags, ...args], { env });
    const started = new SallyportProcess(child, authority.certificate);
    await child.until('sallyport listens', () => started.#listening() !== undefined);
    return started;
  }

  /** Where it listens. */
  get address(): string {
    const address = this.#listening();
    if (address === undefined) throw new Error(`sallyport does not listen:\n${this.child.lastWords}`);
    return address;
  }

  /** What it has logged so far. */
  get log(): readonly LogRecord[] {
    const lines = this.child.output.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogRecord);
  }

  /** Asks it over HTTPS, as the API server does: `ask('/readyz')`, `ask('/validate', { body: review })`. */
  ask(target: string, question: Omit<Question, 'url' | 'ca'> = {}): Promise<Reply> {
    return ask({ ...question, url: this.address + target, ca: this.ca });
  }

  /** Waits until it is ready. */
  async ready(): Promise<void> {
    await this.child.until('sallyport is ready', async () => (await this.ask('/readyz')).status === 200);
  }

  /** Stops it in order, as a kubelet does. */
  async stop(): Promise<void> {
    await this.child.stop('SIGTERM');
  }

  #listening(): string | undefined {
    const record = this.log.find(({ msg, address }) => msg === 'listening' && typeof address === 'string');
    return typeof record?.['address'] === 'string' ? record['address'] : undefined;
  }
}
