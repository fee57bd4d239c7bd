import type { FastifyInstance } from 'fastify';

/** Why the server should get no reviews yet, or no more: each a sentence for people; empty when it is ready. */
export type Readiness = () => readonly string[];

/**
 * `/livez` says that the event loop turns: only when it does not would a restart help. `/readyz` says every reason that
 * speaks against sending reviews here.
 */
export function addHealthRoutes(app: FastifyInstance, readiness: Readiness): void {
  app.get('/livez', async (_request, reply) => reply.send({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const reasons = readiness();
    if (reasons.length === 0) return reply.send({ status: 'ready' });
    return reply.code(503).send({ status: 'not ready', message: `not ready: ${reasons.join('; ')}`, reasons });
  });
}
