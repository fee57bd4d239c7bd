import { ManifestError } from '../mesh/manifest-error.js';
import type { MeshKind, MeshObject } from '../mesh/mesh-object.js';
import { OLDEST } from '../mesh/metadata.js';
import { readObject } from '../mesh/read-object.js';
import type { WorldWriter } from '../mesh/world/writer.js';
import type { Logger } from '../telemetry/logger.js';
import { textAt } from './document.js';
import type { Listing, Mirror } from './mirror.js';

/**
 * Gives the objects of one kind to a world. An object that cannot be read is kept out, also where an older form of it was
 * in: what the world holds is what the API server holds, or nothing.
 */
export class ObjectMirror implements Mirror {
  readonly #kind: MeshKind;
  readonly #writer: WorldWriter;
  readonly #log: Pick<Logger, 'warn'>;
  #unreadable = new Set<string>();

  constructor(kind: MeshKind, writer: WorldWriter, log: Pick<Logger, 'warn'>) {
    this.#kind = kind;
    this.#writer = writer;
    this.#log = log;
  }

  /** How many objects of the collection are kept out. */
  get unreadable(): number {
    return this.#unreadable.size;
  }

  list(): Listing {
    const objects: MeshObject[] = [];
    const unreadable = new Set<string>();
    return {
      add: (document) => {
        const object = this.#read(document);
        if (object === undefined) unreadable.add(keyOf(document));
        else objects.push(object);
      },
      complete: () => {
        this.#writer.replace(this.#kind, objects);
        this.#unreadable = unreadable;
      },
    };
  }

  put(document: unknown): void {
    const object = this.#read(document);
    if (object === undefined) {
      this.#take(document);
      this.#unreadable.add(keyOf(document));
    } else {
      this.#writer.put(object);
      this.#unreadable.delete(keyOf(document));
    }
  }

  remove(document: unknown): void {
    this.#take(document);
    this.#unreadable.delete(keyOf(document));
  }

  #take(document: unknown): void {
    this.#writer.remove(this.#kind, textAt(document, 'metadata', 'namespace'), textAt(document, 'metadata', 'name'));
  }

  #read(document: unknown): MeshObject | undefined {
    try {
      const object = readObject(document, OLDEST);
      if (object?.kind === this.#kind) return object;
      this.#complain(document, undefined);
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      this.#complain(document, error);
    }
    return undefined;
  }

  /** Once for an object, not again with every list. */
  #complain(document: unknown, error: ManifestError | undefined): void {
    if (this.#unreadable.has(keyOf(document))) return;
    const namespace = textAt(document, 'metadata', 'namespace');
    const name = textAt(document, 'metadata', 'name');
    const fields = { kind: this.#kind, namespace, name, faults: error?.faults.slice(0, 5) };
    this.#log.warn(fields, 'object of the cluster cannot be read: kept out of the world');
  }
}

function keyOf(document: unknown): string {
  return `${textAt(document, 'metadata', 'namespace')}/${textAt(document, 'metadata', 'name')}`;
}
