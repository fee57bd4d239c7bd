import { HELD_KINDS } from '../mesh/held-kinds.js';
import { isRuleId } from '../policy/modes.js';

/** The value of a label `rule` where no rule has a part in it. */
export const NO_RULE = 'none';

/** The value of a label where the real one is none of those that are told apart. */
const OTHER = 'other';

/** Kinds that are judged, and those that a platform may send besides; all else is one. */
const KINDS: ReadonlySet<string> = new Set([
  ...HELD_KINDS.map(({ kind }): string => kind),
  'ConfigMap',
  'CronJob',
  'DaemonSet',
  'Deployment',
  'GRPCRoute',
  'HTTPRoute',
  'Job',
  'Pod',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'TCPRoute',
  'TLSRoute',
  'UDPRoute',
]);

/** @param kind - of a request: whoever reaches the port writes there what he likes */
export function kindLabel(kind: string): string {
  return KINDS.has(kind) ? kind : OTHER;
}

export function ruleLabel(rule: string): string {
  return isRuleId(rule) ? rule : OTHER;
}
