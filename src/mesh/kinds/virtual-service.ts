import type { Labels, Metadata } from '../metadata.js';
import { NO_ITEMS, type Fields } from '../reading.js';

export interface VirtualService {
  readonly kind: 'VirtualService';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: VirtualServiceSpec;
}

export interface VirtualServiceSpec {
  readonly hosts: readonly string[];
  /** As written; empty means the mesh. */
  readonly gateways: readonly string[];
  readonly http: readonly HttpRule[];
  readonly tls: readonly TlsRule[];
  readonly tcp: readonly TcpRule[];
  readonly exportTo: readonly string[];
}

export interface HttpRule {
  readonly name: string | undefined;
  /** Empty means every request. */
  readonly match: readonly HttpMatch[];
  readonly route: readonly HttpDestination[];
  readonly redirect: { readonly authority: string | undefined; readonly status: number } | undefined;
  readonly directResponse: { readonly status: number } | undefined;
  readonly delegate: { readonly name: string; readonly namespace: string | undefined } | undefined;
  /** `mirror` first, then `mirrors`, each with the path of its destination within the rule. */
  readonly mirrors: readonly Mirror[];
  /** `rewrite.authority`. */
  readonly rewriteAuthority: string | undefined;
  /** The Host (or `:authority`) that `headers.request.set` or `.add` gives the request. */
  readonly requestHost: string | undefined;
}

export interface HttpMatch {
  readonly gateways: readonly string[];
  /** Undefined stands for every port. */
  readonly port: number | undefined;
  readonly sourceLabels: Labels;
  /** Undefined stands for every namespace. */
  readonly sourceNamespace: string | undefined;
  readonly uri: StringMatch | undefined;
  readonly method: StringMatch | undefined;
  readonly authority: StringMatch | undefined;
  readonly scheme: StringMatch | undefined;
  /** A header without a value's match (present or not) has undefined. */
  readonly headers: Readonly<Record<string, StringMatch | undefined>>;
  readonly withoutHeaders: Readonly<Record<string, StringMatch | undefined>>;
  readonly queryParams: Readonly<Record<string, StringMatch | undefined>>;
  readonly ignoreUriCase: boolean;
}

export interface StringMatch {
  readonly type: 'exact' | 'prefix' | 'regex';
  readonly value: string;
}

export interface Destination {
  readonly host: string;
  readonly subset: string | undefined;
  readonly port: number | undefined;
}

export interface RouteDestination {
  readonly destination: Destination;
  /** 0 where none is written, as in Istio: what it means depends on the number of destinations. */
  readonly weight: number;
}

export interface HttpDestination extends RouteDestination {
  /** The Host (or `:authority`) that this destination's own `headers.request.set` or `.add` gives the request. */
  readonly requestHost: string | undefined;
}

export interface Mirror {
  /** The path of the destination below the rule: `mirror` or `mirrors[2].destination`. */
  readonly field: string;
  readonly destination: Destination;
  /** 0 to 100; 100 where none is written. */
  readonly percentage: number;
}

export interface TlsRule {
  readonly match: readonly TlsMatch[];
  readonly route: readonly RouteDestination[];
}

export interface TcpRule {
  readonly match: readonly TcpMatch[];
  readonly route: readonly RouteDestination[];
}

export interface TcpMatch {
  readonly gateways: readonly string[];
  readonly port: number | undefined;
  readonly sourceLabels: Labels;
  readonly sourceNamespace: string | undefined;
  readonly destinationSubnets: readonly string[];
}

export interface TlsMatch extends TcpMatch {
  /** Not empty in an object that the API server took. */
  readonly sniHosts: readonly string[];
}

/** Reads the `spec` of a VirtualService, by the schema and the rules of its CRD. */
export function readVirtualServiceSpec(spec: Fields): VirtualServiceSpec {
  return {
    hosts: spec.strings('hosts'),
    gateways: spec.strings('gateways'),
    http: spec.objects('http', readHttpRule),
    tls: spec.objects('tls', readTlsRule),
    tcp: spec.objects('tcp', readTcpRule),
    exportTo: spec.strings('exportTo'),
  };
}

/** Reads the fields of a `Destination`. A `port` without a number is port 0, which no service has. */
export function readDestination(destination: Fields): Destination {
  const port = destination.object('port');
  return {
    host: destination.requiredString('host'),
    subset: destination.text('subset'),
    port: port === undefined ? undefined : (port.integer('number') ?? 0),
  };
}

function readHttpRule(rule: Fields): HttpRule {
  return {
    name: rule.text('name'),
    match: rule.objects('match', readHttpMatch),
    route: rule.objects('route', readHttpDestination),
    redirect: readRedirect(rule),
    directResponse: readDirectResponse(rule),
    delegate: readDelegate(rule),
    mirrors: readMirrors(rule),
    rewriteAuthority: rule.object('rewrite')?.text('authority'),
    requestHost: readRequestHost(rule),
  };
}

function readHttpMatch(match: Fields): HttpMatch {
  return {
    gateways: match.strings('gateways'),
    port: readMatchedPort(match),
    sourceLabels: match.labels('sourceLabels'),
    sourceNamespace: match.text('sourceNamespace'),
    uri: readStringMatch(match.object('uri')),
    method: readCondition(match.object('method')),
    authority: readCondition(match.object('authority')),
    scheme: readCondition(match.object('scheme')),
    headers: match.objectsByKey('headers', readStringMatch),
    withoutHeaders: match.objectsByKey('withoutHeaders', readStringMatch),
    queryParams: match.objectsByKey('queryParams', readStringMatch),
    ignoreUriCase: match.flag('ignoreUriCase'),
  };
}

