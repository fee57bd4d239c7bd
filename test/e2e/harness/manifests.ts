import path from 'node:path';

/** The CRD of the chart. */
export const EXEMPTIONS_CRD = path.resolve('charts/sallyport/crds/egressexemptions.yaml');

/** What kubectl takes on its standard input: YAML text, one object or several, which it takes in their order. */
export type Manifests = string | object | readonly object[];

export function manifestText(manifests: Manifests): string {
  if (typeof manifests === 'string') return manifests;
  return JSON.stringify(
    Array.isArray(manifests) ? { apiVersion: 'v1', kind: 'List', items: manifests as unknown[] } : manifests,
  );
}
