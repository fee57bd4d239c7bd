import type { ObjectRef, Origin } from '../mesh/metadata.js';
import type { MeshConfig } from '../mesh/kinds/mesh-config.js';
import type { WorldWriter } from '../mesh/world/writer.js';
import { meshGround, settleMesh, type MeshSettings } from '../policy/policy.js';
import { readFileObjects, readMeshText, type FileObject } from './file-objects.js';
import type { ManifestFault, SkippedFile } from './manifest-file.js';
import type { FileManifests } from './manifests.js';
import { fieldOrigin, refKey, type OriginIndex } from './origin-index.js';

/** What is known of one file. */
interface HeldFile {
  readonly objects: readonly FileObject[];
  readonly faults: readonly ManifestFault[];
  readonly skipped: readonly SkippedFile[];
}

/**
 * Keeps a world equal to what files hold. Of an object that stands twice, the later one counts: in the order of the paths, then
 * of the names, then of the text. Its state is what each file held last, and what of it the world was given.
 */
export class ManifestWorld implements OriginIndex {
  readonly #writer: WorldWriter;
  readonly #files = new Map<string, HeldFile>();
  #settings: MeshSettings;
  #given = new Map<string, FileObject>();
  #mesh: MeshConfig;
  #meshFaults: readonly ManifestFault[] = [];
  #replaced: readonly SkippedFile[] = [];

  constructor(writer: WorldWriter, settings: MeshSettings) {
    this.#writer = writer;
    this.#settings = settings;
    this.#mesh = meshGround(settings);
    writer.configure(this.#mesh);
  }

  /** Everything that is wrong in the files now. */
  get faults(): readonly ManifestFault[] {
    return [...[...this.#files.values()].flatMap(({ faults }) => faults), ...this.#meshFaults];
  }

  /** Everything in the files that has no effect. */
  get skipped(): readonly SkippedFile[] {
    return [...[...this.#files.values()].flatMap(({ skipped }) => skipped), ...this.#replaced];
  }

  /** How many objects the files hold. */
  get size(): number {
    return this.#given.size;
  }

  locate(object: ObjectRef, field = ''): Origin | undefined {
    const held = this.#given.get(refKey(object));
    return held === undefined ? undefined : fieldOrigin(held.origin, field);
  }

  /**
   * Takes what these files hold now. Of a file that was held before and has faults now, the old objects stay: a slip of the pen
   * must not open a way. Files that are `gone` are forgotten with their objects. `order` is the order in which files count.
   */
  update(read: readonly FileManifests[], order: readonly string[], gone: readonly string[] = []): void {
    for (const { file, documents, faults, skipped } of read) {
      const { objects, faults: unreadable } = readFileObjects(documents);
      const problems = [...faults, ...unreadable];
      const old = this.#files.get(file);
      const kept = problems.length > 0 && old !== undefined ? old.objects : objects;
      this.#files.set(file, { objects: kept, faults: problems, skipped });
    }
    for (const file of gone) this.#files.delete(file);
    const objects = this.#collect(new Set([...order, ...this.#files.keys()]));
    this.#configure(objects);
    this.#give(objects);
  }

  /** Reads the mesh's configuration again, with another policy's word on it. */
  settle(settings: MeshSettings): void {
    this.#settings = settings;
    this.#configure(this.#given);
  }

  #collect(order: ReadonlySet<string>): Map<string, FileObject> {
    const objects = new Map<string, FileObject>();
    const replaced: SkippedFile[] = [];
    for (const file of order) {
      for (const object of this.#files.get(file)?.objects ?? []) {
        const key = refKey(object.ref);
        const earlier = objects.get(key);
        if (earlier !== undefined) replaced.push(replacedBy(earlier, object.origin));
        objects.set(key, object);
      }
    }
    this.#replaced = replaced;
    return objects;
  }

  #give(objects: Map<string, FileObject>): void {
    for (const [key, { object }] of this.#given) {
      if (object === undefined || objects.get(key)?.object !== undefined) continue;
      this.#writer.remove(object.kind, object.metadata.namespace, object.metadata.name);
    }
    for (const [key, { object }] of objects) {
      if (object !== undefined && object !== this.#given.get(key)?.object) this.#writer.put(object);
    }
    this.#given = objects;
  }

  /** Before the objects are given: a world sorts them by the mesh. A configuration with faults leaves the mesh as it was. */
  #configure(objects: ReadonlyMap<string, FileObject>): void {
    const ground = meshGround(this.#settings);
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: this.#settings.rootNamespace, name: 'istio' };
    const held = objects.get(refKey(ref));
    const reading = held?.meshText === undefined ? { mesh: ground } : readMeshText(held.meshText, held.origin, ground);
    this.#meshFaults = 'faults' in reading ? reading.faults : [];
    const mesh = 'mesh' in reading ? settleMesh(this.#settings, reading.mesh) : this.#mesh;
    if (JSON.stringify(mesh) === JSON.stringify(this.#mesh)) return;
    this.#mesh = mesh;
    this.#writer.configure(mesh);
  }
}

function replacedBy({ ref, origin }: FileObject, later: Origin): SkippedFile {
  const name = ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`;
  const reason = `${ref.kind} ${name} stands again in ${later.file}:${later.line}, which counts`;
  return { file: origin.file, line: origin.line, reason };
}
