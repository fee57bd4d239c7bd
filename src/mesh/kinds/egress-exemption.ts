import { shown } from '../fault.js';
import type { Metadata } from '../metadata.js';
import { isLonger, NO_ITEMS, PORT_NUMBER, type Fields } from '../reading.js';
import { parseTime } from '../time.js';

/** A platform team's word that some findings about the clients of one namespace do not count for a while. */
export interface EgressExemption {
  readonly kind: 'EgressExemption';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: EgressExemptionSpec;
}

export interface EgressExemptionSpec {
  /** In lower case: names, wildcards (`*.e.com`), and `*` for every host and for what is about none. */
  readonly hosts: readonly string[];
  /** Empty means every port, and what is about none. */
  readonly ports: readonly number[];
  /** The identifiers of rules. */
  readonly rules: readonly string[];
  readonly reason: string;
  /** Milliseconds since the epoch: from then on it lifts nothing. */
  readonly expires: number;
}

const MOST_HOSTS = 100;
const MOST_PORTS = 50;
const MOST_RULES = 50;

/** Reads the `spec` of an EgressExemption, by the schema and the rules of its CRD. */
export function readEgressExemptionSpec(spec: Fields): EgressExemptionSpec {
  const reason = spec.requiredString('reason');
  if (spec.has('reason') && reason.trim() === '') spec.fault('reason', 'must say why');
  return {
    hosts: spec.strings('hosts', { min: 1, max: MOST_HOSTS }, checkHost).map((host) => host.toLowerCase()),
    ports: readPorts(spec),
    rules: spec.strings('rules', { min: 1, max: MOST_RULES }),
    reason,
    expires: readExpiry(spec),
  };
}

/** What the CRD's pattern says: a name, `*.` and a name, or `*` alone. */
const HOST = /^(?:\*|(?:\*\.)?[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?)$/;

function checkHost(host: string): string | undefined {
  if (!isLonger(host, 253) && HOST.test(host)) return undefined;
  return `must be a host name, *. and a host name, or *, not ${shown(host)}`;
}

function readPorts(spec: Fields): readonly number[] {
  return spec.has('ports') ? spec.integerList('ports', PORT_NUMBER, { max: MOST_PORTS }) : NO_ITEMS;
}

function readExpiry(spec: Fields): number {
  const text = spec.requiredString('expires');
  const time = parseTime(text);
  if (time === undefined && spec.has('expires')) {
    spec.fault('expires', `must be a time such as 2026-01-31T12:00:00Z, not ${shown(text)}`);
  }
  return time ?? 0;
}
