export type ServerErrorCode = 'certificate-refused' | 'listen-failed';

/** The server cannot do what it was asked by its own process (never by a client). */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
