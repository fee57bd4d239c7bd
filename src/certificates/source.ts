/** A certificate with its key, both PEM: what a server needs to prove who it is. */
export interface CertificatePair {
  /** The serving certificate, then the intermediate ones if any. */
  readonly certificate: string;
  readonly key: string;
}

/**
 * Where the serving certificate comes from. A source owns its loop: it swaps the pair only for one that was parsed and
 * matches, and keeps the old one otherwise.
 */
export interface CertificateSource {
  /**
   * Resolves when there is a pair.
   * @throws CertificateError when there is none to begin with.
   */
  start(): Promise<void>;
  stop(): void;
  /**
   * The pair to serve now.
   * @throws CertificateError before `start` has resolved.
   */
  current(): CertificatePair;
  /** Calls `listener` after every change of `current`, never for the first pair. */
  onChange(listener: (pair: CertificatePair) => void): void;
  /** What is wrong, each a sentence for people; empty while the source is healthy. */
  problems(): readonly string[];
}
