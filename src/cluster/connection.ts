import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node';
import { errorOfStatus } from './api-status.js';
import { SYSTEM_CLOCK, type Clock } from './clock.js';
import { ClusterError } from './cluster-error.js';
import { loadKubeConfig, type KubeconfigChoice } from './kubeconfig.js';
import { parseJson } from './watch-event.js';

/** One request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** As the API server knows it: `/api/v1/namespaces`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly mediaType: string; readonly text: string };
  /** Milliseconds for the whole answer, or, of a stream, for its beginning. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  /** 200 to 299. */
  readonly status: number;
  readonly document: unknown;
}

/** The way to one API server, shared by all that ask it. */
export interface ClusterConnection {
  /** The address of the API server. */
  readonly server: string;
  /**
   * Asks and reads the whole answer.
   *
   * @throws ClusterError for every answer that is no success, and for none at all
   */
  request(request: ApiRequest): Promise<ApiAnswer>;
  /**
   * Asks and hands over the answer's bytes as they come. Resolves when the API server has ended the answer in order.
   *
   * @param idle milliseconds without a byte after which the connection counts as dead
   * @throws ClusterError as `request`; what `receive` throws ends the stream, as `unexpected-answer` unless it is a ClusterError
   */
  stream(request: ApiRequest, idle: number, receive: (chunk: Buffer) => void): Promise<void>;
  /** Ends all sockets. What is under way fails as `unreachable`. */
  close(): void;
}

export interface ConnectOptions extends KubeconfigChoice {
  readonly clock?: Clock;
}

/**
 * Finds a cluster; nothing is sent before the first request.
 *
 * Only the client's reading of kubeconfig files and its ways to prove an identity are used: its requests go through
 * `fetch`, which neither notices a dead connection nor lets go of its sockets when told.
 *
 * @throws ClusterError `kubeconfig`
 */
export async function connect(options: ConnectOptions): Promise<ClusterConnection> {
  const config = await loadKubeConfig(options);
  const server = (config.getCurrentCluster()?.server ?? '').replace(/\/+$/, '');
  try {
    new URL(server);
  } catch (cause) {
    throw new ClusterError('kubeconfig', `the address of the API server is not a URL: "${server}"`, { cause });
  }
  return new HttpConnection(config, server, options.clock ?? SYSTEM_CLOCK);
}

class HttpConnection implements ClusterConnection {
  readonly server: string;
  readonly #config: KubeConfig;
  readonly #clock: Clock;
  readonly #agent: http.Agent;
  /** The client's own agents, which know the way through a proxy. */
  readonly #proxies = new Set<http.Agent>();

  constructor(config: KubeConfig, server: string, clock: Clock) {
    this.server = server;
    this.#config = config;
    this.#clock = clock;
    // An agent of our own: the client's keeps the certificates of its first request for ever.
    const agentOptions = { keepAlive: true, keepAliveMsecs: 15_000 };
    this.#agent = server.startsWith('http:') ? new http.Agent(agentOptions) : new https.Agent(agentOptions);
  }

