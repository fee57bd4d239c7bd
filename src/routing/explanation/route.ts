import { resolveHost } from '../../mesh/host.js';
import type { HttpMatch, VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { World } from '../../mesh/world/world.js';
import { takesEveryRequest, type KeptRoute } from '../http-routes.js';
import type { ClusterOutcome, Outcome } from '../outcome.js';
import type { Way } from '../way.js';
import { matchField } from './matches.js';
import { step, type Loser, type Step, type StepOf, type Values } from './step.js';

/**
 * The rule that sends a call this way, and what of several destinations it is; nothing where no rule does. `kept` are the HTTP
 * routes of the proxy: a rule may stand there with several matches.
 */
export function routeSteps(world: World, { source, outcome }: Way, kept: readonly KeptRoute[]): readonly Step[] {
  if (source === undefined) return [];
  const { object, field } = source;
  if (object.kind === 'Gateway') return [step('route', 'https-redirect', source)];
  if (object.kind !== 'VirtualService') return [];
  const place = placeOf(field);
  if (place === undefined) return [step('route', 'no-rule-left', source)];
  const rule = place.section === 'http' ? [ruleStep(object, place, outcome, kept)] : [];
  if (outcome.type !== 'cluster') return rule;
  return [...rule, destinationStep(object, place, outcome), ...aliasSteps(world, object, place, outcome)];
}

/** A field of a VirtualService, taken apart: `spec.http[1].route[0].destination` is `route[0].destination` of `http[1]`. */
interface RulePlace {
  readonly section: 'http' | 'tls' | 'tcp';
  readonly rule: number;
  readonly rest: string;
}

function placeOf(field: string): RulePlace | undefined {
  const [, section, rule, rest = ''] = /^spec\.(http|tls|tcp)\[(\d+)\]\.(.+)$/.exec(field) ?? [];
  return section === 'http' || section === 'tls' || section === 'tcp'
    ? { section, rule: Number(rule), rest }
    : undefined;
}

/** The rule, by the match that takes the most. */
function ruleStep(
  owner: VirtualService,
  { rule: ruleIndex, rest }: RulePlace,
  outcome: Outcome,
  kept: readonly KeptRoute[],
): StepOf<'route'> {
  const base = `spec.http[${ruleIndex}]`;
  if (outcome.type === 'redirect') {
    return step('route', 'redirect', { object: owner, field: `${base}.${rest}` }, { host: outcome.host ?? '' });
  }
  if (outcome.type === 'response') {
    const at = { object: owner, field: `${base}.${rest}` };
    return step('route', 'direct-response', at, { status: String(outcome.status) });
  }
  const matches = kept.filter((one) => one.owner === owner && one.ruleIndex === ruleIndex);
  const { matchIndex, rule, takesAll } = matches.find((one) => one.takesAll) ?? matches[0] ?? NO_MATCH;
  const field = matchIndex === undefined ? base : matchField(rule, base, matchIndex, rule.match.length);
  const at = { object: owner, field };
  if (takesAll) return step('route', 'all-calls', at);
  const conditions = new Set((rule?.match ?? []).filter((match) => !takesEveryRequest(match)).flatMap(conditionsOf));
  return step('route', 'some-calls', at, { conditions: [...conditions].join(', ') });
}

const NO_MATCH = { matchIndex: undefined, rule: undefined, takesAll: false };

/** What of a request a match looks at. */
function conditionsOf(match: HttpMatch): readonly string[] {
  return (['uri', 'method', 'authority', 'scheme', 'headers', 'withoutHeaders', 'queryParams'] as const).filter(
    (name) => match[name] !== undefined && Object.keys(match[name]).length > 0,
  );
}

function destinationStep(owner: VirtualService, place: RulePlace, outcome: ClusterOutcome): StepOf<'destination'> {
  const { section, rule, rest } = place;
  const base = `spec.${section}[${rule}]`;
  const at = { object: owner, field: `${base}.${rest}` };
  const { host, port, subset = '' } = outcome;
  const values: Values = { host, port: String(port), subset };
  if (rest.startsWith('mirror')) {
    const mirror = owner.spec.http[rule]?.mirrors.find((one) => one.field === rest);
    return step('destination', 'mirror', at, { ...values, percentage: String(mirror?.percentage ?? 100) });
  }
  const routes = owner.spec[section][rule]?.route ?? [];
  const index = indexOf(place);
  const losers = routes.flatMap(({ weight }, other): readonly Loser[] =>
    weight === 0 && other !== index
      ? [{ object: owner, field: `${base}.route[${other}].weight`, reason: 'zero-weight' }]
      : [],
  );
  if (routes.length - losers.length < 2) return step('destination', 'sole', at, values, losers);
  const weights = routes.map(({ weight }) => weight);
  const share = { weight: String(weights[index] ?? 0), total: String(weights.reduce((sum, one) => sum + one, 0)) };
  return step('destination', 'weight', at, { ...values, ...share }, losers);
}

/** The place of a destination among those of its rule. */
function indexOf({ rest }: RulePlace): number {
  return Number(/^route\[(\d+)\]/.exec(rest)?.[1]);
}

/** An ExternalName Service that the rule names: the call goes to what it stands for (A10). */
function aliasSteps(
  { declarations, mesh }: World,
  owner: VirtualService,
  place: RulePlace,
  outcome: ClusterOutcome,
): readonly Step[] {
  const rule = owner.spec[place.section][place.rule];
  const mirrors = rule !== undefined && 'mirrors' in rule ? rule.mirrors : [];
  const named = rule?.route[indexOf(place)] ?? mirrors.find(({ field }) => field === place.rest);
  if (named === undefined) return [];
  const written = resolveHost(named.destination.host, owner.metadata.namespace, mesh.domain);
  if (written === outcome.host) return [];
  const alias = declarations.of(written).find(({ resolution }) => resolution === 'ALIAS');
  if (alias === undefined) return [];
  const at = { object: alias.object, field: 'spec.externalName' };
  return [step('alias', 'external-name', at, { host: outcome.host, written: named.destination.host })];
}
