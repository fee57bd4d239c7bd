import type { Metadata } from '../metadata.js';
import type { Fields } from '../reading.js';

/** What Sallyport reads of a NetworkPolicy of Kubernetes: whose way out it closes, and what it leaves open. */
export interface NetworkPolicy {
  readonly kind: 'NetworkPolicy';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: NetworkPolicySpec;
}

export interface NetworkPolicySpec {
  /** Its podSelector is empty. */
  readonly selectsAll: boolean;
  /** It is about egress at all: what it does not list is then closed. */
  readonly closesEgress: boolean;
  readonly egress: readonly NetworkPolicyEgress[];
}

/** One rule for what may go out. */
export interface NetworkPolicyEgress {
  /** It names no destination, so it means all. */
  readonly toAnywhere: boolean;
  /** The address blocks that it opens, as written; pods and namespaces that it opens are in the cluster. */
  readonly blocks: readonly string[];
  /** It opens the port of DNS and no other. */
  readonly dnsOnly: boolean;
}

const DNS_PORT = 53;

/** Reads the `spec` of a NetworkPolicy. */
export function readNetworkPolicySpec(spec: Fields): NetworkPolicySpec {
  const types = spec.strings('policyTypes');
  return {
    selectsAll: !selectsSome(spec.objectOrEmpty('podSelector')),
    // Without types it is about egress where it has rules for it (`setDefaultNetworkPolicy`).
    closesEgress: types.length === 0 ? spec.size('egress') > 0 : types.includes('Egress'),
    egress: spec.objects('egress', readEgress),
  };
}

function selectsSome(selector: Fields): boolean {
  return Object.keys(selector.labels('matchLabels', { nullAs: '' })).length + selector.size('matchExpressions') > 0;
}

function readEgress(rule: Fields): NetworkPolicyEgress {
  const blocks = rule.objects('to', (peer) => peer.object('ipBlock')?.text('cidr'));
  const ports = rule.objects('ports', (port) => {
    const number = port.integerOrText('port', PORT_OR_ZERO);
    return number === DNS_PORT && !port.has('endPort');
  });
  return {
    toAnywhere: blocks.length === 0,
    blocks: blocks.filter((block) => block !== undefined),
    dnsOnly: ports.length > 0 && ports.every((isDns) => isDns),
  };
}

const PORT_OR_ZERO = { min: 0, max: 65_535 };
