import fastify, { type FastifyInstance } from 'fastify';
import { createServer, type Server } from 'node:https';
import type { Logger } from '../telemetry/logger.js';
import { addAdmissionRoutes, type AdmissionRoutesOptions } from './admission-routes.js';
import { addDrain, type Drain, type DrainTimes } from './drain.js';
import { addErrorAnswers } from './error-answers.js';
import { addHealthRoutes, type Readiness } from './health-routes.js';
import { LIMITS } from './limits.js';
import { RepeatedReviews } from './repeated-reviews.js';
import { addReviewBody } from './review-body.js';
import { secureContextOptions, type ServingPair } from './tls.js';

export interface AdmissionListenerOptions extends Omit<AdmissionRoutesOptions, 'reviews'> {
  readonly certificate: ServingPair;
  /** PEM of the CAs that sign client certificates; without one of theirs a client is refused in the handshake. */
  readonly clientCa?: string;
  readonly readiness: Readiness;
  readonly drain: DrainTimes;
  readonly logger: Logger;
}

export interface AdmissionListener extends Drain {
  readonly app: FastifyInstance;
  readonly server: Server;
  /** The given reasons, and that the server drains. */
  readonly readiness: Readiness;
}

/** The HTTPS side, not yet listening. */
export function admissionListener(options: AdmissionListenerOptions): AdmissionListener {
  const { certificate, clientCa, logger } = options;
  const { bodyLimit, requestTimeout, headersTimeout, handshakeTimeout, keepAliveTimeout } = LIMITS;
  const context = secureContextOptions(certificate, clientCa);
  const clients = clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  const server = createServer({
    ...context,
    ...clients,
    requestTimeout,
    headersTimeout,
    handshakeTimeout,
    keepAliveTimeout,
  });
  const app = fastify({
    // Fastify would log requests in its own words and make a logger for each.
    logger: false,
    bodyLimit,
    // What still comes while the doors close is judged like everything else, not answered with 503.
    return503OnClosing: false,
    serverFactory: (handler) => server.on('request', handler),
  });
  server.on('tlsClientError', (error) => {
    logger.debug({ err: error }, 'TLS handshake failed');
  });
  const drain = addDrain(app, server, options.drain, logger);
  addErrorAnswers(app, logger);
  const reviews = new RepeatedReviews();
  addReviewBody(app, reviews);
  const readiness = () => (drain.draining() ? ['the server is draining', ...options.readiness()] : options.readiness());
  addHealthRoutes(app, readiness);
  addAdmissionRoutes(app, { ...options, reviews });
  return { app, server, readiness, ...drain };
}
