/** An object of a conformance case, as it is sent to an API server. */
export interface CaseDocument {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly creationTimestamp?: string };
}

export function isDocument(value: unknown): value is CaseDocument {
  return typeof value === 'object' && value !== null && 'metadata' in value && 'kind' in value;
}

/** Without what only the API server may write. */
export function bare(document: CaseDocument): object {
  return { ...document, metadata: { ...document.metadata, creationTimestamp: undefined } };
}
