import type { Document, Meta } from './manifests.js';

/** Documents of Kubernetes' own kinds, and of the Gateway API. */

export function namespace(labels: Document, name = 'shop'): Document {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** A namespace whose pods get sidecars. */
export const INJECTED = namespace({ 'istio-injection': 'enabled' });

export interface PodDocument {
  readonly labels?: Document;
  readonly annotations?: Document;
  readonly spec?: Document;
}

const CONTAINERS = [{ name: 'web', image: 'web' }];

export function pod({ labels = {}, annotations = {}, spec = {} }: PodDocument, meta: Meta = {}): Document {
  const metadata = { name: 'web', namespace: 'shop', ...meta, labels: { app: 'web', ...labels }, annotations };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: CONTAINERS, ...spec } };
}

export function deployment(template: PodDocument, meta: Meta = {}): Document {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', ...meta },
    spec: { selector: { matchLabels: { app: 'web' } }, template: templateOf(template) },
  };
}

/** What a controller makes pods of. */
export function templateOf({ labels = {}, annotations = {}, spec = {} }: PodDocument): Document {
  return { metadata: { labels: { app: 'web', ...labels }, annotations }, spec: { containers: CONTAINERS, ...spec } };
}

export function networkPolicy(spec: Document, meta: Meta = {}): Document {
  const metadata = { name: 'egress', namespace: 'shop', ...meta };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
}

/** The policy that opens the cluster alone. */
export const CLOSED = networkPolicy({
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [{ to: [{ namespaceSelector: {} }] }, { ports: [{ port: 53, protocol: 'UDP' }] }],
});

export function envoyFilter(patches: readonly Document[], spec: Document = {}, meta: Meta = {}): Document {
  const metadata = { name: 'patch', namespace: 'shop', ...meta };
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata,
    spec: { ...spec, configPatches: patches },
  };
}

export function exemption(spec: Document = {}, meta: Meta = {}): Document {
  const standard = {
    hosts: ['cnn.com'],
    rules: ['direct-egress'],
    reason: 'until the routes are there',
    expires: '2026-01-01T00:00:00Z',
  };
  const metadata = { name: 'legacy', namespace: 'shop', ...meta };
  return { apiVersion: 'sallyport.dev/v1alpha1', kind: 'EgressExemption', metadata, spec: { ...standard, ...spec } };
}

export function gatewayApi(kind: string, spec: Document, version = 'v1'): Document {
  const metadata = { name: 'cnn', namespace: 'shop' };
  return { apiVersion: `gateway.networking.k8s.io/${version}`, kind, metadata, spec };
}
