import type { AdmissionRequest } from '../admission/review.js';

/** How many reviews are kept, and of what size in characters: some 10 MB at the most. */
const MOST_KEPT = 512;
const LONGEST_KEPT = 20_000;

/**
 * The beginning of a review as API servers write it: the type, then the request with its uid first, as the fields of
 * `admissionv1.AdmissionReview` stand. What begins otherwise is read as a whole.
 */
const BEGINNING =
  /^\{(?:"kind":"AdmissionReview","apiVersion":"admission\.k8s\.io\/v1"|"apiVersion":"admission\.k8s\.io\/v1","kind":"AdmissionReview"),"request":\{"uid":"([\w-]{1,64})",/;

/** The text of a review, in two: two reviews that ask the same differ in the uid alone. */
export interface ReviewText {
  readonly uid: string;
  /** All of the text but the uid. */
  readonly question: string;
}

/** Undefined for what does not begin as API servers write it, and for what is too long to keep. */
export function reviewText(text: string): ReviewText | undefined {
  if (text.length > LONGEST_KEPT) return undefined;
  const found = BEGINNING.exec(text);
  const uid = found?.[1];
  if (found === null || uid === undefined) return undefined;
  const end = found[0].length;
  return { uid, question: text.slice(0, end - uid.length - 2) + text.slice(end) };
}

/** Reviews that were read a moment ago, by what they ask: the same text is the same review, and need not be read again. */
export class RepeatedReviews {
  readonly #known = new Map<string, AdmissionRequest>();

  of({ uid, question }: ReviewText): AdmissionRequest | undefined {
    const known = this.#known.get(question);
    return known === undefined ? undefined : { ...known, uid };
  }

  keep({ question }: ReviewText, review: AdmissionRequest): void {
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(question, review);
  }
}