  async request(request: ApiRequest): Promise<ApiAnswer> {
    return this.#exchange(request, async (response) => {
      const status = response.statusCode ?? 0;
      return { status, document: parseJson(await text(response), doing(request)) };
    });
  }

  async stream(request: ApiRequest, idle: number, receive: (chunk: Buffer) => void): Promise<void> {
    return this.#exchange(request, async (response, extend) => {
      extend(idle);
      for await (const chunk of response) {
        extend(idle);
        if (Buffer.isBuffer(chunk)) hand(chunk, receive, request);
      }
    });
  }

  close(): void {
    this.#agent.destroy();
    for (const proxy of this.#proxies) proxy.destroy();
  }

  /**
   * One request and the reading of its answer, under a deadline that the reader may extend. Whatever ends it, its socket
   * and its timer are gone afterwards.
   */
  async #exchange<T>(
    request: ApiRequest,
    read: (response: http.IncomingMessage, extend: (milliseconds: number) => void) => Promise<T>,
  ): Promise<T> {
    let outgoing: http.ClientRequest | undefined;
    let ended: ClusterError | undefined;
    let fail: (error: ClusterError) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const end = (error: ClusterError): void => {
      ended ??= error;
      fail(ended);
      outgoing?.destroy(ended);
    };
    const late = (): void => {
      end(new ClusterError('timeout', `${doing(request)}: no answer in time`));
    };
    const aborted = (): void => {
      end(new ClusterError('aborted', `${doing(request)}: ended before the answer`));
    };
    let cancel = this.#clock.after(request.timeout, late);
    const extend = (milliseconds: number): void => {
      cancel();
      cancel = this.#clock.after(milliseconds, late);
    };
    request.signal.addEventListener('abort', aborted);
    if (request.signal.aborted) aborted();

    const work = async (): Promise<T> => {
      const options = await this.#options(request);
      if (ended !== undefined) throw ended;
      const { promise, sent } = send(new URL(this.server + request.path), options, request);
      outgoing = sent;
      const response = await promise;
      if (!isSuccess(response)) throw await refusal(request, response);
      return read(response, extend);
    };
    try {
      return await Promise.race([work(), failed]);
    } catch (cause) {
      outgoing?.destroy();
      const error = ended ?? asClusterError(request, cause);
      if (error.code === 'timeout' || error.code === 'unreachable') this.#dropIdleSockets();
      throw error;
    } finally {
      cancel();
      request.signal.removeEventListener('abort', aborted);
    }
  }

  async #options(request: ApiRequest): Promise<https.RequestOptions> {
    const headers: http.OutgoingHttpHeaders = { accept: 'application/json', 'user-agent': 'sallyport' };
    if (request.body !== undefined) headers['content-type'] = request.body.mediaType;
    const options: https.RequestOptions = { method: request.method, headers };
    try {
      await this.#config.applyToHTTPSOptions(options);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ClusterError('kubeconfig', `cannot prove who asks ${this.server}: ${reason}`, { cause });
    }
    const viaProxy = this.#config.getCurrentCluster()?.proxyUrl !== undefined;
    if (viaProxy && options.agent instanceof http.Agent) this.#proxies.add(options.agent);
    else options.agent = this.#agent;
    return options;
  }

  /**
   * When one connection turned out to be dead, those that wait in the pool are dead too, and each would have to be found
   * out by another request that runs into its timeout.
   */
  #dropIdleSockets(): void {
    for (const agent of [this.#agent, ...this.#proxies]) {
      for (const sockets of Object.values(agent.freeSockets)) {
        for (const socket of sockets ?? []) socket.destroy();
      }
    }
  }
}

function send(
  url: URL,
  options: https.RequestOptions,
  request: ApiRequest,
): { readonly sent: http.ClientRequest; readonly promise: Promise<http.IncomingMessage> } {
  for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
  const sent = url.protocol === 'http:' ? http.request(url, options) : https.request(url, options);
  const promise = new Promise<http.IncomingMessage>((resolve, reject) => {
    // The listener for errors stays: a socket may break after its answer, and an error that nobody hears ends the process.
    sent.on('error', reject);
    sent.once('response', (response) => {
      response.on('error', () => undefined);
      resolve(response);
    });
  });
  sent.end(request.body?.text);
  return { sent, promise };
}

/** What the reader of a stream cannot take is no fault of the connection, and must not look like one. */
function hand(chunk: Buffer, receive: (chunk: Buffer) => void, request: ApiRequest): void {
  try {
    receive(chunk);
  } catch (cause) {
    if (cause instanceof ClusterError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterError('unexpected-answer', `${doing(request)}: what came could not be taken: ${reason}`, {
      cause,
    });
  }
}

function isSuccess(response: http.IncomingMessage): boolean {
  const status = response.statusCode ?? 0;
  return status >= 200 && status < 300;
}

async function refusal(request: ApiRequest, response: http.IncomingMessage): Promise<ClusterError> {
  const status = response.statusCode ?? 0;
  const body = await text(response);
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    // A path that is not served is answered with plain text: the status alone says what there is to say.
  }
  const error = errorOfStatus(doing(request), document, status);
  const seconds = Number(response.headers['retry-after']);
  if (error.retryAfter !== undefined || !(seconds > 0)) return error;
  const { code, message, causes } = error;
  return new ClusterError(code, message, { status, causes, retryAfter: seconds * 1000 });
}

function asClusterError(request: ApiRequest, cause: unknown): ClusterError {
  if (cause instanceof ClusterError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClusterError('unreachable', `${doing(request)}: the connection failed: ${reason}`, { cause });
}

function doing(request: ApiRequest): string {
  return `${request.method} ${request.path}`;
}
