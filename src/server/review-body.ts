import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Server } from 'node:https';
import type { AdmissionRequest } from '../admission/review.js';
import { reviewText, type RepeatedReviews, type ReviewText } from './repeated-reviews.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body held keys that were dropped, because they would poison prototypes. */
    keysDropped: boolean;
    /** The body in two, where it is written as API servers write it. */
    reviewText: ReviewText | undefined;
    /** The review, where one that asks the same was read a moment ago: then there is no body. */
    repeated: AdmissionRequest | undefined;
  }
}

/**
 * Takes `application/json` (with any parameters) and nothing else. A body with `__proto__` keys is legal JSON that an
 * attacker may have put into an object, and its review must be answered with its uid: the keys are dropped, and the
 * request says so, because the API server keeps them and the object that is judged is not quite the one that is stored.
 */
export function addReviewBody(app: FastifyInstance<Server>, reviews: RepeatedReviews): void {
  app.removeAllContentTypeParsers();
  app.decorateRequest('keysDropped', false);
  app.decorateRequest('reviewText', undefined);
  app.decorateRequest('repeated', undefined);
  const strict = app.getDefaultJsonParser('error', 'error');
  const dropping = app.getDefaultJsonParser('remove', 'remove');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    request.reviewText = reviewText(text);
    request.repeated = request.reviewText === undefined ? undefined : reviews.of(request.reviewText);
    if (request.repeated !== undefined) {
      done(null, undefined);
      return;
    }
    const whole = run(strict, request, text);
    if (whole.error === null) {
      done(null, whole.body);
      return;
    }
    // Either broken JSON, then this fails too, or such keys.
    const rest = run(dropping, request, text);
    request.keysDropped = true;
    done(rest.error, rest.body);
  });
}

type JsonParser = ReturnType<FastifyInstance['getDefaultJsonParser']>;

interface Outcome {
  readonly error: Error | null;
  readonly body?: unknown;
}

/** Fastify's parsers call back at once; the outcome is taken out, so that an error of what follows is not taken for theirs. */
function run(parser: JsonParser, request: FastifyRequest, text: string): Outcome {
  const outcomes: Outcome[] = [];
  void parser(request, text, (error, body: unknown) => {
    outcomes.push({ error, body });
  });
  return outcomes[0] ?? { error: new Error('the parser has not answered') };
}
