import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from '../telemetry/logger.js';
import { addErrorAnswers } from './error-answers.js';
import { addHealthRoutes, type Readiness } from './health-routes.js';

/** The plain side: what a kubelet and a Prometheus ask, who have no client certificate and need no secrecy. */
export function metricsApp(readiness: Readiness, logger: Logger): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  addErrorAnswers(app, logger);
  addHealthRoutes(app, readiness);
  return app;
}
