import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Agent, request, type AgentOptions, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Test } from 'tap';
import { allowed } from '../../src/admission/response.js';
import { createAuthority, issueServingCertificate } from '../../src/certificates/authority.js';
import type { AdmissionHandlers } from '../../src/server/admission-routes.js';
import { startServer, type BoundAddress, type RunningServer, type ServerOptions } from '../../src/server/start.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { Lines } from '../telemetry/lines.js';

const DAY = 24 * 60 * 60 * 1000;
export const VALID = { notBefore: Date.now() - DAY, notAfter: Date.now() + DAY };
export const AUTHORITY = await createAuthority('a CA', VALID);
export const HOSTS = ['localhost', '127.0.0.1'];
/** Signs for the clients that a server with a client CA hears. */
export const CLIENT_AUTHORITY = await createAuthority('the CA of the clients', VALID);
export const PAIR = await issueServingCertificate(AUTHORITY, HOSTS, VALID);

export const ALLOWING: AdmissionHandlers = {
  validate: (request) => allowed(request.uid),
  mutate: (request) => Promise.resolve(allowed(request.uid)),
};

export interface Harness {
  readonly server: RunningServer;
  readonly lines: Lines;
}

/** A server on free loopback ports that goes away with the test. */
export async function serve(t: Test, options: Partial<ServerOptions> = {}): Promise<Harness> {
  const lines = new Lines();
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    metricsPort: 0,
    certificate: PAIR,
    handlers: ALLOWING,
    onError: () => 'deny',
    readiness: () => [],
    metrics: new Metrics(),
    logger: createLogger({ level: 'debug', destination: lines }),
    drain: { announce: 0 },
    ...options,
  });
  t.teardown(() => server.close());
  return { server, lines };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown;
  readonly connection: Connection;
}

export interface Connection {
  /** The client's port: which connection it was. */
  readonly port: number;
  /** Of the certificate that the server showed. */
  readonly serial: string;
}

export interface Asked extends Omit<RequestOptions, 'headers'> {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** One HTTPS request on a connection of its own, unless an agent is given. */
export function ask(to: BoundAddress, { body, ...options }: Asked): Promise<Answer> {
  const { host, port } = to;
  const outgoing = request({ host, port, ca: AUTHORITY.certificate, agent: false, ...options });
  outgoing.end(body);
  return new Promise((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const connection = connectionOf(incoming.socket);
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode: status = 0, headers } = incoming;
        resolve({ status, headers, text, body: json(text), connection });
      });
    });
  });
}

function connectionOf(socket: Socket): Connection {
  // Not `getPeerX509Certificate`, which finds none when it is asked a second time.
  const serial = socket instanceof TLSSocket ? socket.getPeerCertificate().serialNumber : '';
  return { port: socket.localPort ?? 0, serial };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Posts a body as the API server does. */
export function post(to: BoundAddress, path: string, body: string | Buffer, options: Asked = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...options.headers };
  return ask(to, { method: 'POST', path, body, ...options, headers });
}

export function review(request: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u-1',
      kind: { group: 'networking.istio.io', version: 'v1', kind: 'ServiceEntry' },
      resource: { group: 'networking.istio.io', version: 'v1', resource: 'serviceentries' },
      namespace: 'shop',
      name: 'cnn',
      operation: 'CREATE',
      userInfo: { username: 'jane' },
      object: { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', spec: { hosts: ['confidential.example'] } },
      oldObject: null,
      dryRun: false,
      ...request,
    },
  });
}

/** An agent that keeps one connection open, and says which. */
export function keepAliveAgent(t: Test, options: AgentOptions = {}): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: AUTHORITY.certificate, ...options });
  t.teardown(() => {
    agent.destroy();
  });
  return agent;
}
