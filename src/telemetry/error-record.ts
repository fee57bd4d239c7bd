/** What a log line says of an error. */
export interface ErrorRecord {
  readonly type: string;
  readonly code?: string | number;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: ErrorRecord;
}

/** Some clients put the whole answer of a server into the message. */
const MESSAGE_LENGTH = 2048;

/** A chain of causes that points back at itself must end. */
const CAUSES = 5;

/**
 * Turns an error into a record for the log. Only the named fields are taken: errors of HTTP clients carry the
 * request and the answer as properties, and with them objects of users and tokens.
 */
export function toErrorRecord(thrown: Error, causes = CAUSES): ErrorRecord {
  const code = 'code' in thrown ? thrown.code : undefined;
  return {
    type: thrown.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message: cut(thrown.message),
    ...(thrown.stack === undefined ? {} : { stack: frames(thrown.stack) }),
    ...(thrown.cause instanceof Error && causes > 0 ? { cause: toErrorRecord(thrown.cause, causes - 1) } : {}),
  };
}

/** The stack without its first lines, which repeat the message uncut. */
function frames(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}

function cut(message: string): string {
  return message.length <= MESSAGE_LENGTH ? message : `${message.slice(0, MESSAGE_LENGTH)}…`;
}
