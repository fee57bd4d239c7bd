import { DEFAULT_MESH, type MeshConfig } from '../../src/mesh/kinds/mesh-config.js';
import type { MeshKind, MeshObject } from '../../src/mesh/mesh-object.js';
import type { WorldWriter } from '../../src/mesh/world/writer.js';

/** A world that remembers what was done to it. */
export class RecordedWorld implements WorldWriter {
  readonly objects = new Map<string, MeshObject>();
  readonly calls: string[] = [];
  mesh: MeshConfig = DEFAULT_MESH;

  put(object: MeshObject): void {
    const key = `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`;
    this.calls.push(`put ${key}`);
    this.objects.set(key, object);
  }

  remove(kind: MeshKind, namespace: string, name: string): void {
    this.calls.push(`remove ${kind} ${namespace}/${name}`);
    this.objects.delete(`${kind} ${namespace}/${name}`);
  }

  replace(): void {
    throw new Error('files do not list kinds');
  }

  configure(mesh: MeshConfig): void {
    this.calls.push('configure');
    this.mesh = mesh;
  }

  /** The calls since the last time. */
  taken(): readonly string[] {
    return this.calls.splice(0);
  }
}
