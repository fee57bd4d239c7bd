import type { HttpRule, VirtualService } from '../../mesh/kinds/virtual-service.js';
import { mergesDelegates } from '../../mesh/route-semantics.js';
import type { World } from '../../mesh/world/world.js';
import { delegateOf, mergedRules, type MergedRule } from '../delegates.js';
import { eliminated, keptRoutes, type Elimination, type KeptRoute, type RouteContext } from '../http-routes.js';
import type { Loser } from './step.js';

/** The HTTP rules and matches of a VirtualService that a proxy does not keep or never reaches (T5.4). */
export function lostHttpMatches(world: World, route: VirtualService, context: RouteContext): readonly Loser[] {
  const kept = keptRoutes(world, route, context);
  const merged = mergedRules(world, route);
  return [...lostDelegates(world, route, merged), ...merged.flatMap((rule) => lostMatches(rule, kept, context))];
}

function lostDelegates(world: World, route: VirtualService, merged: readonly MergedRule[]): readonly Loser[] {
  if (!mergesDelegates(route)) return [];
  return route.spec.http.flatMap(({ delegate }, index): readonly Loser[] => {
    if (delegate === undefined) return [];
    const field = `spec.http[${index}].delegate`;
    const owner = delegateOf(world, route, delegate.namespace ?? route.metadata.namespace, delegate.name);
    if (owner === undefined) return [{ object: route, field, reason: 'delegate-not-found' }];
    if (merged.some((rule) => rule.owner === owner)) return [];
    return [{ object: route, field, reason: 'delegate-outside', by: { object: owner, field: 'spec.http' } }];
  });
}

function lostMatches(merged: MergedRule, kept: readonly KeptRoute[], context: RouteContext): readonly Loser[] {
  const { owner: object, index: ruleIndex, match: matches, root } = merged;
  const isKept = (matchIndex: number | undefined): boolean =>
    kept.some((one) => one.owner === object && one.ruleIndex === ruleIndex && one.matchIndex === matchIndex);
  const base = `spec.http[${ruleIndex}]`;
  if (matches.length === 0) return isKept(undefined) ? [] : [{ object, field: base, reason: 'unreachable' }];
  return matches.flatMap((match, index): readonly Loser[] => {
    const field = matchField(object.spec.http[ruleIndex], base, index, matches.length);
    const reason = eliminated(match, root, context);
    if (reason !== undefined) return [{ object, field: `${field}.${CONDITIONS[reason]}`, reason }];
    return isKept(index) ? [] : [{ object, field, reason: 'unreachable' }];
  });
}

/** Where a match stands in its object. Those that were merged from two objects may stand in neither: then it is their rule. */
export function matchField(rule: HttpRule | undefined, base: string, index: number, merged: number): string {
  return rule?.match.length === merged ? `${base}.match[${index}]` : base;
}

/** The field of a match that each elimination is about. */
const CONDITIONS: Readonly<Record<Elimination, string>> = {
  'other-port': 'port',
  'other-gateway': 'gateways',
  'other-namespace': 'sourceNamespace',
  'other-labels': 'sourceLabels',
};

/** The matches of `tls` or `tcp` rules that `elimination` keeps from a proxy. */
export function lostByteMatches<M>(
  route: VirtualService,
  section: 'tls' | 'tcp',
  rules: readonly { readonly match: readonly M[] }[],
  elimination: (match: M) => Elimination | undefined,
): readonly Loser[] {
  return rules.flatMap(({ match: matches }, rule) =>
    matches.flatMap((match, index): readonly Loser[] => {
      const reason = elimination(match);
      if (reason === undefined) return [];
      return [{ object: route, field: `spec.${section}[${rule}].match[${index}].${CONDITIONS[reason]}`, reason }];
    }),
  );
}
