/** `metav1.GroupVersionKind`. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** `metav1.GroupVersionResource`. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** The part of `AdmissionRequest` (`admission.k8s.io/v1`) that Sallyport reads. */
export interface AdmissionRequest {
  readonly uid: string;
  /** The version that the objects below are written in. */
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subResource?: string;
  /** What the client sent, where `matchPolicy: Equivalent` made the API server convert it. */
  readonly requestKind?: GroupVersionKind;
  /** Empty for an object without a namespace. */
  readonly namespace: string;
  /** Empty where the API server is yet to make one from `generateName`. */
  readonly name: string;
  readonly operation: Operation;
  /** Empty where the review names nobody. */
  readonly username: string;
  readonly dryRun: boolean;
  /** As sent, unread; null where there is none (DELETE). */
  readonly object: unknown;
  /** As sent, unread; null where there is none (CREATE). */
  readonly oldObject: unknown;
  /**
   * The reader of the bytes dropped keys such as `__proto__`, so the objects hold less than what the API server will
   * store. A header match named `__proto__` is legal: without it a route looks wider than it is.
   */
  readonly keysDropped?: true;
  /** All of the review but its uid: two reviews with the same text ask the same. Undefined where nobody compares them. */
  readonly question?: string;
}

export type ReviewErrorCode =
  'not-an-object' | 'wrong-version' | 'wrong-kind' | 'no-request' | 'no-uid' | 'wrong-field';

/** The body is no review, or one that cannot be read. */
export class ReviewError extends Error {
  override readonly name = 'ReviewError';
  readonly code: ReviewErrorCode;
  /** JSON path in the review; empty for the body itself. */
  readonly field: string;
  /** Known where only what follows the uid cannot be read: such a review can still be answered. */
  readonly uid: string | undefined;

  constructor(code: ReviewErrorCode, field: string, message: string, uid?: string) {
    super(message);
    this.code = code;
    this.field = field;
    this.uid = uid;
  }
}

/**
 * Reads an AdmissionReview. Nothing is coerced: a port "443" in the objects stays a string, and a `uid` that is a number
 * is refused. Unknown fields are ignored; an absent one has the zero value that it has in the API server's own type.
 *
 * @param keysDropped whether the parser of the bytes left keys out (see `AdmissionRequest.keysDropped`).
 * @throws ReviewError
 */
export function parseReview(body: unknown, keysDropped = false): AdmissionRequest {
  if (!isRecord(body))
    throw new ReviewError('not-an-object', '', 'the body is not a JSON object: send an AdmissionReview');
  const { apiVersion, kind: document, request } = body;
  if (apiVersion !== 'admission.k8s.io/v1') {
    throw new ReviewError('wrong-version', 'apiVersion', 'apiVersion must be "admission.k8s.io/v1"');
  }
  if (document !== 'AdmissionReview') throw new ReviewError('wrong-kind', 'kind', 'kind must be "AdmissionReview"');
  if (!isRecord(request)) throw new ReviewError('no-request', 'request', 'request must be an object');
  const uid = request['uid'];
  if (typeof uid !== 'string' || uid === '') {
    throw new ReviewError('no-uid', 'request.uid', 'request.uid must be a string that is not empty');
  }
  const at: Place = { uid, path: 'request' };
  const subResource = text(request, 'subResource', at);
  const requestKind = optionalRecord(request, 'requestKind', at);
  return {
    uid,
    kind: groupVersionKind(request['kind'], below(at, 'kind')),
    resource: groupVersionResource(optionalRecord(request, 'resource', at) ?? {}, below(at, 'resource')),
    ...(subResource === '' ? {} : { subResource }),
    ...(requestKind === undefined ? {} : { requestKind: groupVersionKind(requestKind, below(at, 'requestKind')) }),
    namespace: text(request, 'namespace', at),
    name: text(request, 'name', at),
    operation: operation(request['operation'], below(at, 'operation')),
    username: text(optionalRecord(request, 'userInfo', at) ?? {}, 'username', below(at, 'userInfo')),
    dryRun: flag(request, 'dryRun', at),
    object: request['object'] ?? null,
    oldObject: request['oldObject'] ?? null,
    ...(keysDropped ? { keysDropped } : {}),
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Where the reader stands, and the uid with which even a refusal is answered. */
interface Place {
  readonly uid: string;
  readonly path: string;
}

function below(at: Place, key: string): Place {
  return { uid: at.uid, path: `${at.path}.${key}` };
}

function wrong(at: Place, expected: string): ReviewError {
  return new ReviewError('wrong-field', at.path, `${at.path} must be ${expected}`, at.uid);
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(record: JsonObject, key: string, at: Place): string {
  const value = record[key] ?? '';
  if (typeof value !== 'string') throw wrong(below(at, key), 'a string');
  return value;
}

function flag(record: JsonObject, key: string, at: Place): boolean {
  const value = record[key] ?? false;
  if (typeof value !== 'boolean') throw wrong(below(at, key), 'true or false');
  return value;
}

function optionalRecord(record: JsonObject, key: string, at: Place): JsonObject | undefined {
  const value = record[key] ?? undefined;
  if (value !== undefined && !isRecord(value)) throw wrong(below(at, key), 'an object');
  return value;
}

function operation(value: unknown, at: Place): Operation {
  switch (value) {
    case 'CREATE':
    case 'UPDATE':
    case 'DELETE':
    case 'CONNECT':
      return value;
    default:
      throw wrong(at, 'CREATE, UPDATE, DELETE or CONNECT');
  }
}

function groupVersionKind(value: unknown, at: Place): GroupVersionKind {
  if (!isRecord(value)) throw wrong(at, 'an object with group, version and kind');
  const kind = text(value, 'kind', at);
  if (kind === '') throw wrong(below(at, 'kind'), 'a string that is not empty');
  return { group: text(value, 'group', at), version: text(value, 'version', at), kind };
}

function groupVersionResource(value: JsonObject, at: Place): GroupVersionResource {
  return {
    group: text(value, 'group', at),
    version: text(value, 'version', at),
    resource: text(value, 'resource', at),
  };
}
