import type { Labels, ObjectRef } from '../mesh/metadata.js';
import type { Mode, RuleId } from './modes.js';

/** How much a finding weighs: it denies, it warns, or it is for the record. */
export type Severity = 'error' | 'warning' | 'info';

/** One thing that a rule found wrong, in the form in which every command and every answer gives it. */
export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** A stable code within the rule. */
  readonly reason: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly mend: string;
  readonly object: ObjectRef;
  /** The JSON path of the field that decides: `spec.http[0].route[1].destination.host`. */
  readonly field: string;
  /** What the client dials, in lower case; `*` stands for any name that no object declares. */
  readonly host?: string;
  readonly port?: number;
  /** A client that the finding is about. */
  readonly client?: { readonly namespace: string; readonly labels?: Labels };
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** The page of the rule. */
  readonly docs: string;
}

export function severityOf(mode: Exclude<Mode, 'off'>): Severity {
  switch (mode) {
    case 'enforce':
      return 'error';
    case 'warn':
      return 'warning';
    case 'audit':
      return 'info';
  }
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/**
 * The order in which findings are told: the heavier first, then object by object, field by field as the object is written
 * (`http[2]` before `http[10]`), then by what is dialled. Two findings that compare as equal say the same.
 */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareTexts(a.object.namespace, b.object.namespace) ||
    compareTexts(a.object.kind, b.object.kind) ||
    compareTexts(a.object.name, b.object.name) ||
    compareFields(a.field, b.field) ||
    compareTexts(a.host ?? '', b.host ?? '') ||
    (a.port ?? 0) - (b.port ?? 0) ||
    compareTexts(a.rule, b.rule) ||
    compareTexts(a.reason, b.reason) ||
    compareTexts(a.client?.namespace ?? '', b.client?.namespace ?? '') ||
    compareTexts(labelText(a.client?.labels), labelText(b.client?.labels)) ||
    compareTexts(a.object.apiVersion, b.object.apiVersion) ||
    compareTexts(a.message, b.message) ||
    compareTexts(a.mend, b.mend)
  );
}

/** By code units: the same on every machine, whatever its language. */
function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Field by field, indices as numbers. */
function compareFields(a: string, b: string): number {
  const [x, y] = [a.split(INDEX), b.split(INDEX)];
  for (let index = 0; index < Math.min(x.length, y.length); index++) {
    const [one = '', other = ''] = [x[index], y[index]];
    // Every second part is the digits of an index.
    const order = index % 2 === 1 ? Number(one) - Number(other) : compareTexts(one, other);
    if (order !== 0) return order;
  }
  return x.length - y.length;
}

const INDEX = /\[(\d+)\]/;

function labelText(labels: Labels | undefined): string {
  if (labels === undefined) return '';
  return Object.keys(labels)
    .toSorted()
    .map((key) => `${key}=${labels[key] ?? ''}`)
    .join(',');
}
