/** What becomes of a finding: it denies the change, it warns, it is only recorded, or it is not looked for. */
export type Mode = 'enforce' | 'warn' | 'audit' | 'off';

/** Strictest first. */
export const MODES: readonly Mode[] = ['enforce', 'warn', 'audit', 'off'];

export function stricter(a: Mode, b: Mode): Mode {
  return MODES.indexOf(a) <= MODES.indexOf(b) ? a : b;
}

/**
 * Every rule, with its mode where the policy file says none. A rule whose mode depends on the case has its strictest here, and
 * gives the milder one with the finding that it makes.
 */
export const RULE_MODES = {
  'direct-egress': 'enforce',
  'outbound-any': 'enforce',
  'missing-mesh-match': 'enforce',
  'missing-gateway-match': 'enforce',
  'unscoped-match': 'enforce',
  'gateway-not-listed': 'enforce',
  'missing-subset': 'enforce',
  'unknown-gateway': 'warn',
  'gateway-server-missing': 'warn',
  'gateway-port-closed': 'warn',
  'tls-mismatch': 'warn',
  'sni-mismatch': 'warn',
  'gateway-loop': 'warn',
  'not-exported-to-gateway': 'warn',
  'resolution-none': 'warn',
  'wildcard-unreachable': 'warn',
  'host-conflict': 'warn',
  'tcp-port-shared': 'warn',
  'overlapping-sni': 'warn',
  'pod-bypass': 'warn',
  'envoy-filter': 'warn',
  'selectorless-service': 'warn',
  'gateway-api-unjudged': 'warn',
  'mesh-unsupported': 'warn',
  'egress-gateway-absent': 'warn',
  'network-policy-missing': 'warn',
  exemption: 'warn',
  'deprecated-field': 'warn',
} as const satisfies Readonly<Record<string, Mode>>;

export type RuleId = keyof typeof RULE_MODES;

export function isRuleId(id: string): id is RuleId {
  return Object.hasOwn(RULE_MODES, id);
}

export const RULE_IDS: readonly RuleId[] = Object.keys(RULE_MODES).filter(isRuleId);
