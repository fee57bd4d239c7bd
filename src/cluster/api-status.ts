import { ClusterError, codeOfStatus } from './cluster-error.js';
import { at, itemsAt, textAt } from './document.js';

/**
 * The error that a `Status` of the API server stands for (meta/v1 `Status`), be it the body of an answer or the object
 * of a watch event of type ERROR. `fallback` is the HTTP status of the answer, for bodies that are no `Status`.
 */
export function errorOfStatus(doing: string, document: unknown, fallback: number): ClusterError {
  const code = at(document, 'code');
  const status = typeof code === 'number' ? code : fallback;
  const seconds = at(document, 'details', 'retryAfterSeconds');
  const said = textAt(document, 'message');
  return new ClusterError(codeOfStatus(status), `${doing}: the API server answered ${status}${said && `: ${said}`}`, {
    status,
    causes: itemsAt(document, 'details', 'causes').map((cause) => ({
      reason: textAt(cause, 'reason'),
      message: textAt(cause, 'message'),
      field: textAt(cause, 'field'),
    })),
    ...(typeof seconds === 'number' && seconds > 0 ? { retryAfter: seconds * 1000 } : {}),
  });
}
