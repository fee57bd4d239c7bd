import type { Labels } from '../mesh/metadata.js';
import type { World } from '../mesh/world/world.js';

/** By what the calls of a namespace's pods are taken, and the label that says so; undefined where nothing takes them. */
export interface Capture {
  readonly by: 'sidecar' | 'ambient';
  readonly label: string;
  readonly value: string;
}

export const INJECTION = 'istio-injection';
export const REVISION = 'istio.io/rev';
export const DATAPLANE_MODE = 'istio.io/dataplane-mode';

/**
 * How the labels of a namespace have its pods captured. Where both are written `istio-injection` counts and not `istio.io/rev`, as in
 * the selectors of istiod's webhooks.
 */
export function captureOf(labels: Labels): Capture | undefined {
  const injection = labels[INJECTION];
  const revision = labels[REVISION];
  const mode = labels[DATAPLANE_MODE];
  if (injection === 'enabled') return { by: 'sidecar', label: INJECTION, value: injection };
  if (injection === undefined && revision !== undefined && revision !== '') {
    return { by: 'sidecar', label: REVISION, value: revision };
  }
  return mode === 'ambient' ? { by: 'ambient', label: DATAPLANE_MODE, value: mode } : undefined;
}

/** Whether pods of a namespace get a sidecar unless they say otherwise. A namespace that the world does not have is not injected. */
export function isInjected(world: World, namespace: string): boolean {
  const found = world.object('Namespace', '', namespace);
  return found !== undefined && captureOf(found.metadata.labels)?.by === 'sidecar';
}

/** The JSON path of one entry of labels or annotations: their keys hold dots and slashes. */
export function entryField(record: string, key: string): string {
  return `${record}[${JSON.stringify(key)}]`;
}
