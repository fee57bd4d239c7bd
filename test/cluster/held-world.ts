import { DEFAULT_MESH, type MeshConfig } from '../../src/mesh/kinds/mesh-config.js';
import type { MeshKind, MeshObject } from '../../src/mesh/mesh-object.js';
import type { WorldWriter } from '../../src/mesh/world/writer.js';

/** A world that only holds what it was given. */
export class HeldWorld implements WorldWriter {
  readonly objects = new Map<string, MeshObject>();
  mesh: MeshConfig = DEFAULT_MESH;
  /** How often the whole of a kind was replaced. */
  readonly replaced = new Map<MeshKind, number>();

  put(object: MeshObject): void {
    this.objects.set(keyOf(object.kind, object.metadata.namespace, object.metadata.name), object);
  }

  remove(kind: MeshKind, namespace: string, name: string): void {
    this.objects.delete(keyOf(kind, namespace, name));
  }

  replace(kind: MeshKind, objects: readonly MeshObject[]): void {
    this.replaced.set(kind, (this.replaced.get(kind) ?? 0) + 1);
    for (const [key, object] of this.objects) if (object.kind === kind) this.objects.delete(key);
    for (const object of objects) this.put(object);
  }

  configure(mesh: MeshConfig): void {
    this.mesh = mesh;
  }

  get(kind: MeshKind, namespace: string, name: string): MeshObject | undefined {
    return this.objects.get(keyOf(kind, namespace, name));
  }

  /** The names of a kind, `namespace/name`, in order. */
  names(kind: MeshKind): readonly string[] {
    return [...this.objects.values()]
      .filter((object) => object.kind === kind)
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
      .sort();
  }
}

function keyOf(kind: MeshKind, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}
