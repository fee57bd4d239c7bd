import type { LossReason } from '../routing/explanation/step.js';

/**
 * Why a candidate lost: what follows its name. `{by}` stands for the object that it lost to, `{namespace}` for the namespace of the
 * proxy, any other name for a value of the step.
 */
export const LOSS_WORDS: Readonly<Record<LossReason, string>> = {
  'not-exported': 'not exported to {namespace}',
  'not-imported': 'not imported by {by}',
  'mesh-not-listed': 'its gateways do not list mesh',
  'gateway-not-listed': 'its gateways do not list this Gateway',
  'other-host': 'its hosts are not those of {by}',
  'other-port': 'for another port',
  'other-gateway': 'for other gateways',
  'other-namespace': 'for pods of another namespace',
  'other-labels': 'for pods with other labels',
  'other-section': 'it has no {section} rules, which count here',
  'other-sni': 'for another SNI',
  'other-address': 'for other addresses',
  'sni-taken': 'an earlier match has its SNI',
  younger: '{by} is older',
  older: '{by} is younger, and of several the youngest counts',
  public: '{by} goes first, private or exported by name',
  'route-semantics': 'the annotation internal.istio.io/route-semantics decides',
  'less-specific': '{by} is more specific',
  unreachable: 'an earlier rule takes every request',
  'delegate-not-found': 'its delegate is missing, is not exported to it, or has hosts',
  'delegate-outside': 'the matches of {by} are not within its own',
  'undeclared-host': 'no service has this host here, so it counts on port 80 only',
  'zero-weight': 'weight 0',
  'own-namespace-first': '{by} is in the own namespace and hides it',
  'kubernetes-first': '{by} is a Kubernetes Service and hides it',
  'off-path': 'rules are looked for in {path} only',
  'nearer-namespace': '{by} is found first, and namespaces are not merged',
  merged: 'merged into {by}, which is older and not exported to {namespace}',
  'other-pods': 'selects other pods',
  'wants-tls': 'takes TLS, and this is none',
  'plaintext-only': 'takes no TLS',
  'no-rule': 'no rule for its protocol fits',
  'host-taken': 'an earlier server has its host',
  'port-taken': 'an earlier server has its port, with a protocol that does not share it',
};
