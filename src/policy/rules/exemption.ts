import { covers } from '../../mesh/host.js';
import type { EgressExemption } from '../../mesh/kinds/egress-exemption.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** An EgressExemption that comes or lets more pass: for platform teams that keep that to themselves. */
export const exemption: Rule = {
  id: 'exemption',
  messages: {
    granted: {
      message: 'until {expires} it lifts {rules} for {hosts} in namespace {namespace}',
      mend: 'route the hosts through the egress gateway instead, and delete it as soon as they are',
    },
    widened: {
      message: 'it lifts more than before: {what}',
      mend: 'route what is new through the egress gateway instead',
    },
    expired: {
      message: 'it has expired at {expires} and lifts nothing',
      mend: 'delete it, or give it a later spec.expires',
    },
  },
  *check({ subject, former, now }: Scene): Generator<Observation> {
    if (subject?.kind !== 'EgressExemption') return;
    if (former?.kind === 'EgressExemption') {
      for (const { field, what } of additions(former, subject)) {
        const values = { what };
        yield { identity: `${field} ${what}`, explain: () => ({ message: 'widened', object: subject, field, values }) };
      }
      return;
    }
    if (subject.spec.expires <= now) {
      yield expiredExemption(subject);
      return;
    }
    const { hosts, rules, expires } = subject.spec;
    const values = {
      hosts: listed(hosts),
      rules: listed(rules),
      expires: timeInWords(expires),
      namespace: subject.metadata.namespace,
    };
    yield { identity: 'granted', explain: () => ({ message: 'granted', object: subject, field: 'spec', values }) };
  },
};

/** An exemption that lifts nothing any more. */
export function expiredExemption(object: EgressExemption): Observation {
  const values = { expires: timeInWords(object.spec.expires) };
  return { identity: 'expired', explain: () => ({ message: 'expired', object, field: 'spec.expires', values }) };
}

/** A time as people write it in manifests. */
function timeInWords(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

const MOST_LISTED = 2;

function listed(texts: readonly string[]): string {
  const told = texts.slice(0, MOST_LISTED).join(', ');
  return texts.length > MOST_LISTED ? `${told} and ${texts.length - MOST_LISTED} more` : told;
}

interface Addition {
  readonly field: string;
  readonly what: string;
}

function* additions({ spec: was }: EgressExemption, { spec: is }: EgressExemption): Generator<Addition> {
  for (const [index, host] of is.hosts.entries()) {
    if (!was.hosts.some((known) => covers(known, host))) yield { field: `spec.hosts[${index}]`, what: host };
  }
  if (was.ports.length > 0 && is.ports.length === 0) yield { field: 'spec.ports', what: 'every port' };
  for (const [index, port] of is.ports.entries()) {
    if (was.ports.length > 0 && !was.ports.includes(port)) {
      yield { field: `spec.ports[${index}]`, what: `port ${port}` };
    }
  }
  for (const [index, rule] of is.rules.entries()) {
    if (!was.rules.includes(rule)) yield { field: `spec.rules[${index}]`, what: rule };
  }
  if (is.expires > was.expires) yield { field: 'spec.expires', what: `it lasts until ${timeInWords(is.expires)}` };
}
