/** Where the API server asks, and about what. */
export interface WebhookOptions {
  /** The address of the server, without a path. */
  readonly url: string;
  /** The CA that proves it, PEM. */
  readonly ca: string;
  readonly failurePolicy?: 'Fail' | 'Ignore';
  readonly timeoutSeconds?: number;
  /** More rules than Istio's kinds and Services, for both webhooks. */
  readonly rules?: readonly WebhookRule[];
  /** The only user whose changes are judged; everybody's are unless given. */
  readonly username?: string;
}

export interface WebhookRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  /** `Namespaced` unless given. */
  readonly scope?: 'Cluster' | 'Namespaced';
}

const JUDGED: readonly WebhookRule[] = [
  {
    apiGroups: ['networking.istio.io'],
    // One version: the others are converted to it before the webhook sees them (`matchPolicy: Equivalent`).
    apiVersions: ['v1'],
    resources: ['serviceentries', 'virtualservices', 'destinationrules', 'gateways', 'sidecars', 'workloadentries'],
  },
  { apiGroups: ['networking.istio.io'], apiVersions: ['v1alpha3'], resources: ['envoyfilters'] },
  { apiGroups: ['sallyport.dev'], apiVersions: ['v1alpha1'], resources: ['egressexemptions'] },
  { apiGroups: [''], apiVersions: ['v1'], resources: ['services'] },
];

/** What is judged besides by the chart's other webhooks. */
export const OTHER_KINDS: readonly WebhookRule[] = [
  { apiGroups: [''], apiVersions: ['v1'], resources: ['namespaces'], scope: 'Cluster' },
  { apiGroups: ['networking.k8s.io'], apiVersions: ['v1'], resources: ['networkpolicies'] },
  { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps', 'pods', 'replicationcontrollers'] },
  { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'] },
  { apiGroups: ['batch'], apiVersions: ['v1'], resources: ['cronjobs', 'jobs'] },
  { apiGroups: ['gateway.networking.k8s.io'], apiVersions: ['*'], resources: ['gateways', 'httproutes', 'tlsroutes'] },
];

/** The name of both webhook configurations. */
export const WEBHOOK_NAME = 'sallyport';

/** A ConfigMap of this name is refused for as long as a webhook configuration of ours is in force. */
export const PROBES = { validating: 'probe-validating', mutating: 'probe-mutating' } as const;

/** The two webhook configurations as the chart has them, for a server outside the cluster. */
export function webhookConfigurations(options: WebhookOptions): readonly object[] {
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: WEBHOOK_NAME },
      webhooks: [webhook('validate', ['CREATE', 'UPDATE', 'DELETE'], options), probe(PROBES.validating)],
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: WEBHOOK_NAME },
      webhooks: [webhook('mutate', ['CREATE', 'UPDATE'], options), probe(PROBES.mutating)],
    },
  ];
}

function webhook(path: 'validate' | 'mutate', operations: readonly string[], options: WebhookOptions): object {
  const { url, ca, failurePolicy = 'Fail', timeoutSeconds = 10, rules = [], username } = options;
  const isJudged = { name: 'user', expression: `request.userInfo.username == '${username ?? ''}'` };
  return {
    name: `${path}.sallyport.dev`,
    admissionReviewVersions: ['v1'],
    sideEffects: path === 'mutate' ? 'NoneOnDryRun' : 'None',
    matchPolicy: 'Equivalent',
    failurePolicy,
    timeoutSeconds,
    ...(username === undefined ? {} : { matchConditions: [isJudged] }),
    clientConfig: { url: `${url}/${path}`, caBundle: Buffer.from(ca).toString('base64') },
    rules: [...JUDGED, ...rules].map((rule) => ({ scope: 'Namespaced', ...rule, operations })),
  };
}

/**
 * The API server takes up a configuration some time after it was stored, and nothing tells when. So each configuration has
 * one webhook more, that nobody answers, for a ConfigMap that nobody creates: where a dry run of it is refused, the
 * configuration is in force.
 */
function probe(name: string): object {
  return {
    name: `${name}.sallyport.dev`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    timeoutSeconds: 1,
    clientConfig: { url: 'https://127.0.0.1:1/' },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
    matchConditions: [{ name: 'probe', expression: `object.metadata.name == '${name}'` }],
  };
}
