import type { FastifyInstance } from 'fastify';
import { ReviewError } from '../admission/review.js';
import { LIMITS } from './limits.js';
import type { Logger } from '../telemetry/logger.js';

/** The body of every answer that is no review. */
interface ErrorAnswer {
  readonly code: string;
  readonly message: string;
}

/** What Fastify refuses by itself, in words of ours that tell what to do. */
const REFUSALS: ReadonlyMap<string, ErrorAnswer> = new Map([
  ['FST_ERR_CTP_EMPTY_JSON_BODY', { code: 'empty-body', message: 'the body is empty: send an AdmissionReview' }],
  ['FST_ERR_CTP_INVALID_JSON_BODY', { code: 'broken-json', message: 'the body is not valid JSON' }],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', { code: 'media-type', message: 'the media type must be application/json' }],
  ['FST_ERR_CTP_BODY_TOO_LARGE', { code: 'too-large', message: `the body is over ${LIMITS.bodyLimit} bytes (7 MiB)` }],
]);

/** The one place where what goes wrong becomes an answer. */
export function addErrorAnswers(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler(async (request, reply) => {
    const answer: ErrorAnswer = { code: 'not-found', message: `there is no ${request.method} for this path` };
    return reply.code(404).send(answer);
  });
  app.setErrorHandler(async (error, request, reply) => {
    const { status, answer } = answerTo(error);
    const asked = { method: request.method, path: request.routeOptions.url, status };
    if (status >= 500) logger.error({ err: error, ...asked }, 'request failed');
    else logger.warn({ code: answer.code, ...asked }, 'request refused');
    // Fastify would close the connection at once, and a client that is still sending would see a broken pipe in place of
    // the answer. Kept open, Node reads on and throws away what comes, no longer than the request timeout.
    reply.removeHeader('connection');
    return reply.code(status).send(answer);
  });
}

function answerTo(error: unknown): { readonly status: number; readonly answer: ErrorAnswer } {
  if (error instanceof ReviewError) return { status: 400, answer: { code: error.code, message: error.message } };
  const status = clientErrorStatus(error);
  if (!(error instanceof Error) || status === undefined) {
    // The text of an unknown error is for the log only: who asks may be anybody.
    return { status: 500, answer: { code: 'internal', message: 'the server failed; its log tells more' } };
  }
  const code = 'code' in error ? String(error.code) : '';
  return { status, answer: REFUSALS.get(code) ?? { code: 'refused', message: error.message } };
}

/** Fastify's own refusals say their status; undefined where the fault is not the client's. */
function clientErrorStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}
