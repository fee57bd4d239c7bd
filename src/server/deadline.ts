import { parseGoDuration } from './go-duration.js';

/** Until when an answer is worth something to the API server. */
export interface Deadline {
  /** Aborted at the deadline: for whatever is asked over the network meanwhile. */
  readonly signal: AbortSignal;
  /** Milliseconds left, never negative. */
  remaining(): number;
}

/** The work was not done at its deadline. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code = 'deadline-exceeded';
  /** Milliseconds that the work had. */
  readonly budget: number;

  constructor(budget: number) {
    super('the deadline of the request has passed');
    this.budget = budget;
  }
}

/** What the API server waits when the webhook's `timeoutSeconds` is not set. */
const DEFAULT_TIMEOUT = 10_000;

/** The API server allows no longer `timeoutSeconds`. */
const LONGEST_TIMEOUT = 30_000;

/** Kept back for the way of the answer, so that it is ours that the API server sees and not its own timeout. */
const RESERVE = 1000;

/**
 * Milliseconds for the answer to a request whose query says `timeout`, the Go duration that the API server adds to every
 * webhook call (`callHook`, apiserver/pkg/admission/plugin/webhook). What says nothing sensible is the default. A timeout
 * of less than twice the reserve is halved, so that something is left.
 */
export function answerBudget(timeout: unknown): number {
  const said = typeof timeout === 'string' ? parseGoDuration(timeout) : undefined;
  const allowed = said === undefined || said <= 0 ? DEFAULT_TIMEOUT : Math.min(said, LONGEST_TIMEOUT);
  return Math.max(allowed - RESERVE, allowed / 2);
}

/**
 * Runs `work` until its deadline, `budget` milliseconds after `start` (on the clock of `performance.now`). The timer does
 * not keep the process alive: the connection that waits for the answer does.
 *
 * @throws DeadlineError when it is not done by then; it is told through the signal, and what it answers later is dropped.
 */
export async function withinDeadline<T>(
  start: number,
  budget: number,
  work: (deadline: Deadline) => T | Promise<T>,
): Promise<T> {
  const deadline = new Countdown(start + budget);
  const answer = work(deadline);
  // Most work is done at once and needs no timer.
  if (!(answer instanceof Promise)) return answer;
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new DeadlineError(budget);
      reject(error);
      deadline.pass(error);
    }, deadline.remaining()).unref();
  });
  try {
    return await Promise.race([answer, passed]);
  } finally {
    clearTimeout(timer);
  }
}

class Countdown implements Deadline {
  readonly #end: number;
  #controller: AbortController | undefined;
  #passed: DeadlineError | undefined;

  constructor(end: number) {
    this.#end = end;
  }

  /** Made only when somebody asks: it is dear, and few do. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#passed) this.#controller.abort(this.#passed);
    }
    return this.#controller.signal;
  }

  remaining(): number {
    return Math.max(0, this.#end - performance.now());
  }

  pass(error: DeadlineError): void {
    this.#passed = error;
    this.#controller?.abort(error);
  }
}
