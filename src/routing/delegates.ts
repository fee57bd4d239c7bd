import { resolveGateway } from '../mesh/host.js';
import type { HttpMatch, HttpRule, StringMatch, VirtualService } from '../mesh/kinds/virtual-service.js';
import { mergesDelegates } from '../mesh/route-semantics.js';
import type { World } from '../mesh/world/world.js';
import { exported, visibilityOf } from './view/visibility.js';

/** A rule as istiod sees it once delegates stand in the place of those who name them. */
export interface MergedRule {
  readonly rule: HttpRule;
  readonly match: readonly HttpMatch[];
  /** The VirtualService in which the rule is written. */
  readonly owner: VirtualService;
  /** Its place among that one's `http` rules. */
  readonly index: number;
  /** The VirtualService whose `gateways` names the matches' gateways are relative to. */
  readonly root: VirtualService;
}

const MERGED = new WeakMap<VirtualService, readonly MergedRule[]>();

/** The HTTP rules of a VirtualService with its delegates merged in (A6.8; `mergeVirtualServicesIfNeeded` in istiod). */
export function mergedRules(world: World, root: VirtualService): readonly MergedRule[] {
  const known = MERGED.get(root);
  if (known !== undefined) return known;
  const rules = root.spec.http;
  if (!rules.some(({ delegate }) => delegate !== undefined) || !mergesDelegates(root)) {
    const merged = rules.map((rule, index) => ({ rule, match: rule.match, owner: root, index, root }));
    MERGED.set(root, merged);
    return merged;
  }
  return rules.flatMap((rule, index) =>
    rule.delegate === undefined
      ? [{ rule, match: rule.match, owner: root, index, root }]
      : delegatedRules(world, root, rule, rule.delegate),
  );
}

function delegatedRules(
  world: World,
  root: VirtualService,
  rule: HttpRule,
  { name, namespace }: NonNullable<HttpRule['delegate']>,
): readonly MergedRule[] {
  const owner = delegateOf(world, root, namespace ?? root.metadata.namespace, name);
  if (owner === undefined) return [];
  const merged: MergedRule[] = [];
  owner.spec.http.forEach((inner, index) => {
    // A delegate of a delegate is refused by Istio's validation, and its rule would have no destination.
    if (inner.delegate !== undefined) return;
    const match = mergedMatches(rule.match, inner.match, root, owner);
    if (match !== undefined) merged.push({ rule: withRoot(inner, rule), match, owner, index, root });
  });
  return merged;
}

/** The delegate that a rule of `root` names, where it is one and visible. */
export function delegateOf(
  world: World,
  root: VirtualService,
  namespace: string,
  name: string,
): VirtualService | undefined {
  const found = world.object('VirtualService', namespace, name);
  if (found?.kind !== 'VirtualService' || found.spec.hosts.length > 0) return undefined;
  const exportTo = exported(found.spec.exportTo, world.mesh.defaultVirtualServiceExportTo);
  return visibilityOf(exportTo, namespace, root.metadata.namespace) === undefined ? undefined : found;
}

/** What the delegating rule gives to a rule that says nothing of it (`mergeHTTPRoute`). */
function withRoot(inner: HttpRule, outer: HttpRule): HttpRule {
  if (outer.rewriteAuthority === undefined && outer.requestHost === undefined && outer.mirrors.length === 0)
    return inner;
  return {
    ...inner,
    rewriteAuthority: inner.rewriteAuthority ?? outer.rewriteAuthority,
    requestHost: inner.requestHost ?? outer.requestHost,
    mirrors: inner.mirrors.length > 0 ? inner.mirrors : outer.mirrors,
  };
}

/** Undefined where a match of the delegate lies inside none of the root's: the rule vanishes (`mergeHTTPMatchRequests`). */
function mergedMatches(
  outer: readonly HttpMatch[],
  inner: readonly HttpMatch[],
  root: VirtualService,
  owner: VirtualService,
): readonly HttpMatch[] | undefined {
  const of = (match: HttpMatch, route: VirtualService): HttpMatch => ({
    ...match,
    gateways: match.gateways.map((name) => resolveGateway(name, route.metadata.namespace)),
  });
  if (outer.length === 0) return inner.map((match) => of(match, owner));
  if (inner.length === 0) return outer.map((match) => of(match, root));
  const merged: HttpMatch[] = [];
  for (const leaf of inner) {
    const theirs = of(leaf, owner);
    const fitting = outer.map((match) => of(match, root)).filter((mine) => !conflicts(mine, theirs));
    if (fitting.length === 0) return undefined;
    merged.push(...fitting.map((mine) => mergedMatch(mine, theirs)));
  }
  return merged;
}

function mergedMatch(root: HttpMatch, delegate: HttpMatch): HttpMatch {
  return {
    gateways: delegate.gateways.length > 0 ? delegate.gateways : root.gateways,
    port: delegate.port ?? root.port,
    sourceLabels: { ...root.sourceLabels, ...delegate.sourceLabels },
    sourceNamespace: delegate.sourceNamespace ?? root.sourceNamespace,
    uri: delegate.uri ?? root.uri,
    method: delegate.method ?? root.method,
    authority: delegate.authority ?? root.authority,
    scheme: delegate.scheme ?? root.scheme,
    headers: { ...root.headers, ...delegate.headers },
    withoutHeaders: { ...root.withoutHeaders, ...delegate.withoutHeaders },
    queryParams: { ...root.queryParams, ...delegate.queryParams },
    ignoreUriCase: root.ignoreUriCase || delegate.ignoreUriCase,
  };
}

/** Whether the delegate's match leaves the root's (`hasConflict`). */
function conflicts(root: HttpMatch, leaf: HttpMatch): boolean {
  if (root.ignoreUriCase !== leaf.ignoreUriCase) return true;
  if (root.port !== undefined && leaf.port !== undefined && root.port !== leaf.port) return true;
  if (
    root.sourceNamespace !== undefined &&
    leaf.sourceNamespace !== undefined &&
    root.sourceNamespace !== leaf.sourceNamespace
  )
    return true;
  if (leaves(root.uri, leaf.uri) || leaves(root.scheme, leaf.scheme)) return true;
  if (leaves(root.method, leaf.method) || leaves(root.authority, leaf.authority)) return true;
  if (someLeaves(root.headers, leaf.headers) || someLeaves(root.withoutHeaders, leaf.withoutHeaders)) return true;
  if (someLeaves(root.queryParams, leaf.queryParams)) return true;
  for (const key in root.sourceLabels) {
    const other = leaf.sourceLabels[key];
    if (other !== undefined && other !== root.sourceLabels[key]) return true;
  }
  if (leaf.gateways.length > root.gateways.length && root.gateways.length > 0) return true;
  return root.gateways.length > 0 && leaf.gateways.some((name) => !root.gateways.includes(name));
}

function someLeaves(root: HttpMatch['headers'], leaf: HttpMatch['headers']): boolean {
  return Object.entries(leaf).some(([key, value]) => Object.hasOwn(root, key) && leaves(root[key], value));
}

/** Whether `leaf` may take what `root` does not (`stringMatchConflict`). */
function leaves(root: StringMatch | undefined, leaf: StringMatch | undefined): boolean {
  if (root === undefined || leaf === undefined) return false;
  if (root.type === 'regex' || leaf.type === 'regex') return true;
  if (leaf.type === 'exact')
    return root.type === 'exact' ? root.value !== leaf.value : !leaf.value.startsWith(root.value);
  return root.type === 'exact' || !leaf.value.startsWith(root.value);
}
