/** Bounds of the HTTPS side. Everything that a client sends before it is known to be the API server is attacker-controlled. */
export const LIMITS = {
  /**
   * 7 MiB. etcd takes objects up to 1.5 MiB and the API server requests up to 3 MiB (`MaxRequestBodyBytes`), and the
   * review of an UPDATE carries two objects: 2 * 3 MiB, and 1 MiB for the envelope. The same number as in
   * controller-runtime's webhook server.
   */
  bodyLimit: 7 * 1024 * 1024,
  /** Milliseconds for a whole request to arrive: the longest `timeoutSeconds` of a webhook. */
  requestTimeout: 30_000,
  /** Milliseconds for its headers. */
  headersTimeout: 10_000,
  /** Milliseconds for a TLS handshake. */
  handshakeTimeout: 10_000,
  /**
   * Milliseconds that an idle connection is kept. The API server's own transport drops it after 90 s
   * (`SetTransportDefaults`, apimachinery): the client must be the first, or it sends into a connection that is closing.
   */
  keepAliveTimeout: 100_000,
} as const;
