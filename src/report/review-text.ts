import type { ObjectRef, Origin } from '../mesh/metadata.js';
import type { Finding, Severity } from '../policy/finding.js';
import type { Paint } from './paint.js';
import { patchInWords } from './patch-words.js';
import type { Reviewed } from './reviewed.js';
import { wrapped } from './wrapped.js';

/** The answers for people: a line with the verdict for each object, below it what is wrong and where, and what would be changed. */
export function reviewText(reviewed: readonly Reviewed[], paint: Paint): string {
  const answers = reviewed.map((one) => answerLines(one, paint));
  // What needs no more than its line stands in a list.
  const lines = answers.flatMap((answer, index) =>
    answer.length === 1 && answers[index + 1]?.length === 1 ? answer : [...answer, ''],
  );
  return `${[...lines, summary(reviewed)].join('\n')}\n`;
}

function answerLines(one: Reviewed, paint: Paint): readonly string[] {
  const { object, operation, allowed, findings, faults, origin } = one;
  const verdict = allowed ? paint.good('Allowed') : paint.bad('Denied');
  return [
    `${verdict}: ${paint.strong(`${operation} ${titleOf(object)}`)}  ${paint.faint(placeOf(origin))}`,
    ...faults.flatMap((fault) => faultLines(fault, paint)),
    ...findings.flatMap((finding) => findingLines(finding, object, paint)),
    ...(findings.length === 0 && faults.length === 0 ? refusalLines(one) : []),
    ...otherWarnings(one).flatMap((text) => entry(SEVERITY_WORDS.warning, wrapped(text, WIDTH))),
    ...changesOf(one).map((text) => `  ${text}`),
  ];
}

const WIDTH = 100;
const INDENT = ' '.repeat(4);

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'for the record',
};

function findingLines(finding: Finding, subject: ObjectRef, paint: Paint): readonly string[] {
  const { rule, severity, field, message, mend, object, file, line } = finding;
  const word = severity === 'error' ? paint.bad(SEVERITY_WORDS.error) : SEVERITY_WORDS[severity];
  const place = file === undefined || line === undefined ? '' : `${placeOf({ file, line })}  `;
  const owner = titleOf(object) === titleOf(subject) ? '' : `${titleOf(object)} `;
  const [first = '', ...more] = wrapped(mend, WIDTH - MEND.length);
  return [
    `  ${word}: ${place}${owner}${field}  ${paint.faint(`[${rule}]`)}`,
    ...wrapped(message, WIDTH).map((text) => `${INDENT}${text}`),
    `${INDENT}${paint.strong(MEND)}${first}`,
    ...more.map((text) => `${INDENT}${' '.repeat(MEND.length)}${text}`),
  ];
}

const MEND = 'Mend: ';

function faultLines({ field, problem, origin }: Reviewed['faults'][number], paint: Paint): readonly string[] {
  return [`  ${paint.bad(SEVERITY_WORDS.error)}: ${placeOf(origin)}  ${field} ${problem}`];
}

/** The message of a denial that no finding and no fault tells. */
function refusalLines({ allowed, message }: Reviewed): readonly string[] {
  return allowed ? [] : message.split('\n').map((text) => `  ${text}`);
}

function entry(word: string, [first = '', ...more]: readonly string[]): readonly string[] {
  return [`  ${word}: ${first}`, ...more.map((text) => `${INDENT}${text}`)];
}

/** The warnings that are no findings: those are told in their own way. */
function otherWarnings({ warnings, findings }: Reviewed): readonly string[] {
  const told = findings.map(({ rule, field }) => `[${rule}] ${field}: `);
  return warnings.filter((warning) => !told.some((beginning) => warning.startsWith(beginning)));
}

function changesOf({ applied, patch }: Reviewed): readonly string[] {
  const rules = applied.map((ref) => `would first apply ${titleOf(ref)}`);
  return [...rules, ...patch.map(patchInWords).filter((words) => words !== undefined)];
}

function summary(reviewed: readonly Reviewed[]): string {
  const denied = reviewed.filter(({ allowed }) => !allowed).length;
  const objects = reviewed.length === 1 ? '1 object' : `${reviewed.length} objects`;
  return `${objects}: ${reviewed.length - denied} allowed, ${denied} denied`;
}

function titleOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

function placeOf({ file, line }: Origin): string {
  return `${file}:${line}`;
}
