import type { Labels, Metadata } from '../metadata.js';
import type { Fields } from '../reading.js';
import { checkSelectorValue } from '../workload-selector.js';

export interface DestinationRule {
  readonly kind: 'DestinationRule';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: DestinationRuleSpec;
}

export interface DestinationRuleSpec {
  readonly host: string;
  readonly trafficPolicy: TrafficPolicy | undefined;
  readonly subsets: readonly Subset[];
  readonly exportTo: readonly string[];
  readonly workloadSelector: Labels | undefined;
}

export interface Subset {
  readonly name: string;
  readonly labels: Labels;
  readonly trafficPolicy: TrafficPolicy | undefined;
}

/** The four fields that a port's settings replace together. */
export interface PortTrafficPolicy {
  readonly tls: ClientTls | undefined;
  readonly loadBalancer: LoadBalancer | undefined;
}

export interface TrafficPolicy extends PortTrafficPolicy {
  readonly portLevelSettings: readonly PortLevelSettings[];
}

export interface PortLevelSettings extends PortTrafficPolicy {
  readonly port: number;
}

export interface LoadBalancer {
  /** `simple`, or undefined where it is unset or a consistent hash. */
  readonly simple: string | undefined;
}

export interface ClientTls {
  readonly mode: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';
  readonly sni: string | undefined;
  readonly credentialName: string | undefined;
}

const TLS_MODES = ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'] as const;
const BALANCERS = ['UNSPECIFIED', 'LEAST_CONN', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST'] as const;
const BALANCER_FORMS = ['simple', 'consistentHash', 'backendUtilization'] as const;

/** Reads the `spec` of a DestinationRule, by the schema and the rules of its CRD. */
export function readDestinationRuleSpec(spec: Fields): DestinationRuleSpec {
  return {
    host: spec.requiredString('host'),
    trafficPolicy: readTrafficPolicy(spec),
    subsets: spec.objects('subsets', readSubset),
    exportTo: spec.strings('exportTo'),
    workloadSelector: readMatchLabels(spec),
  };
}

function readSubset(subset: Fields): Subset {
  return {
    name: subset.requiredString('name'),
    labels: subset.labels('labels'),
    trafficPolicy: readTrafficPolicy(subset),
  };
}

function readTrafficPolicy(owner: Fields): TrafficPolicy | undefined {
  const policy = owner.object('trafficPolicy');
  if (policy === undefined) return undefined;
  return {
    ...readPortTrafficPolicy(policy),
    portLevelSettings: policy.objects('portLevelSettings', readPortLevelSettings, { max: 4096 }),
  };
}

/** Settings without a port have port 0, which no service has: istiod passes over them. */
function readPortLevelSettings(settings: Fields): PortLevelSettings {
  return { port: settings.object('port')?.integer('number') ?? 0, ...readPortTrafficPolicy(settings) };
}

function readPortTrafficPolicy(policy: Fields): PortTrafficPolicy {
  return { tls: readClientTls(policy), loadBalancer: readLoadBalancer(policy) };
}

function readClientTls(policy: Fields): ClientTls | undefined {
  const tls = policy.object('tls');
  if (tls === undefined) return undefined;
  return {
    mode: tls.choice('mode', TLS_MODES) ?? 'DISABLE',
    sni: tls.text('sni'),
    credentialName: tls.text('credentialName'),
  };
}

function readLoadBalancer(policy: Fields): LoadBalancer | undefined {
  const balancer = policy.object('loadBalancer');
  if (balancer === undefined) return undefined;
  const written = BALANCER_FORMS.filter((form) => balancer.has(form));
  if (written.length > 1) policy.fault('loadBalancer', `can have only one of ${written.join(', ')}`);
  return { simple: balancer.choice('simple', BALANCERS) };
}

function readMatchLabels(spec: Fields): Labels | undefined {
  const rules = { max: 4096, checkKey: checkSelectorKey, checkValue: checkSelectorValue };
  return spec.object('workloadSelector')?.labels('matchLabels', rules);
}

function checkSelectorKey(key: string): string | undefined {
  return key === '' || key.includes('*') ? 'is no key of a label: it is empty or holds a *' : undefined;
}
