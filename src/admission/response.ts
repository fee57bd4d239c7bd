import type { Fault } from '../mesh/fault.js';
import type { Decision } from '../policy/decision.js';

/** One operation of RFC 6902; the five that Sallyport may need. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** `status` of a denial: what kubectl prints. */
export interface DenialStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** What is said beside the decision. */
export interface Remarks {
  readonly warnings?: readonly string[];
  /** Keys without a prefix: the API server puts the webhook's name before them. */
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  /** What the answer says in words, as data: for counts, logs and `sallyport review`. The API server is not sent it. */
  readonly judgement?: Judgement;
}

/** What an answer comes from, where it comes from the object: the rules' decision, or what cannot be read of it. */
export type Judgement = { readonly decision: Decision } | { readonly faults: readonly Fault[] };

/** The answer to one request, still without the wire's encodings and bounds: `toReview` adds them. */
export interface AdmissionResponse extends Remarks {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: DenialStatus;
  readonly patch?: readonly PatchOperation[];
}

/** What to answer when no judgement could be reached: the policy's `failure.onError`. */
export type FailureMode = 'deny' | 'allow';

export function allowed(uid: string, remarks: Remarks = {}): AdmissionResponse {
  return { uid, allowed: true, ...remarks };
}

/** @param message first line the verdict in one sentence, then a line a finding. */
export function denied(uid: string, message: string, remarks: Remarks = {}): AdmissionResponse {
  return { uid, allowed: false, status: { code: 403, reason: 'Forbidden', message }, ...remarks };
}

/** Allowed as `patch` changes it; a patch without operations changes nothing and is left out. */
export function patched(uid: string, patch: readonly PatchOperation[], remarks: Remarks = {}): AdmissionResponse {
  return patch.length === 0 ? allowed(uid, remarks) : { uid, allowed: true, patch, ...remarks };
}

/**
 * The answer where a judgement failed. The contract knows one form of denial, so this is a 403 too; what failed is said
 * in the message, or in a warning where the mode lets the request through.
 *
 * @param problem a sentence without full stop, for the user: never the text of an unknown error, which may hold secrets.
 */
export function erred(uid: string, problem: string, mode: FailureMode): AdmissionResponse {
  if (mode === 'allow') return allowed(uid, { warnings: [`Sallyport let this through unjudged: ${problem}`] });
  return denied(
    uid,
    `Sallyport denies what it could not judge: ${problem}.\nThis is no finding about the object. Try again; the server's log tells more under the request id ${uid}.`,
  );
}

/** The answer document (`admission.k8s.io/v1`). */
export interface AdmissionReviewAnswer {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly status?: DenialStatus;
    readonly patchType?: 'JSONPatch';
    readonly patch?: string;
    readonly warnings?: readonly string[];
    readonly auditAnnotations?: Readonly<Record<string, string>>;
  };
}

/** The longest warning that the API server does not cut (`truncateItemRunes`, apiserver/pkg/endpoints/filters/warning.go). */
const WARNING_LENGTH = 256;

/** All warnings of one answer: beyond it the API server drops some silently (`truncateAtTotalRunes`, same file). */
const WARNINGS_LENGTH = 4096;

/** Twenty findings of a long line each and room; a terminal shows no more, and the audit log keeps every copy. */
const MESSAGE_LENGTH = 32 * 1024;

/** The API server cuts the audit annotations of its own admission policies at this length. */
const ANNOTATION_LENGTH = 10 * 1024;

/**
 * The document that the API server reads. Texts are held within the API server's bounds; the patch is never cut.
 *
 * @param base64 encodes text as base64 of its UTF-8 bytes.
 */
export function toReview(response: AdmissionResponse, base64: (text: string) => string): AdmissionReviewAnswer {
  const { uid, status, patch, warnings = [], auditAnnotations } = response;
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: response.allowed,
      ...(status && { status: { ...status, message: cut(status.message, MESSAGE_LENGTH) } }),
      ...(patch && { patchType: 'JSONPatch', patch: base64(JSON.stringify(patch)) }),
      ...(warnings.length > 0 && { warnings: boundedWarnings(warnings) }),
      ...(auditAnnotations && { auditAnnotations: boundedAnnotations(auditAnnotations) }),
    },
  };
}

/** Each on one line and short; where they are too many, the last says how many are missing. */
function boundedWarnings(warnings: readonly string[]): readonly string[] {
  const lines = warnings.map((warning) => cut(oneLine(warning), WARNING_LENGTH)).filter((line) => line !== '');
  if (lines.reduce((sum, line) => sum + line.length, 0) <= WARNINGS_LENGTH) return lines;
  const kept: string[] = [];
  let room = WARNINGS_LENGTH - `and ${lines.length} more warnings`.length;
  for (const line of lines) {
    room -= line.length;
    if (room < 0) break;
    kept.push(line);
  }
  return [...kept, `and ${lines.length - kept.length} more warnings`];
}

/** A warning travels in an HTTP header, where the API server refuses control characters (`NewWarningHeader`, apimachinery). */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

function boundedAnnotations(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, cut(value, ANNOTATION_LENGTH)]));
}

/** At most `length` UTF-16 units, so never more characters than that; no surrogate pair is split. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = length - 1;
  const last = text.charCodeAt(end - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}
