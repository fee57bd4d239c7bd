import t from 'tap';
import type { Finding } from '../../../src/policy/finding.js';
import type { RuleId } from '../../../src/policy/modes.js';
import { judge, type Question } from '../judgement.js';

/** A change of which the rule says nothing. */
export interface ValidCase extends Question {
  readonly name: string;
}

/** A change of which the rule says this, and nothing else. */
export interface InvalidCase extends ValidCase {
  readonly findings: readonly Expected[];
}

/** What a case pins of a finding. What is left out must not be there; `says` are parts of the message and the mend. */
export interface Expected {
  readonly reason: string;
  readonly object: `${string} ${string}/${string}`;
  readonly field: string;
  readonly host?: string;
  readonly port?: number;
  readonly client?: Finding['client'];
  /** `error` unless given. */
  readonly severity?: Finding['severity'];
  readonly says?: readonly string[];
}

/** Runs the two tables of a rule through the whole decision. */
export function testRule(rule: RuleId, valid: readonly ValidCase[], invalid: readonly InvalidCase[]): void {
  for (const { name, ...question } of valid) {
    t.test(`${rule} says nothing: ${name}`, (t) => {
      t.strictSame(findingsOf(rule, question).map(told), []);
      t.end();
    });
  }
  for (const { name, findings, ...question } of invalid) {
    t.test(`${rule}: ${name}`, (t) => {
      const found = findingsOf(rule, question);
      t.strictSame(found.map(pinned), findings.map(withoutWords));
      found.forEach((finding, index) => {
        const text = told(finding);
        for (const part of findings[index]?.says ?? []) t.ok(text.includes(part), `${text}\nsays ${part}`);
        t.notMatch(text, /[{}]|undefined|\.$/, `${text}\nis filled in, and ends without a full stop`);
        t.equal(finding.docs, `docs/rules/${rule}.md`);
      });
      t.end();
    });
  }
}

function withoutWords(expected: Expected): Readonly<Record<string, unknown>> {
  const pinned: Record<string, unknown> = { severity: 'error', ...expected };
  delete pinned['says'];
  return pinned;
}

function findingsOf(rule: RuleId, question: Question): readonly Finding[] {
  return judge(question).findings.filter((finding) => finding.rule === rule);
}

function told({ message, mend }: Finding): string {
  return `${message}. Mend: ${mend}`;
}

function pinned({ severity, reason, object, field, host, port, client }: Finding): Omit<Expected, 'says'> {
  return {
    severity,
    reason,
    object: `${object.kind} ${object.namespace}/${object.name}`,
    field,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(client === undefined ? {} : { client }),
  };
}
