import type { FastifyInstance } from 'fastify';

/** What is counted, as a Prometheus reads it. */
export interface MetricsText {
  readonly contentType: string;
  text(): Promise<string>;
}

export function addMetricsRoute(app: FastifyInstance, metrics: MetricsText): void {
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
