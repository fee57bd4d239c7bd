import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from '../telemetry/logger.js';
import { addErrorAnswers } from './error-answers.js';
import { addHealthRoutes, type Readiness } from './health-routes.js';
import { addMetricsRoute, type MetricsText } from './metrics-route.js';

/** The plain side: what a kubelet and a Prometheus ask, who have no client certificate and need no secrecy. */
export function metricsApp(readiness: Readiness, metrics: MetricsText, logger: Logger): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  addErrorAnswers(app, logger);
  addHealthRoutes(app, readiness);
  addMetricsRoute(app, metrics);
  return app;
}
