import { resolveGateway } from '../mesh/host.js';
import type { HttpMatch, HttpRule, StringMatch, VirtualService } from '../mesh/kinds/virtual-service.js';
import { selects, type Labels } from '../mesh/metadata.js';
import { hasGatewaySemantics } from '../mesh/route-semantics.js';
import type { World } from '../mesh/world/world.js';
import { mergedRules, type MergedRule } from './delegates.js';

/** The proxy and the port for which routes are made. */
export interface RouteContext {
  /** `mesh` for a sidecar, else `namespace/name` of the Gateway. */
  readonly gateway: string;
  /** What `match.port` is held against. */
  readonly port: number;
  readonly namespace: string;
  readonly labels: Labels;
}

/** A route that a proxy keeps: one match of one rule, or a rule without matches. */
export interface KeptRoute {
  readonly rule: HttpRule;
  /** The VirtualService that the rule stands in: the delegate where there is one. */
  readonly owner: VirtualService;
  readonly ruleIndex: number;
  readonly matchIndex: number | undefined;
  /** Every request takes it, so that nothing behind it is reached. */
  readonly takesAll: boolean;
}

/**
 * The routes of a VirtualService that a proxy keeps, in order, up to the first that takes every request
 * (T5.4; `BuildHTTPRoutesForVirtualService`, `translateRoute` in istiod).
 */
export function keptRoutes(world: World, route: VirtualService, context: RouteContext): readonly KeptRoute[] {
  const kept: KeptRoute[] = [];
  for (const merged of mergedRules(world, route)) {
    const { rule, owner, index: ruleIndex, match: matches } = merged;
    if (matches.length === 0) {
      kept.push({ rule, owner, ruleIndex, matchIndex: undefined, takesAll: true });
      return kept;
    }
    for (let matchIndex = 0; matchIndex < matches.length; matchIndex++) {
      const match = matches[matchIndex];
      if (match === undefined || !applies(match, merged, context)) continue;
      const takesAll = takesEveryRequest(match);
      kept.push({ rule, owner, ruleIndex, matchIndex, takesAll });
      if (takesAll) return kept;
    }
  }
  return kept;
}

function applies(match: HttpMatch, { root }: MergedRule, context: RouteContext): boolean {
  if (match.port !== undefined && match.port !== 0 && match.port !== context.port) return false;
  if (match.gateways.length > 0) return namesGateway(match.gateways, root, context.gateway);
  return sourceApplies(match, context);
}

/** Whether a match's conditions on the client's pod hold (`sourceMatchHTTP`); they are not looked at where it names gateways. */
export function sourceApplies(
  match: { readonly sourceLabels: Labels; readonly sourceNamespace: string | undefined },
  { labels, namespace }: Pick<RouteContext, 'labels' | 'namespace'>,
): boolean {
  if (match.sourceNamespace !== undefined && match.sourceNamespace !== '' && match.sourceNamespace !== namespace)
    return false;
  return selects(match.sourceLabels, labels);
}

/** Whether `gateways`, as written in `route`, has the gateway. */
export function namesGateway(gateways: readonly string[], route: VirtualService, gateway: string): boolean {
  if (gateway === 'mesh' || hasGatewaySemantics(route)) return gateways.includes(gateway);
  return gateways.some((name) => resolveGateway(name, route.metadata.namespace) === gateway);
}

/** Whether no request fails the match (`isCatchAllRoute`). */
export function takesEveryRequest(match: HttpMatch): boolean {
  const { uri, headers, withoutHeaders, queryParams, method, authority, scheme } = match;
  if (method !== undefined || authority !== undefined || scheme !== undefined) return false;
  if (!isEmpty(headers) || !isEmpty(withoutHeaders) || !isEmpty(queryParams)) return false;
  if (uri === undefined) return true;
  return (uri.type === 'prefix' && uri.value === '/') || (uri.type === 'regex' && uri.value === '.*');
}

function isEmpty(record: Readonly<Record<string, StringMatch | undefined>>): boolean {
  for (const key in record) if (Object.hasOwn(record, key)) return false;
  return true;
}
