/** One of the things that can happen to a call. */
export type Outcome =
  | ClusterOutcome
  | { readonly type: 'passthrough' }
  | { readonly type: 'blackhole' }
  | { readonly type: 'redirect'; readonly host?: string }
  | { readonly type: 'response'; readonly status: number }
  | { readonly type: 'none' };

/** The call is sent to a cluster. */
export interface ClusterOutcome {
  readonly type: 'cluster';
  readonly host: string;
  readonly port: number;
  readonly subset?: string;
  /** istiod gives this proxy no such cluster: the call fails. */
  readonly missing?: true;
  /** A copy is sent, the answer is thrown away. */
  readonly mirror?: true;
  /** At least one of the addresses that the cluster dials is outside the mesh. */
  readonly external?: true;
  /** How it is sent; absent: as it came. */
  readonly tls?: UpstreamTls;
  /** What the egress gateway does with this very call, where the cluster is one. */
  readonly then?: readonly Outcome[];
}

export interface UpstreamTls {
  readonly mode: 'simple' | 'mutual' | 'istio-mutual' | 'auto';
  readonly sni?: string;
}

/** What the outcomes of a sidecar's call amount to. */
export type Verdict = 'leaks' | 'passthrough' | 'delivered' | 'blocked' | 'broken';

/**
 * `leaks`: something leaves the mesh from the sidecar. `passthrough`: it is sent on unfiltered, unknown to the mesh.
 * `delivered`: whatever happens, an egress gateway sends it out. `blocked`: it is refused. `broken`: it fails on the way.
 */
export function verdictOf(outcomes: readonly Outcome[]): Verdict {
  if (outcomes.some((outcome) => outcome.type === 'cluster' && outcome.external === true)) return 'leaks';
  if (outcomes.some((outcome) => outcome.type === 'passthrough')) return 'passthrough';
  const calls = outcomes.filter((outcome) => outcome.type !== 'cluster' || outcome.mirror !== true);
  if (calls.every(isDelivered)) return 'delivered';
  return outcomes.every((outcome) => outcome.type === 'blackhole') ? 'blocked' : 'broken';
}

/** Whether an egress gateway takes the call and sends it out, whichever way it goes there. */
export function isDelivered(outcome: Outcome): boolean {
  return (
    outcome.type === 'cluster' &&
    outcome.then?.every((next) => next.type === 'cluster' && next.external === true && next.missing !== true) === true
  );
}
