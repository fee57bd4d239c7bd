import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  denied,
  erred,
  toReview,
  type AdmissionResponse,
  type AdmissionReviewAnswer,
  type FailureMode,
  type Judgement,
} from '../admission/response.js';
import { parseReview, ReviewError, type AdmissionRequest } from '../admission/review.js';
import type { Logger } from '../telemetry/logger.js';
import type { RepeatedReviews } from './repeated-reviews.js';
import { reviewFields } from './review-fields.js';
import { answerBudget, DeadlineError, withinDeadline, type Deadline } from './deadline.js';

/** Who judges. What they throw is answered by the failure mode. */
export interface AdmissionHandlers {
  validate(request: AdmissionRequest): AdmissionResponse | Promise<AdmissionResponse>;
  mutate(request: AdmissionRequest, deadline: Deadline): Promise<AdmissionResponse>;
}

export type Webhook = 'validate' | 'mutate';
export type Decision = 'allowed' | 'denied' | 'patched';

/** One answer, for whoever counts them. */
export interface Answered {
  readonly webhook: Webhook;
  readonly request: AdmissionRequest;
  readonly decision: Decision;
  /** The handler threw or was too late, and the failure mode decided. */
  readonly erred: boolean;
  /** Seconds from the arrival of the request's headers. */
  readonly seconds: number;
  /** What it comes from, where a judgement was reached. */
  readonly judgement?: Judgement;
}

export interface AdmissionRoutesOptions {
  readonly handlers: AdmissionHandlers;
  /** Asked at every failure, because the policy may change while the server runs. */
  readonly onError: () => FailureMode;
  readonly logger: Logger;
  /** What the bodies were looked up in. */
  readonly reviews: RepeatedReviews;
  readonly onAnswered?: (answered: Answered) => void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** When the headers had arrived, on the clock of `performance.now`. */
    arrivedAt: number;
  }
}

/** `POST /validate` and `POST /mutate`. What is a review is answered with HTTP 200, a review and its uid, come what may. */
export function addAdmissionRoutes(app: FastifyInstance, options: AdmissionRoutesOptions): void {
  app.decorateRequest('arrivedAt', 0);
  app.addHook('onRequest', (request, _reply, done) => {
    request.arrivedAt = performance.now();
    done();
  });
  const { handlers } = options;
  app.post('/validate', (request) => answer('validate', request, (review) => handlers.validate(review), options));
  app.post('/mutate', (request) =>
    answer('mutate', request, (review, deadline) => handlers.mutate(review, deadline), options),
  );
}

type Judge = (request: AdmissionRequest, deadline: Deadline) => AdmissionResponse | Promise<AdmissionResponse>;

/** @throws ReviewError for what is no review, or has no uid to answer with. */
async function answer(
  webhook: Webhook,
  request: FastifyRequest,
  judge: Judge,
  options: AdmissionRoutesOptions,
): Promise<AdmissionReviewAnswer> {
  const review = read(request, options.reviews);
  if ('response' in review) return review;
  const { document, failed, judgement } = await judged(request, review, judge, options);
  const { response } = document;
  const decision = !response.allowed ? 'denied' : response.patch === undefined ? 'allowed' : 'patched';
  const seconds = (performance.now() - request.arrivedAt) / 1000;
  const answered = { webhook, request: review, decision, erred: failed, seconds } as const;
  tell(judgement === undefined ? answered : { ...answered, judgement }, options);
  return document;
}

/** The request, or a denial that names the field where all but the uid cannot be read. */
function read(request: FastifyRequest, reviews: RepeatedReviews): AdmissionRequest | AdmissionReviewAnswer {
  if (request.repeated !== undefined) return request.repeated;
  try {
    const review = parseReview(request.body, request.keysDropped);
    const text = request.reviewText;
    // A body that says its uid twice is nobody's but its sender's.
    if (text?.uid !== review.uid) return review;
    const asked = { ...review, question: text.question };
    reviews.keep(text, asked);
    return asked;
  } catch (error) {
    if (!(error instanceof ReviewError) || error.uid === undefined) throw error;
    return toReview(denied(error.uid, `The review cannot be read: ${error.message}.`), base64);
  }
}

interface JudgedReview {
  readonly document: AdmissionReviewAnswer;
  readonly failed: boolean;
  readonly judgement: Judgement | undefined;
}

async function judged(
  request: FastifyRequest,
  review: AdmissionRequest,
  judge: Judge,
  { onError, logger }: AdmissionRoutesOptions,
): Promise<JudgedReview> {
  const { uid } = review;
  try {
    const budget = answerBudget(timeoutOf(request.query));
    const response = await withinDeadline(request.arrivedAt, budget, (deadline) => judge(review, deadline));
    return { document: toReview({ ...response, uid }, base64), failed: false, judgement: response.judgement };
  } catch (error) {
    const mode = onError();
    logger.error({ err: error, mode, ...reviewFields(review) }, 'review not judged');
    return { document: toReview(erred(uid, problemOf(error), mode), base64), failed: true, judgement: undefined };
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof DeadlineError)) return 'the judgement failed with an error of its own';
  return `the judgement was not done within ${(error.budget / 1000).toFixed(1)} s, which the API server's timeout left it`;
}

/** Logs and counts; whatever goes wrong with that, the answer stands. */
function tell(answered: Answered, { logger, onAnswered }: AdmissionRoutesOptions): void {
  const { webhook, request, decision, seconds, judgement } = answered;
  const durationMs = Math.round(seconds * 1e6) / 1e3;
  const rules = rulesIn(judgement);
  // A cluster asks thousands of times what nobody needs to read of afterwards.
  const level = decision === 'allowed' && rules.length === 0 ? 'debug' : 'info';
  if (logger.isLevelEnabled(level)) {
    const found = rules.length === 0 ? {} : { rules };
    logger[level]({ webhook, ...reviewFields(request), decision, ...found, durationMs }, 'review answered');
  }
  try {
    onAnswered?.(answered);
  } catch (error) {
    logger.error({ err: error }, 'answer not counted');
  }
}

/** Which rules have a part in an answer: their names, and nothing of what they found. */
function rulesIn(judgement: Judgement | undefined): readonly string[] {
  if (judgement === undefined || !('decision' in judgement)) return NO_RULES;
  return [...new Set(judgement.decision.findings.map(({ rule }) => rule))];
}

const NO_RULES: readonly string[] = [];

function timeoutOf(query: unknown): unknown {
  return typeof query === 'object' && query !== null && 'timeout' in query ? query.timeout : undefined;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
