import { describe, type Explained } from './describe.js';
import type { Finding } from './finding.js';
import { RULE_MODES, type Mode } from './modes.js';
import { namespaceOf } from './object-name.js';
import { modeOf, type Policy } from './policy.js';
import type { Explanation, Observation, Rule } from './rule.js';

/**
 * Observations as findings: one for a message, an object, a field, a host and a port, with the mode that the policy gives it.
 *
 * @param softens - whether what would deny is a warning: where the change mends more than it leaves undone
 */
export function findingsOf(
  observations: readonly Observation[],
  rule: Rule,
  policy: Policy,
  softens: (explanation: Explanation) => boolean,
): readonly Finding[] {
  return grouped(observations).flatMap((group) => {
    const mode = modeOfGroup(group, rule, policy);
    if (mode === 'off') return [];
    const isSoft = mode === 'enforce' && group.every(({ explanation }) => softens(explanation));
    return [describe(rule, group, isSoft ? 'warn' : mode)];
  });
}

function grouped(observations: readonly Observation[]): readonly (readonly Explained[])[] {
  const groups = new Map<string, Explained[]>();
  for (const observation of observations) {
    const explanation = observation.explain();
    const { message, object, field } = explanation;
    const { host = '', port = '' } = observation;
    const { namespace, name } = object.metadata;
    const key = [message, object.kind, namespace, name, field, host, port].join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ observation, explanation }]);
    else group.push({ observation, explanation });
  }
  return [...groups.values()];
}

/** Of the modes of the object's namespace and of each client's the strictest. */
function modeOfGroup(group: readonly Explained[], rule: Rule, policy: Policy): Mode {
  const namespaces = new Set<string>();
  for (const { observation, explanation } of group) {
    namespaces.add(namespaceOf(explanation.object));
    if (observation.call !== undefined) namespaces.add(observation.call.client.namespace);
  }
  const standard = group[0]?.explanation.mode ?? RULE_MODES[rule.id];
  return modeOf(policy, rule.id, standard, [...namespaces]);
}
