import type { AdmissionRequest } from '../admission/review.js';

/** The longest text of the API server here is a name of 253 characters; longer ones did not come from it. */
const LENGTH = 256;

/** What a log line says of a request: who, what and where, never what the object holds. */
export function reviewFields(request: AdmissionRequest): Readonly<Record<string, string | boolean>> {
  const { kind, version, group } = request.kind;
  const { subResource, dryRun, keysDropped } = request;
  return {
    requestId: cut(request.uid),
    operation: request.operation,
    kind: cut(group === '' ? `${kind}.${version}` : `${kind}.${version}.${group}`),
    ...(subResource === undefined ? {} : { subResource: cut(subResource) }),
    namespace: cut(request.namespace),
    name: cut(request.name),
    user: cut(request.username),
    ...(dryRun ? { dryRun } : {}),
    ...(keysDropped ? { keysDropped } : {}),
  };
}

function cut(text: string): string {
  return text.length <= LENGTH ? text : `${text.slice(0, LENGTH)}…`;
}
