/** What one review of `examples/reviews` should be answered with: an entry of its `expectations.json`. */
export interface Expectation {
  readonly path: '/validate' | '/mutate';
  readonly decision: Decision;
  /** What the message of a denial must hold. */
  readonly says: readonly string[];
  /** What some warning must hold, each. */
  readonly warns: readonly string[];
  /** The operations of the JSON Patch in their order, or null for no patch; a `value` that is absent is left open. */
  readonly patch: readonly PatchStep[] | null;
}

export type Decision = 'allowed' | 'denied';

export interface PatchStep {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** The answer to one review, decoded. */
export interface Answer {
  readonly status: number;
  readonly uid: string | undefined;
  readonly decision: Decision;
  readonly message: string;
  readonly warnings: readonly string[];
  readonly patch: readonly PatchStep[] | null;
}

/**
 * Reads `expectations.json`: review file → expectation.
 *
 * @throws Error that names the entry and the key.
 */
export function parseExpectations(text: string): ReadonlyMap<string, Expectation> {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document)) throw new Error('expectations.json must be an object of review files');
  return new Map(Object.entries(document).map(([file, entry]) => [file, parseExpectation(file, entry)]));
}

function parseExpectation(file: string, entry: unknown): Expectation {
  const wrong = (key: string, expected: string) => new Error(`expectations.json: ${file}.${key} must be ${expected}`);
  if (!isRecord(entry)) throw new Error(`expectations.json: ${file} must be an object`);
  const { path, decision, says = [], warns = [], patch = null, ...unknown } = entry;
  const stranger = Object.keys(unknown)[0];
  if (stranger !== undefined) throw wrong(stranger, 'absent: the keys are path, decision, says, warns and patch');
  if (path !== '/validate' && path !== '/mutate') throw wrong('path', '/validate or /mutate');
  if (decision !== 'allowed' && decision !== 'denied') throw wrong('decision', 'allowed or denied');
  if (!isTexts(says)) throw wrong('says', 'a list of texts');
  if (!isTexts(warns)) throw wrong('warns', 'a list of texts');
  if (patch !== null && !isPatch(patch)) throw wrong('patch', 'null or a list of operations');
  return { path, decision, says, warns, patch };
}

/**
 * Reads the body of an answer.
 *
 * @throws Error where it is no AdmissionReview with a response.
 */
export function parseAnswer(status: number, body: string): Answer {
  const document: unknown = JSON.parse(body);
  const response = isRecord(document) ? document['response'] : undefined;
  if (!isRecord(response)) throw new Error(`HTTP ${status} without a response: ${body.slice(0, 200)}`);
  const { uid, allowed, warnings, patch } = response;
  const message = isRecord(response['status']) ? response['status']['message'] : undefined;
  return {
    status,
    uid: typeof uid === 'string' ? uid : undefined,
    decision: allowed === true ? 'allowed' : 'denied',
    message: typeof message === 'string' ? message : '',
    warnings: isTexts(warnings) ? warnings : [],
    patch: typeof patch === 'string' ? decodePatch(patch) : null,
  };
}

function decodePatch(base64: string): readonly PatchStep[] {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const patch: unknown = JSON.parse(text);
  if (!isPatch(patch)) throw new Error(`no JSON Patch: ${text}`);
  return patch;
}

/** What is not as expected, a sentence each; empty where all is. */
export function differences(expected: Expectation, answer: Answer, uid: string): readonly string[] {
  const found: string[] = [];
  if (answer.status !== 200) found.push(`HTTP ${answer.status} instead of 200`);
  if (answer.uid !== uid) found.push(`uid ${String(answer.uid)} instead of ${uid}`);
  if (answer.decision !== expected.decision) found.push(`${answer.decision} instead of ${expected.decision}`);
  for (const text of expected.says) {
    if (!answer.message.includes(text)) found.push(`the message does not say "${text}"`);
  }
  for (const text of expected.warns) {
    if (!answer.warnings.some((warning) => warning.includes(text))) found.push(`no warning says "${text}"`);
  }
  if (!isSamePatch(expected.patch, answer.patch)) {
    found.push(`patch ${JSON.stringify(answer.patch)} instead of ${JSON.stringify(expected.patch)}`);
  }
  return found;
}

function isSamePatch(expected: Expectation['patch'], patch: Answer['patch']): boolean {
  if (expected === null || patch === null) return expected === patch;
  return (
    expected.length === patch.length &&
    expected.every((step, index) => {
      const given = patch[index];
      return (
        given?.op === step.op &&
        given.path === step.path &&
        (step.value === undefined || JSON.stringify(given.value) === JSON.stringify(step.value))
      );
    })
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isPatch(value: unknown): value is readonly PatchStep[] {
  return (
    Array.isArray(value) &&
    value.every((step) => isRecord(step) && typeof step['op'] === 'string' && typeof step['path'] === 'string')
  );
}
