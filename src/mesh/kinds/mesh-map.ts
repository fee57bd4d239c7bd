import type { Metadata } from '../metadata.js';
import type { MeshConfig } from './mesh-config.js';

/** The ConfigMap `istio` of the root namespace, as what it makes of the mesh. */
export interface MeshMap {
  readonly kind: 'ConfigMap';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly mesh: MeshConfig;
}

/** The name of the ConfigMap, and in it the key, that hold the mesh's configuration. */
export const MESH_CONFIG_MAP = 'istio';
export const MESH_KEY = 'mesh';
