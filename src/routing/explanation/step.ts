import type { Labels } from '../../mesh/metadata.js';
import type { MeshObject } from '../../mesh/mesh-object.js';
import type { Call, Client } from '../call.js';
import type { Outcome, Verdict } from '../outcome.js';
import type { Elimination } from '../http-routes.js';
import type { Refusal } from '../gateway/servers.js';
import type { Place } from './fields.js';
import type { RouteHiding } from '../view/routes.js';
import type { ServiceHiding } from '../view/services.js';

/** The reasons that each step can have, in the order of the way. */
export interface StepReasons {
  /** Which Sidecar object says what the pod sees. */
  readonly sidecar: 'everything' | 'sidecar-for-pods' | 'sidecar-of-namespace' | 'sidecar-of-root';
  /** What declares the host that is dialled. */
  readonly service: 'declared' | 'captured' | 'undeclared' | 'port-undeclared';
  /** Where the sidecar listens for it. */
  readonly listener: 'bound-address' | 'every-address' | 'nothing-listens';
  /** By what the sidecar sends TLS and plain bytes on, or that they are plaintext HTTP. */
  readonly chain: 'http' | 'route' | 'service' | 'no-chain' | 'not-http' | 'not-tls' | 'http-only';
  /** Who answers for a Host. */
  readonly host: 'route' | 'service' | 'no-host';
  /** What becomes of a call that nothing is known of. */
  readonly outbound: 'registry-only' | 'allow-any' | 'egress-proxy';
  /** The HTTP rule that takes the request. */
  readonly route: 'all-calls' | 'some-calls' | 'redirect' | 'direct-response' | 'https-redirect' | 'no-rule-left';
  /** What the rule names. */
  readonly destination: 'sole' | 'weight' | 'mirror';
  /** What the named Service stands for. */
  readonly alias: 'external-name';
  /** How this proxy knows that. */
  readonly cluster: 'known' | 'unknown' | 'hidden' | 'port-unknown';
  /** The DestinationRule for it. */
  readonly policy: 'no-rule' | 'rule' | 'subset' | 'no-subset' | 'no-rule-for-subset';
  /** What is dialled in the end. */
  readonly dial:
    | 'inside'
    | 'outside-name'
    | 'outside-address'
    | 'resolution-none'
    | 'headless'
    | 'passthrough-balancer'
    | 'forward-proxy'
    | 'no-endpoint'
    | 'no-cluster';
  /** How it is sent. */
  readonly tls: 'auto' | 'simple' | 'mutual' | 'istio-mutual';
  /** The port of the egress gateway's Service. */
  readonly port: 'service-port' | 'no-service-port';
  /** The server of a Gateway that takes the connection. */
  readonly server:
    | 'plaintext'
    | 'terminates'
    | 'passes'
    | 'no-server'
    | 'no-rule'
    | 'tls-on-plaintext'
    | 'no-certificate'
    | 'no-http-inside';
  /** The VirtualService that is bound to that server. */
  readonly binding: 'route' | 'no-route';
}

export type StepName = keyof StepReasons;

/** One step of a call's way: what decided, and who lost. Data only, the words are the report's. */
export interface StepOf<N extends StepName> {
  readonly step: N;
  readonly reason: StepReasons[N];
  /** Undefined where no object decides but a default. */
  readonly object: MeshObject | undefined;
  /** A JSON path; empty without an object. */
  readonly field: string;
  /** What the words speak of, by name: `host`, `port`, `subset`, ... */
  readonly values: Values;
  readonly losers: readonly Loser[];
}

export type Step = { readonly [N in StepName]: StepOf<N> }[StepName];

export type Values = Readonly<Record<string, string>>;

/** Why a candidate lost. */
export type LossReason =
  | Exclude<RouteHiding, 'delegate'>
  | ServiceHiding
  | Elimination
  | Refusal
  /** A Gateway that the VirtualService does not name. */
  | 'gateway-not-listed'
  /** Hosts that do not cover what is asked for. */
  | 'other-host'
  /** Rules, but not for this protocol. */
  | 'other-section'
  | 'other-sni'
  | 'other-address'
  /** An earlier match has its SNI. */
  | 'sni-taken'
  /** An older one goes first. */
  | 'younger'
  /** One that is private to the namespace, or exported to it by name, goes first. */
  | 'public'
  /** One with Istio's internal annotation goes first, or it has that itself and does not count here. */
  | 'route-semantics'
  /** A name that is closer to what is asked for goes first. */
  | 'less-specific'
  /** A rule before it takes every request. */
  | 'unreachable'
  | 'delegate-not-found'
  /** A delegate whose matches are not within the rule's. */
  | 'delegate-outside'
  /** A host that nobody declares on this port counts on port 80 only. */
  | 'undeclared-host'
  | 'zero-weight'
  | 'own-namespace-first'
  | 'kubernetes-first'
  /** In a namespace where this proxy does not look. */
  | 'off-path'
  /** A namespace where the proxy looks earlier has one. */
  | 'nearer-namespace'
  /** Of several with one host the youngest counts. */
  | 'older'
  /** Merged into an older one, and exported as that is. */
  | 'merged'
  /** A selector that does not select these pods. */
  | 'other-pods'
  | 'wants-tls'
  | 'plaintext-only'
  /** A server without a rule in the section that it obeys. */
  | 'no-rule';

export interface Loser {
  readonly object: MeshObject;
  readonly field: string;
  readonly reason: LossReason;
  /** What made it lose, where that is an object. */
  readonly by?: Place;
}

/** What made a candidate lose, where that is known. */
export function lostBy(place: Place | undefined): Pick<Loser, 'by'> {
  return place === undefined ? {} : { by: place };
}

/** What happens to a call in one proxy. */
export interface Hop {
  readonly proxy: HopProxy;
  /** Up to where the ways part. */
  readonly steps: readonly Step[];
  readonly ways: readonly ExplainedWay[];
}

export type HopProxy =
  | { readonly kind: 'sidecar'; readonly namespace: string; readonly labels: Labels }
  | { readonly kind: 'gateway'; /** `namespace/name`. */ readonly service: string; readonly port: number };

export interface ExplainedWay {
  readonly outcome: Outcome;
  readonly steps: readonly Step[];
  /** At the egress gateway. */
  readonly next: Hop | undefined;
}

/** The way of a call with all its reasons. */
export interface Explanation {
  readonly client: Client;
  readonly call: Call;
  readonly outcomes: readonly Outcome[];
  /** Undefined for a call that is asked about at the gateway. */
  readonly verdict: Verdict | undefined;
  readonly hop: Hop;
}

/** A step; without an object where nobody decides but a default. */
export function step<N extends StepName>(
  name: N,
  reason: StepReasons[N],
  decider: Place | undefined,
  values: Values = {},
  losers: readonly Loser[] = [],
): StepOf<N> {
  return { step: name, reason, object: decider?.object, field: decider?.field ?? '', values, losers };
}