/** 0 is any port, as none. */
function readMatchedPort(match: Fields): number | undefined {
  const port = match.integer('port');
  return port === 0 ? undefined : port;
}

const STRING_MATCHES = ['exact', 'prefix', 'regex'] as const;

/** Undefined where the match names no value. */
function readStringMatch(match: Fields | undefined): StringMatch | undefined {
  if (match === undefined) return undefined;
  const [type, second] = STRING_MATCHES.filter((name) => match.has(name));
  if (type === undefined) return undefined;
  if (second !== undefined) match.fault(second, `cannot stand beside ${type}: a match compares in one way`);
  return { type, value: match.string(type) ?? '' };
}

/**
 * A match of the method, the authority or the scheme. One without a value asks istiod for their presence alone
 * (`translateHeaderMatch`), and keeps a rule from taking every request: an empty prefix says the same.
 */
function readCondition(match: Fields | undefined): StringMatch | undefined {
  return match === undefined ? undefined : (readStringMatch(match) ?? { type: 'prefix', value: '' });
}

function readHttpDestination(route: Fields): HttpDestination {
  return {
    destination: readDestination(route.requiredObject('destination')),
    weight: readWeight(route),
    requestHost: readRequestHost(route),
  };
}

/** A negative weight passes the CRD; Istio's own validation refuses it (`validateWeight`), and so does this. */
const WEIGHT = { min: 0, max: 2_147_483_647 };

function readRouteDestination(route: Fields): RouteDestination {
  return { destination: readDestination(route.requiredObject('destination')), weight: readWeight(route) };
}

function readWeight(route: Fields): number {
  return route.integer('weight', WEIGHT) ?? 0;
}

function readRedirect(rule: Fields): HttpRule['redirect'] {
  const redirect = rule.object('redirect');
  if (redirect === undefined) return undefined;
  if (redirect.has('port') && redirect.has('derivePort')) {
    redirect.fault('derivePort', 'cannot stand beside port: only one of them may say the port');
  }
  const status = redirect.integer('redirectCode') ?? 0;
  return { authority: redirect.text('authority'), status: status === 0 ? MOVED_PERMANENTLY : status };
}

const MOVED_PERMANENTLY = 301;

function readDirectResponse(rule: Fields): HttpRule['directResponse'] {
  const response = rule.object('directResponse');
  return response === undefined ? undefined : { status: response.requiredInteger('status') };
}

function readDelegate(rule: Fields): HttpRule['delegate'] {
  const delegate = rule.object('delegate');
  if (delegate === undefined) return undefined;
  return { name: delegate.string('name') ?? '', namespace: delegate.text('namespace') };
}

function readMirrors(rule: Fields): readonly Mirror[] {
  const mirror = rule.object('mirror');
  const percentage = readPercentage(rule, 'mirrorPercentage') ?? rule.integer('mirrorPercent');
  const mirrors = rule
    .objects('mirrors', readMirror)
    .map((each, index) => ({ ...each, field: `mirrors[${index}].destination` }));
  if (mirror === undefined) return mirrors.length === 0 ? NO_ITEMS : mirrors;
  return [{ field: 'mirror', destination: readDestination(mirror), percentage: clamped(percentage) }, ...mirrors];
}

function readMirror(mirror: Fields): Omit<Mirror, 'field'> {
  return {
    destination: readDestination(mirror.requiredObject('destination')),
    percentage: clamped(readPercentage(mirror, 'percentage')),
  };
}

/** `{}` is 0 %, as in protocol buffers. */
function readPercentage(owner: Fields, name: string): number | undefined {
  const percentage = owner.object(name);
  return percentage === undefined ? undefined : (percentage.number('value') ?? 0);
}

function clamped(percentage = 100): number {
  return Math.min(Math.max(percentage, 0), 100);
}

const AUTHORITY_HEADERS: ReadonlySet<string> = new Set(['host', ':authority']);

/** `set` wins over `add` (`TranslateHeadersOperations`); of several spellings the last, where istiod takes any. */
function readRequestHost(owner: Fields): string | undefined {
  const request = owner.object('headers')?.object('request');
  if (request === undefined) return undefined;
  const set = authorityOf(request.labels('set'));
  const add = authorityOf(request.labels('add'));
  return set ?? add;
}

function authorityOf(headers: Labels): string | undefined {
  let authority: string | undefined;
  for (const name in headers) {
    if (AUTHORITY_HEADERS.has(name.toLowerCase()) && headers[name] !== '') authority = headers[name];
  }
  return authority;
}

function readTlsRule(rule: Fields): TlsRule {
  if (!rule.has('match')) rule.fault('match', 'is required');
  return { match: rule.objects('match', readTlsMatch), route: rule.objects('route', readRouteDestination) };
}

function readTcpRule(rule: Fields): TcpRule {
  return { match: rule.objects('match', readTcpMatch), route: rule.objects('route', readRouteDestination) };
}

function readTcpMatch(match: Fields): TcpMatch {
  return {
    gateways: match.strings('gateways'),
    port: readMatchedPort(match),
    sourceLabels: match.labels('sourceLabels'),
    sourceNamespace: match.text('sourceNamespace'),
    destinationSubnets: match.strings('destinationSubnets'),
  };
}

function readTlsMatch(match: Fields): TlsMatch {
  if (!match.has('sniHosts'))
    match.fault('sniHosts', 'is required (its name of 2019, sni_hosts, is dropped by the API server)');
  return { ...readTcpMatch(match), sniHosts: match.strings('sniHosts') };
}
