/** The pauses between attempts that fail one after another. */
export interface Backoff {
  /** Milliseconds to wait before the next attempt; longer each time, up to the limit. */
  next(): number;
  /** The last attempt went well: the next failure starts with the shortest pause. */
  reset(): void;
}

export interface BackoffOptions {
  /** Milliseconds of the first pause, before jitter. */
  readonly first: number;
  /** Milliseconds that no pause exceeds. */
  readonly limit: number;
  /** As `Math.random`. */
  readonly random: () => number;
}

/**
 * Pauses that double, of which the upper half is random: a dozen watches that were cut by the same event must not all
 * come back at the same moment, and none may come back at once.
 */
export function createBackoff(options: BackoffOptions): Backoff {
  let failures = 0;
  return {
    next: () => {
      const whole = Math.min(options.limit, options.first * 2 ** failures);
      // 2^30 times any pause is beyond every limit; the exponent must not grow for as long as a cluster is away.
      failures = Math.min(failures + 1, 30);
      return whole / 2 + (whole / 2) * options.random();
    },
    reset: () => {
      failures = 0;
    },
  };
}
