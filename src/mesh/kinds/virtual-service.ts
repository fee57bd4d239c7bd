import type { Labels, Metadata } from '../metadata.js';

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
