import type { FastifyInstance } from 'fastify';
import { admissionListener, type AdmissionListenerOptions } from './admission-listener.js';
import type { DrainTimes } from './drain.js';
import { metricsApp } from './metrics-listener.js';
import type { MetricsText } from './metrics-route.js';
import { ServerError } from './server-error.js';
import { secureContextOptions, type ServingPair } from './tls.js';

export interface ServerOptions extends Omit<AdmissionListenerOptions, 'drain'> {
  /** A name or an address; `0.0.0.0` and `::` are all of the machine's. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** 0 takes a free port. */
  readonly metricsPort: number;
  readonly metrics: MetricsText;
  readonly drain?: Partial<DrainTimes>;
}

/** Where a listener is bound, as the system says. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}

export interface RunningServer {
  readonly address: BoundAddress;
  readonly metricsAddress: BoundAddress;
  /**
   * Serves with another pair from the next handshake on; connections that stand are not touched.
   * @throws ServerError when the pair cannot be used; the old one stays.
   */
  setCertificate(pair: ServingPair): void;
  /** The orderly end, for SIGTERM: unready at once, then closed. The metrics port answers until the end. */
  drain(): Promise<void>;
  /** The end at once, whatever runs. */
  close(): Promise<void>;
}

/** An endpoint is out of every kube-proxy within a few seconds; a pod has 30 s to end, unless told otherwise. */
const DRAIN: DrainTimes = { announce: 5000, finish: 15_000, silence: 1000 };

/**
 * Listens: HTTPS for reviews, plain HTTP for metrics and probes.
 *
 * @throws ServerError when the certificate cannot be used or a port cannot be had.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, metricsPort, clientCa, logger } = options;
  const listener = admissionListener({ ...options, drain: { ...DRAIN, ...options.drain } });
  const metrics = metricsApp(listener.readiness, options.metrics, logger);
  const address = await listen(listener.app, { host, port }, 'reviews');
  let metricsAddress: BoundAddress;
  try {
    metricsAddress = await listen(metrics, { host, port: metricsPort }, 'metrics');
  } catch (error) {
    await listener.close();
    throw error;
  }
  logger.info({ address, metricsAddress }, 'listening');
  return {
    address,
    metricsAddress,
    setCertificate(pair) {
      listener.server.setSecureContext(secureContextOptions(pair, clientCa));
    },
    async drain() {
      await listener.drain();
      await metrics.close();
    },
    async close() {
      await Promise.all([listener.close(), metrics.close()]);
    },
  };
}

async function listen(app: FastifyInstance, wanted: BoundAddress, purpose: string): Promise<BoundAddress> {
  try {
    await app.listen({ ...wanted });
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const what = why === 'EADDRINUSE' ? 'another process listens there' : why;
    throw new ServerError('listen-failed', `cannot listen for ${purpose} on ${wanted.host}:${wanted.port}: ${what}`, {
      cause: error,
    });
  }
  const bound = app.server.address();
  return typeof bound === 'object' && bound !== null ? { host: bound.address, port: bound.port } : wanted;
}
