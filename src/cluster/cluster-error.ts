/** What went wrong between Sallyport and the API server. */
export type ClusterErrorCode =
  /** The kubeconfig file cannot be read, or names no cluster that could be asked. */
  | 'kubeconfig'
  /** No connection, or it broke. */
  | 'unreachable'
  /** No answer in time. */
  | 'timeout'
  /** The caller asked no longer. */
  | 'aborted'
  /** 401: the API server does not know the caller. */
  | 'unauthorized'
  /** 403: it knows the caller, and RBAC or an admission webhook refuses. */
  | 'forbidden'
  /** 404. */
  | 'not-found'
  /** 409: another field manager owns a field, or the object has changed meanwhile. */
  | 'conflict'
  /** 410: the resource version is too old to watch or list on from. */
  | 'gone'
  /** 400, 422: the object is not valid. */
  | 'invalid'
  /** 429, 503: later. */
  | 'overloaded'
  /** Every other status. */
  | 'failed'
  /** The answer is not what the API promises: not JSON, no list, no watch event. */
  | 'unexpected-answer';

/** One of the reasons that the API server gives: with a conflict, the field and who owns it. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export interface ClusterErrorDetails {
  readonly cause?: unknown;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  readonly causes?: readonly StatusCause[];
  /** Milliseconds after which the API server wants to be asked again. */
  readonly retryAfter?: number;
}

/** The one error of this room. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;
  readonly status: number | undefined;
  readonly causes: readonly StatusCause[];
  readonly retryAfter: number | undefined;

  constructor(code: ClusterErrorCode, message: string, details: ClusterErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.causes = details.causes ?? [];
    this.retryAfter = details.retryAfter;
  }
}

/** The code that stands for an HTTP status which is no success. */
export function codeOfStatus(status: number): ClusterErrorCode {
  switch (status) {
    case 400:
    case 422:
      return 'invalid';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    case 410:
      return 'gone';
    case 429:
    case 503:
      return 'overloaded';
    default:
      return 'failed';
  }
}
