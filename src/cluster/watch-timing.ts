/** How patient a watch is; all in milliseconds. */
export interface WatchTiming {
  /**
   * A watch is asked for two thirds of this to all of it, then the API server ends it and another one follows. The age of a
   * quiet world stays below this, and so must this below `failure.staleAfter`: bookmarks cannot be waited for. The API
   * server sends one when its own cache has moved on, which in a quiet cluster is once in two minutes (measured on 1.36).
   */
  readonly watch: number;
  /** What a watch may last beyond the time that it was asked for before its connection counts as dead. */
  readonly grace: number;
  /** For a page of a list, or the beginning of a watch. */
  readonly request: number;
  /** The first and the longest pause between attempts that fail. */
  readonly retry: number;
  readonly retryLimit: number;
  /** Between two looks for a kind that is not served, more or less a quarter. */
  readonly recheck: number;
}

export const WATCH_TIMING: WatchTiming = {
  watch: 30_000,
  grace: 10_000,
  request: 20_000,
  retry: 500,
  retryLimit: 10_000,
  recheck: 10_000,
};
