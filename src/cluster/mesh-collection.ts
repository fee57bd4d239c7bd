import type { Collection } from './discovery.js';

export const MESH_KIND = 'ConfigMap';

/** The ConfigMap `istio` of the root namespace, alone: RBAC can allow its name and no other. */
export function meshCollection(rootNamespace: string): Collection {
  return {
    kind: MESH_KIND,
    apiVersion: 'v1',
    path: `/api/v1/namespaces/${encodeURIComponent(rootNamespace)}/configmaps`,
    fieldSelector: 'metadata.name=istio',
  };
}
