import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until } from '../../until.js';
import type { Assets } from './assets.js';
import { runCommand, succeeded, type CommandResult } from './command.js';
import { ADMIN_TOKEN, ControlPlane } from './control-plane.js';
import { ask, type Reply } from './https-client.js';
import { manifestText, type Manifests } from './manifests.js';
import { SallyportProcess, type SallyportOptions } from './sallyport-process.js';
import { PROBES, WEBHOOK_NAME, webhookConfigurations, type WebhookOptions } from './webhooks.js';

/** How somebody comes to the API server; both as the administrator does unless given. */
export interface Identity {
  readonly server?: string;
  readonly token?: string;
}

/** A real API server with its own etcd, and what tests do with it. There are no nodes and no controllers. */
export class TestCluster {
  readonly plane: ControlPlane;
  /** The administrator's kubeconfig file. */
  readonly kubeconfig: string;
  readonly #assets: Assets;
  readonly #folder: string;
  readonly #servers: SallyportProcess[] = [];

  private constructor(assets: Assets, plane: ControlPlane, folder: string) {
    this.#assets = assets;
    this.plane = plane;
    this.#folder = folder;
    this.kubeconfig = this.writeKubeconfig('admin');
  }

  /** Starts it, without Istio's kinds. */
  static async start(assets: Assets): Promise<TestCluster> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sallyport-e2e-'));
    try {
      const plane = await ControlPlane.start(assets, path.join(folder, 'control-plane'));
      return new TestCluster(assets, plane, folder);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Ends everything that was started, and forgets it. */
  async stop(): Promise<void> {
    for (const server of this.#servers) await server.child.stop('SIGKILL');
    await this.plane.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** A folder of this name that goes away with the cluster. */
  folder(name: string): string {
    const folder = path.join(this.#folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** A kubeconfig file for another way, or another person. */
  writeKubeconfig(name: string, { server = this.plane.url, token = ADMIN_TOKEN }: Identity = {}): string {
    const file = path.join(this.folder('kubeconfigs'), name);
    const ca = Buffer.from(this.plane.ca).toString('base64');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'e2e', cluster: { server, 'certificate-authority-data': ca } }],
      users: [{ name: 'somebody', user: { token } }],
      contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'somebody' } }],
      'current-context': 'e2e',
    };
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    return file;
  }

  /** Runs kubectl: `kubectl('get', 'services', '-A')`. */
  kubectl(...args: readonly string[]): Promise<CommandResult> {
    return this.#run(this.#assets.kubectl, args);
  }

  /** Runs helm, with its caches in the cluster's folder. */
  helm(...args: readonly string[]): Promise<CommandResult> {
    return this.#run(this.#assets.helm, args);
  }

  /** Runs kubectl with manifests on its standard input: `pipe(manifests, 'create', '-f', '-')`. */
  pipe(manifests: Manifests, ...args: readonly string[]): Promise<CommandResult> {
    return this.#run(this.#assets.kubectl, args, manifestText(manifests));
  }

  /** `kubectl apply -f -`, which may be refused: `apply(manifests, '--dry-run=server')`. */
  apply(manifests: Manifests, ...flags: readonly string[]): Promise<CommandResult> {
    return this.pipe(manifests, 'apply', ...flags, '-f', '-');
  }

  /** `kubectl delete -f -`. */
  remove(manifests: Manifests, ...flags: readonly string[]): Promise<CommandResult> {
    return this.pipe(manifests, 'delete', '--wait=false', ...flags, '-f', '-');
  }

  /** The object as it is stored, or undefined: `stored('destinationrules', 'istio-egress', 'to-a')`. */
  async stored(resource: string, namespace: string, name: string): Promise<unknown> {
    const args = ['get', resource, name, '-n', namespace, '-o', 'json', '--ignore-not-found'];
    const text = succeeded(await this.kubectl(...args));
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  /** Asks the API server itself: `ask('/api/v1/services')`. */
  ask(
    target: string,
    question: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    return ask({ ...question, url: this.plane.url + target, ca: this.plane.ca, token: ADMIN_TOKEN });
  }

  /** Creates namespaces that do not exist yet. */
  async createNamespaces(...names: readonly string[]): Promise<void> {
    const namespaces = names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    succeeded(await this.pipe(namespaces, 'apply', '--server-side', '-f', '-'));
  }

  /**
   * Installs the CRDs of a file, or of manifests, and waits until they are served. A client-side apply fails on their
   * size.
   */
  async installCrds(crds: { readonly file: string } | Manifests): Promise<void> {
    const args = ['apply', '--server-side', '--force-conflicts', '-f'];
    const fromFile = typeof crds === 'object' && 'file' in crds;
    succeeded(await (fromFile ? this.kubectl(...args, crds.file) : this.pipe(crds, ...args, '-')));
    succeeded(await this.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s'));
  }

  /** Registers both webhooks, and waits until the API server asks them. */
  async registerWebhooks(options: WebhookOptions): Promise<void> {
    succeeded(
      await this.pipe(webhookConfigurations(options), 'apply', '--server-side', '--force-conflicts', '-f', '-'),
    );
    await this.#probe('the webhooks are in force', true);
  }

  /** Takes them away again, and waits until the API server asks them no longer. */
  async unregisterWebhooks(): Promise<void> {
    for (const kind of ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration']) {
      succeeded(await this.kubectl('delete', kind, WEBHOOK_NAME, '--ignore-not-found'));
    }
    await this.#probe('the webhooks are gone', false);
  }

  /**
   * Starts the built server over this cluster, as the administrator unless a kubeconfig file is given, and waits until it
   * is ready.
   */
  async startSallyport(options: Partial<SallyportOptions> = {}): Promise<SallyportProcess> {
    const folder = this.folder(`sallyport-${this.#servers.length}`);
    const server = await SallyportProcess.start(folder, { kubeconfig: this.kubeconfig, ...options });
    this.#servers.push(server);
    await server.ready();
    return server;
  }

  /** A server that is ready, with both webhooks on it. */
  async startJudged(options: Partial<SallyportOptions> = {}): Promise<SallyportProcess> {
    const server = await this.startSallyport(options);
    await this.registerWebhooks({ url: server.address, ca: server.ca });
    return server;
  }

  async #probe(what: string, refused: boolean): Promise<void> {
    for (const name of Object.values(PROBES)) {
      await until(what, async () => {
        const target = '/api/v1/namespaces/default/configmaps?dryRun=All';
        const { status } = await this.ask(target, {
          body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
        });
        return refused ? status >= 400 : status === 201;
      });
    }
  }

  #run(command: string, args: readonly string[], input?: string): Promise<CommandResult> {
    const home = this.folder('home');
    const env = {
      KUBECONFIG: this.kubeconfig,
      HOME: home,
      XDG_CACHE_HOME: home,
      XDG_CONFIG_HOME: home,
      XDG_DATA_HOME: home,
    };
    return runCommand(command, args, { env, ...(input === undefined ? {} : { input }) });
  }
}
