import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { KeptRoute } from '../http-routes.js';
import type { Way } from '../way.js';
import { matchField } from './matches.js';
import { step, type Loser, type Step, type StepOf } from './step.js';

/**
 * The rule that sends a call this way, and what of several destinations it is; nothing where no rule does. `kept` are the HTTP
 * routes of the proxy: a rule may stand there with several matches.
 */
export function routeSteps({ source, outcome }: Way, kept: readonly KeptRoute[]): readonly Step[] {
  if (source === undefined) return [];
  const { object, field } = source;
  if (object.kind === 'Gateway') return [step('route', 'https-redirect', source)];
  if (object.kind !== 'VirtualService') return [];
  const written = RULE.exec(field);
  if (written === null) return [step('route', 'no-rule-left', source)];
  const [, section = '', rule = '', rest = ''] = written;
  const status = outcome.type === 'response' ? String(outcome.status) : '';
  if (rest === 'redirect') {
    const host = outcome.type === 'redirect' ? (outcome.host ?? '') : '';
    return [step('route', 'redirect', source, { host })];
  }
  if (rest === 'directResponse') return [step('route', 'direct-response', source, { status })];
  const destination = destinationStep(object, field, section, Number(rule), rest);
  return section === 'http' ? [ruleStep(object, Number(rule), kept), destination] : [destination];
}

/** The rule that a field of a VirtualService belongs to, and what is left of the field below the rule. */
const RULE = /^spec\.(http|tls|tcp)\[(\d+)\]\.(.+)$/;

function ruleStep(owner: VirtualService, ruleIndex: number, kept: readonly KeptRoute[]): StepOf<'route'> {
  const rule = owner.spec.http[ruleIndex];
  const base = `spec.http[${ruleIndex}]`;
  const matches = kept.filter((one) => one.owner === owner && one.ruleIndex === ruleIndex);
  const all = matches.find(({ takesAll }) => takesAll);
  const matchIndex = (all ?? matches[0])?.matchIndex;
  const field = matchIndex === undefined ? base : matchField(rule, base, matchIndex, rule?.match.length ?? 0);
  return step('route', all === undefined ? 'some-calls' : 'all-calls', { object: owner, field });
}

function destinationStep(
  owner: VirtualService,
  field: string,
  section: string,
  rule: number,
  rest: string,
): StepOf<'destination'> {
  const at = { object: owner, field };
  if (rest.startsWith('mirror')) {
    const mirror = owner.spec.http[rule]?.mirrors.find((one) => one.field === rest);
    return step('destination', 'mirror', at, { percentage: String(mirror?.percentage ?? 100) });
  }
  const routes = destinationsOf(owner, section, rule);
  const index = Number(/^route\[(\d+)\]/.exec(rest)?.[1] ?? 0);
  const losers = routes.flatMap(({ weight }, at): readonly Loser[] =>
    weight === 0 && at !== index
      ? [{ object: owner, field: `spec.${section}[${rule}].route[${at}].weight`, reason: 'zero-weight' }]
      : [],
  );
  const total = routes.reduce((sum, { weight }) => sum + weight, 0);
  const weight = routes[index]?.weight ?? 0;
  if (routes.length - losers.length < 2) return step('destination', 'sole', at, {}, losers);
  return step('destination', 'weight', at, { weight: String(weight), total: String(total) }, losers);
}

function destinationsOf({ spec }: VirtualService, section: string, rule: number) {
  const rules = section === 'http' ? spec.http : section === 'tls' ? spec.tls : spec.tcp;
  return rules[rule]?.route ?? [];
}
