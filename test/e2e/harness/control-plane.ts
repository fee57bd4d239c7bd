import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Assets } from './assets.js';
import { Child } from './child.js';
import { freePorts } from './free-port.js';
import { ask } from './https-client.js';

/** Proves an administrator to the API server. */
export const ADMIN_TOKEN = 'admin-of-the-tests';

const ATTEMPTS = 3;

/** etcd and a kube-apiserver on free loopback ports. Its address and its certificate stay the same over restarts. */
export class ControlPlane {
  readonly #assets: Assets;
  readonly #folder: string;
  #ports: readonly number[] = [];
  #etcd: Child | undefined;
  #apiServer: Child | undefined;

  private constructor(assets: Assets, folder: string) {
    this.#assets = assets;
    this.#folder = folder;
  }

  /** Starts both and waits until the API server is ready. `folder` takes their data. */
  static async start(assets: Assets, folder: string): Promise<ControlPlane> {
    const plane = new ControlPlane(assets, folder);
    plane.#writeCredentials();
    for (let attempt = 1; ; attempt += 1) {
      plane.#ports = await freePorts(3);
      try {
        plane.startEtcd();
        await plane.startApiServer();
        return plane;
      } catch (error) {
        await plane.stop();
        // Somebody else has taken one of the ports meanwhile.
        if (attempt === ATTEMPTS || !String(error).includes('address already in use')) throw error;
      }
    }
  }

  get port(): number {
    return this.#ports[0] ?? 0;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** The certificate that proves the API server, PEM. */
  get ca(): string {
    return readFileSync(path.join(this.#folder, 'certs', 'apiserver.crt'), 'utf8');
  }

  /** The log of the API server since its last start. */
  get log(): string {
    return this.#apiServer?.output ?? '';
  }

  startEtcd(): void {
    const [, client = 0, peer = 0] = this.#ports;
    this.#etcd = new Child('etcd', this.#assets.etcd, [
      `--data-dir=${this.#etcdData}`,
      `--listen-client-urls=http://127.0.0.1:${client}`,
      `--advertise-client-urls=http://127.0.0.1:${client}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ]);
  }

  async startApiServer(): Promise<void> {
    const [port = 0, etcd = 0] = this.#ports;
    const file = (name: string) => path.join(this.#folder, name);
    const apiServer = new Child('kube-apiserver', this.#assets.apiServer, [
      `--etcd-servers=http://127.0.0.1:${etcd}`,
      `--cert-dir=${file('certs')}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      `--service-account-key-file=${file('service-accounts.pub')}`,
      `--service-account-signing-key-file=${file('service-accounts.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--token-auth-file=${file('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--disable-admission-plugins=ServiceAccount',
    ]);
    this.#apiServer = apiServer;
    await apiServer.until('the API server is ready', async () => {
      if (this.#etcd?.alive === false) throw new Error(`etcd has ended:\n${this.#etcd.lastWords}`);
      try {
        const { status } = await ask({ url: `${this.url}/readyz`, ca: this.ca, token: ADMIN_TOKEN, timeout: 1000 });
        return status === 200;
      } catch {
        return false;
      }
    });
  }

  /** Stops the API server: with SIGTERM it ends its watches in order, with SIGKILL their connections break. */
  async stopApiServer(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#apiServer?.stop(signal);
  }

  /** Forgets everything that was stored, and starts again. */
  async wipe(): Promise<void> {
    await this.stop();
    rmSync(this.#etcdData, { recursive: true, force: true });
    this.startEtcd();
    await this.startApiServer();
  }

  async stop(): Promise<void> {
    // Nothing of it is needed again, and an end in order takes seconds.
    await this.#apiServer?.stop('SIGKILL');
    await this.#etcd?.stop('SIGKILL');
  }

  get #etcdData(): string {
    return path.join(this.#folder, 'etcd');
  }

  #writeCredentials(): void {
    mkdirSync(this.#folder, { recursive: true });
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const write = (name: string, text: string | Buffer) => {
      writeFileSync(path.join(this.#folder, name), text, { mode: 0o600 });
    };
    write('service-accounts.key', privateKey.export({ type: 'pkcs8', format: 'pem' }));
    write('service-accounts.pub', publicKey.export({ type: 'spki', format: 'pem' }));
    write('tokens.csv', `${ADMIN_TOKEN},admin,admin,"system:masters"\n`);
  }
}
