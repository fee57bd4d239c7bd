import type {
  ClientTls,
  LoadBalancer,
  PortTrafficPolicy,
  Subset,
  TrafficPolicy,
} from '../../mesh/kinds/destination-rule.js';
import type { Declaration } from '../../mesh/world/declaration.js';
import type { ProxyKind } from '../view/routes.js';
import type { UpstreamTls } from '../outcome.js';
import type { EffectiveRule } from './destination-rules.js';

/** What a DestinationRule makes of one cluster. */
export interface ClusterPolicy {
  readonly tls: ClientTls | undefined;
  /** `loadBalancer: PASSTHROUGH`: the cluster dials whatever the client dialled. */
  readonly passthrough: boolean;
  /** A load balancer stands in the cluster's own policy, not in one that it inherits nor in a port's settings. */
  readonly ownLoadBalancer: boolean;
}

const NO_POLICY: ClusterPolicy = { tls: undefined, passthrough: false, ownLoadBalancer: false };

/**
 * The policy for a port of a service, and for a subset of it (C5, C6; `MergeTrafficPolicy`, `MergeSubsetTrafficPolicy` in
 * istiod): settings of the port take the place of the rule's own; a subset's fields override one by one, but its settings of the
 * port override altogether, also with nothing.
 */
export function policyFor(rule: EffectiveRule | undefined, subset: Subset | undefined, port: number): ClusterPolicy {
  if (rule === undefined) return NO_POLICY;
  const own = rule.trafficPolicy;
  const base: PortTrafficPolicy | undefined = own === undefined ? undefined : (settingsOf(own, port) ?? own);
  if (subset === undefined) {
    return {
      tls: base?.tls,
      passthrough: isPassthrough(base?.loadBalancer),
      ownLoadBalancer: own?.loadBalancer !== undefined,
    };
  }
  const inner = subset.trafficPolicy;
  const settings = inner === undefined ? undefined : settingsOf(inner, port);
  const effective = settings ?? {
    tls: inner?.tls ?? base?.tls,
    loadBalancer: inner?.loadBalancer ?? base?.loadBalancer,
  };
  return {
    tls: effective.tls,
    // The kind of a subset's cluster also follows the subset's own balancer where settings of the port override that
    // (`buildSubsetCluster`).
    passthrough: [base, inner, effective].some((policy) => isPassthrough(policy?.loadBalancer)),
    ownLoadBalancer: inner?.loadBalancer !== undefined,
  };
}

function settingsOf(policy: TrafficPolicy, port: number): PortTrafficPolicy | undefined {
  return policy.portLevelSettings.find((settings) => settings.port === port);
}

function isPassthrough(balancer: LoadBalancer | undefined): boolean {
  return balancer?.simple === 'PASSTHROUGH';
}

/** How calls to a cluster are sent (T6.4; `buildUpstreamTLSSettings`, `applyUpstreamTLSSettings`). Undefined: as they came. */
export function upstreamTls(
  proxy: ProxyKind,
  service: Declaration,
  rule: EffectiveRule | undefined,
  policy: ClusterPolicy,
  cluster: { readonly host: string; readonly port: number; readonly subset: string | undefined },
): UpstreamTls | undefined {
  const { tls } = policy;
  if (tls === undefined) return automaticTls(service, policy, cluster);
  switch (tls.mode) {
    case 'DISABLE':
      return undefined;
    case 'ISTIO_MUTUAL':
      return { mode: 'istio-mutual', sni: hasText(tls.sni) ? tls.sni : defaultSni(cluster) };
    case 'SIMPLE':
    case 'MUTUAL': {
      // A sidecar fetches credentials only for a rule that is made for its pod.
      const named = hasText(tls.credentialName);
      if (named && proxy === 'sidecar' && rule?.workloadSelector === undefined) return undefined;
      const mode = tls.mode === 'SIMPLE' ? 'simple' : 'mutual';
      return hasText(tls.sni) ? { mode, sni: tls.sni } : { mode };
    }
  }
}

/** What auto mutual TLS makes of a cluster whose policy sets none. */
function automaticTls(
  service: Declaration,
  policy: ClusterPolicy,
  cluster: { readonly host: string; readonly port: number; readonly subset: string | undefined },
): UpstreamTls | undefined {
  if (service.external || service.resolution === 'NONE' || service.resolution === 'HEADLESS') return undefined;
  if (!policy.passthrough) return { mode: 'auto' };
  return policy.ownLoadBalancer ? undefined : { mode: 'istio-mutual', sni: defaultSni(cluster) };
}

/** The SNI of a mesh-internal cluster (`BuildDNSSrvSubsetKey`). */
function defaultSni({ host, port, subset }: { host: string; port: number; subset: string | undefined }): string {
  return `outbound_.${port}_.${subset === undefined ? '_.' : `${subset}_.`}${host}`;
}

function hasText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
