import { readFile } from 'node:fs/promises';

/** One review of `examples/reviews`: its bytes, and what the table tells of it. */
export interface Review {
  readonly file: string;
  readonly body: string;
  readonly uid: string;
  /** `VirtualService shop/cnn-through-egress`. */
  readonly object: string;
  /** `create`, `update` or `delete`, with `(dry run)` where it is one. */
  readonly operation: string;
}

/** @throws Error that names the file, where it holds no review. */
export async function readReview(directory: URL, file: string): Promise<Review> {
  const body = await readFile(new URL(file, directory), 'utf8');
  const document: unknown = JSON.parse(body);
  const request = child(document, 'request');
  const word = (value: unknown, field: string): string => {
    if (typeof value !== 'string' || value === '') throw new Error(`${file}: ${field} must be a text`);
    return value;
  };
  const kind = word(child(child(request, 'kind'), 'kind'), 'request.kind.kind');
  const namespace = word(child(request, 'namespace'), 'request.namespace');
  const name = word(child(request, 'name'), 'request.name');
  const operation = word(child(request, 'operation'), 'request.operation').toLowerCase();
  return {
    file,
    body,
    uid: word(child(request, 'uid'), 'request.uid'),
    object: `${kind} ${namespace}/${name}`,
    operation: child(request, 'dryRun') === true ? `${operation} (dry run)` : operation,
  };
}

function child(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}
