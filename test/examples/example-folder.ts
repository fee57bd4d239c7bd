import { readdirSync, readFileSync } from 'node:fs';
import { load, loadAll } from 'js-yaml';
import { DEFAULT_MESH, readMeshConfig, type MeshConfig } from '../../src/mesh/kinds/mesh-config.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { readObject, refOf } from '../../src/mesh/read-object.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';

const EXAMPLES = new URL('../../../examples/', import.meta.url);

export type FolderName = 'mesh' | 'mesh-2019' | 'leaks';

export interface ExampleFile {
  /** `mesh/10-http.yaml`. */
  readonly file: string;
  readonly text: string;
  readonly documents: readonly unknown[];
}

/** The manifests of a folder below `examples`, by name. */
export function readFolder(name: FolderName): readonly ExampleFile[] {
  const directory = new URL(`${name}/`, EXAMPLES);
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, directory), 'utf8');
      return { file: `${name}/${file}`, text, documents: loadAll(text) };
    });
}

/** The world that a folder makes. */
export function worldOf(files: readonly ExampleFile[]): MeshWorld {
  const documents = files.flatMap((file) => file.documents);
  const objects = documents.map((document) => readObject(document, OLDEST)).filter((object) => object !== undefined);
  return new MeshWorld(meshOf(documents), objects);
}

function meshOf(documents: readonly unknown[]): MeshConfig {
  for (const document of documents) {
    if (refOf(document)?.kind !== 'ConfigMap' || typeof document !== 'object' || document === null) continue;
    const text: unknown = 'data' in document ? Object.values(document.data ?? {})[0] : undefined;
    if (typeof text === 'string') return readMeshConfig(load(text), DEFAULT_MESH);
  }
  return DEFAULT_MESH;
}
