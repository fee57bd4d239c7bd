import { resolveGateway } from '../mesh/host.js';
import type { HttpMatch, HttpRule, StringMatch, VirtualService } from '../mesh/kinds/virtual-service.js';
import { selects, type Labels } from '../mesh/metadata.js';
import { hasGatewaySemantics } from '../mesh/route-semantics.js';
import type { World } from '../mesh/world/world.js';
import { mergedRules } from './delegates.js';

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
      if (match === undefined || eliminated(match, merged.root, context) !== undefined) continue;
      const takesAll = takesEveryRequest(match);
      kept.push({ rule, owner, ruleIndex, matchIndex, takesAll });
      if (takesAll) return kept;
    }
  }
  return kept;
}

/** Which condition keeps a match from a proxy, whatever the request says. */
export type Elimination = 'other-port' | 'other-gateway' | 'other-namespace' | 'other-labels';

/** What keeps an HTTP match of `root` from a proxy; undefined where it is kept. */
export function eliminated(match: HttpMatch, root: VirtualService, context: RouteContext): Elimination | undefined {
  if (isOtherPort(match.port, context.port)) return 'other-port';
  if (match.gateways.length === 0) return eliminatedBySource(match, context);
  return namesGateway(match.gateways, root, context.gateway) ? undefined : 'other-gateway';
}

/** Whether a match is for one port, and not for this one. */
export function isOtherPort(wanted: number | undefined, port: number): boolean {
  return wanted !== undefined && wanted !== 0 && wanted !== port;
}

/**
 * Which of a match's conditions on the client's pod fails (`sourceMatchHTTP`); for HTTP they are not looked at where it names
 * gateways.
 */
export function eliminatedBySource(
  match: { readonly sourceLabels: Labels; readonly sourceNamespace: string | undefined },
  { labels, namespace }: Pick<RouteContext, 'labels' | 'namespace'>,
): Elimination | undefined {
  if (match.sourceNamespace !== undefined && match.sourceNamespace !== '' && match.sourceNamespace !== namespace)
    return 'other-namespace';
  return selects(match.sourceLabels, labels) ? undefined : 'other-labels';
}

/** Whether `gateways`, as written in `route`, has the gateway. */
export function namesGateway(gateways: readonly string[], route: VirtualService, gateway: string): boolean {
  if (gateway === 'mesh' || hasGatewaySemantics(route)) return gateways.includes(gateway);
  return gateways.some((name) => resolveGateway(name, route.metadata.namespace) === gateway);
}

/** One route for each rule: all matches of a rule lead the same ways. */
export function rulesOf(kept: readonly KeptRoute[]): readonly KeptRoute[] {
  return kept.filter((one, at) => {
    const before = kept[at - 1];
    return before?.rule !== one.rule || before.owner !== one.owner;
  });
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
