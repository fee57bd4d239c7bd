import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { loadAll } from 'js-yaml';

const SHARED = process.env['SALLYPORT_SHARED'];

/** Why a test that needs the shared folder is skipped, or false: what tap takes as `skip`. */
export const NO_SHARED_FOLDER =
  SHARED !== undefined && existsSync(SHARED)
    ? false
    : 'SALLYPORT_SHARED does not name the folder of the cases and CRDs';

/** Istio's CustomResourceDefinitions. */
export function istioCrds(): readonly Crd[] {
  return loadAll(readFileSync(sharedFile('istio', 'crds.yaml'), 'utf8')).filter(isCrd);
}

export interface Crd {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly CrdVersion[];
  };
}

interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly schema: { readonly openAPIV3Schema: Schema };
}

/** As much of a structural schema as the tests walk through. */
export interface Schema {
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[];
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

function isCrd(document: unknown): document is Crd {
  return typeof document === 'object' && document !== null && 'spec' in document;
}

/** Every manifest of every conformance case. */
export function* conformanceObjects(): Generator<{ readonly place: string; readonly document: unknown }> {
  const folder = sharedFile('conformance');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl.gz'))) {
    const lines = gunzipSync(readFileSync(path.join(folder, file)))
      .toString('utf8')
      .split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      for (const document of objectsOf(JSON.parse(line))) yield { place: `${file}:${index + 1}`, document };
    }
  }
}

function objectsOf(example: unknown): readonly unknown[] {
  if (typeof example !== 'object' || example === null) return [];
  const objects = 'objects' in example && Array.isArray(example.objects) ? example.objects : [];
  const changed = ['object', 'oldObject'].map(
    (name) => Object.entries(example).find(([key]) => key === name)?.[1] as unknown,
  );
  return [...(objects as unknown[]), ...changed.filter((object) => object !== undefined && object !== null)];
}

export function sharedFile(...parts: string[]): string {
  return path.join(SHARED ?? '', ...parts);
}
