export type CertificateErrorCode = 'not-started' | 'unreadable-file' | 'unwritable-file' | 'unusable-pair';

/** There is no certificate to serve with. `problems` holds everything that is wrong, not only the first. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly code: CertificateErrorCode;
  readonly problems: readonly string[];

  constructor(code: CertificateErrorCode, problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('; '), options);
    this.code = code;
    this.problems = problems;
  }
}
