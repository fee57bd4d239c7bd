import { decide } from '../../src/policy/decide.js';
import type { Finding } from '../../src/policy/finding.js';
import { DEFAULT_POLICY } from '../../src/policy/policy.js';
import type { Verdict } from '../../src/routing/outcome.js';
import { changeOf, topologyOf, type Case } from './case.js';

/** What denies the change of a case. */
export function errorsOf(one: Case): readonly Finding[] {
  const { world, isEgressGateway } = topologyOf(one);
  const { findings } = decide({ world, isEgressGateway, policy: DEFAULT_POLICY, now: 0 }, changeOf(one));
  return findings.filter(({ severity }) => severity === 'error');
}

/** A `deny` must be denied by a finding about a probe that opens, an `allow` be allowed; of an `either` only the answer counts. */
export function admissionDisagreements(one: Case): readonly string[] {
  const errors = errorsOf(one);
  const told = errors.map(({ rule, reason, host = '', port = '' }) => `${rule}/${reason} ${host}:${port}`).join(', ');
  if (one.decision === 'allow') return errors.length === 0 ? [] : [`expected allow, denied by ${told}`];
  if (one.decision === 'either') return [];
  const opened = one.probes.filter(({ before, after }) => opens(one, before, after));
  const named = errors.some(
    ({ rule, host, port }) =>
      (rule === 'direct-egress' || rule === 'outbound-any') &&
      opened.some((probe) => port === probe.port && (host === '*' || host === probe.host.toLowerCase())),
  );
  if (named) return [];
  const probes = opened.map(
    ({ client, host, port, protocol, before, after, address }) =>
      `${client.kind === 'sidecar' ? client.namespace + JSON.stringify(client.labels) : ''} ${protocol} ${host}:${port} ${address ?? ''} ${before ?? ''} -> ${after ?? ''}`,
  );
  return [`expected deny for ${probes.join('; ')}; got ${told === '' ? 'allow' : told}`];
}

function opens({ mesh }: Case, before: Verdict | undefined, after: Verdict | undefined): boolean {
  if (after === 'leaks') return before !== 'leaks';
  return mesh.outboundTrafficPolicy === 'REGISTRY_ONLY' && after === 'passthrough' && before !== 'passthrough';
}
