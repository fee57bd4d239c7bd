import type { MeshKind, MeshObject } from '../mesh-object.js';

/** Objects by kind, namespace and name. */
export class ObjectTable {
  readonly #kinds = new Map<MeshKind, Map<string, Map<string, MeshObject>>>();

  get(kind: MeshKind, namespace: string, name: string): MeshObject | undefined {
    return this.#kinds.get(kind)?.get(namespace)?.get(name);
  }

  set(object: MeshObject): void {
    const { namespace, name } = object.metadata;
    let namespaces = this.#kinds.get(object.kind);
    if (namespaces === undefined) {
      namespaces = new Map<string, Map<string, MeshObject>>();
      this.#kinds.set(object.kind, namespaces);
    }
    let names = namespaces.get(namespace);
    if (names === undefined) {
      names = new Map<string, MeshObject>();
      namespaces.set(namespace, names);
    }
    names.set(name, object);
  }

  delete({ kind, metadata }: MeshObject): void {
    const namespaces = this.#kinds.get(kind);
    const names = namespaces?.get(metadata.namespace);
    names?.delete(metadata.name);
    if (names?.size === 0) namespaces?.delete(metadata.namespace);
  }

  *of<K extends MeshKind>(kind: K): Generator<Extract<MeshObject, { kind: K }>> {
    for (const names of this.#kinds.get(kind)?.values() ?? []) {
      for (const object of names.values()) if (isOfKind(object, kind)) yield object;
    }
  }

  *[Symbol.iterator](): Generator<MeshObject> {
    for (const namespaces of this.#kinds.values()) for (const names of namespaces.values()) yield* names.values();
  }
}

export function isOfKind<K extends MeshKind>(object: MeshObject, kind: K): object is Extract<MeshObject, { kind: K }> {
  return object.kind === kind;
}
