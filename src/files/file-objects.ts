import { ManifestError } from '../mesh/manifest-error.js';
import { readMeshConfig, type MeshConfig } from '../mesh/kinds/mesh-config.js';
import type { MeshObject } from '../mesh/mesh-object.js';
import { OLDEST, type ObjectRef } from '../mesh/metadata.js';
import { readObject, refOf } from '../mesh/read-object.js';
import { lineOf, type DocumentOrigin, type ManifestDocument, type ManifestFault } from './manifest-file.js';
import { parseYaml, YamlError } from './yaml/parse.js';

/** An object of a file. */
export interface FileObject {
  readonly ref: ObjectRef;
  readonly origin: DocumentOrigin;
  /** Undefined for a kind that the world does not hold. */
  readonly object: MeshObject | undefined;
  /** The text of the mesh's configuration, where this is the ConfigMap that may hold it. */
  readonly meshText: string | undefined;
}

export interface FileObjects {
  readonly objects: readonly FileObject[];
  readonly faults: readonly ManifestFault[];
}

/** Reads what the documents mean; a document that Istio or Kubernetes would refuse is a fault, each of its fields with its line. */
export function readFileObjects(documents: readonly ManifestDocument[]): FileObjects {
  const objects: FileObject[] = [];
  const faults: ManifestFault[] = [];
  for (const { document, origin } of documents) {
    const ref = refOf(document);
    if (ref === undefined) continue;
    try {
      objects.push({ ref, origin, object: readObject(document, OLDEST), meshText: meshTextOf(ref, document) });
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      faults.push(...faultsOf(error, origin));
    }
  }
  return { objects, faults };
}

function meshTextOf(ref: ObjectRef, document: unknown): string | undefined {
  if (ref.kind !== 'ConfigMap' || ref.apiVersion !== 'v1' || ref.name !== 'istio') return undefined;
  const data = isRecord(document) ? document['data'] : undefined;
  const mesh = isRecord(data) ? data['mesh'] : undefined;
  return typeof mesh === 'string' ? mesh : undefined;
}

/** What the text of a ConfigMap says of the mesh, or what is wrong with it. */
export type MeshReading = { readonly mesh: MeshConfig } | { readonly faults: readonly ManifestFault[] };

/** Reads the mesh's configuration over `ground`. */
export function readMeshText(text: string, origin: DocumentOrigin, ground: MeshConfig): MeshReading {
  const line = lineOf(origin, 'data.mesh');
  const at = (problem: string): ManifestFault => ({ file: origin.file, line, problem });
  try {
    return { mesh: readMeshConfig(parseYaml(text), ground) };
  } catch (error) {
    if (error instanceof YamlError)
      return { faults: [at(`data.mesh, line ${error.line} of the text: ${error.problem}`)] };
    if (error instanceof ManifestError) return { faults: [at(`data.mesh: ${error.message}`)] };
    throw error;
  }
}

function faultsOf({ ref, faults }: ManifestError, origin: DocumentOrigin): readonly ManifestFault[] {
  const name = ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`;
  return faults.map(({ field, problem }) => ({
    file: origin.file,
    line: lineOf(origin, field),
    problem: `${ref.kind} ${name}: ${field} ${problem}`,
  }));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
