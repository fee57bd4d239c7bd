import type { MeshConfig } from '../kinds/mesh-config.js';
import type { MeshKind, MeshObject } from '../mesh-object.js';

/** What a source of objects (files, watches) does to the world that it keeps. */
export interface WorldWriter {
  /** Adds the object, or replaces the one of the same kind, namespace and name. */
  put(object: MeshObject): void;
  /** Does nothing where there is no such object. */
  remove(kind: MeshKind, namespace: string, name: string): void;
  /** Makes `objects` all that the world holds of `kind`: the answer to a list. */
  replace(kind: MeshKind, objects: readonly MeshObject[]): void;
  configure(mesh: MeshConfig): void;
}
