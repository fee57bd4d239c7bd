import type { Fault } from '../mesh/fault.js';
import type { ObjectRef } from '../mesh/metadata.js';
import type { Finding } from '../policy/finding.js';

/** The contract's bound on the findings that a message lists. */
const MOST_LINES = 20;

/** A denial: the verdict in one sentence, then a line a finding. */
export function denialMessage(subject: ObjectRef, operation: string, findings: readonly Finding[]): string {
  const lines = findings.map((finding) => findingLine(finding, subject));
  return [
    `Sallyport refuses to ${operation.toLowerCase()} ${nameOf(subject)}: ${verdict(findings)}.`,
    ...bounded(lines),
  ].join('\n');
}

/** The refusal of an object that cannot be read, with every field that is wrong. */
export function unreadableMessage(subject: ObjectRef, faults: readonly Fault[]): string {
  const lines = faults.map(({ field, problem }) => `${field}: ${problem}`);
  return [`Sallyport cannot read ${nameOf(subject)}.`, ...bounded(lines)].join('\n');
}

/** One finding: `[rule] field: what is wrong. Mend: what to do`. An object that is not the subject is named. */
export function findingLine({ rule, field, message, mend, object }: Finding, subject: ObjectRef): string {
  const where = isSame(object, subject) ? '' : `in ${nameOf(object)}, `;
  return `[${rule}] ${field}: ${where}${message}. Mend: ${mend}`;
}

function verdict(findings: readonly Finding[]): string {
  if (findings.some(({ rule }) => rule === 'direct-egress'))
    return 'calls would leave the mesh without the egress gateway';
  if (findings.some(({ rule }) => rule === 'outbound-any')) return 'calls would leave the mesh unfiltered';
  return 'calls would not get through the egress gateway';
}

function bounded(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`];
}

function isSame(a: ObjectRef, b: ObjectRef): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

/** `ServiceEntry shop/cnn`. */
export function nameOf({ kind, namespace, name }: ObjectRef): string {
  const shown = name === '' ? '(without a name)' : name;
  return namespace === '' ? `${kind} ${shown}` : `${kind} ${namespace}/${shown}`;
}
