/** A connection as it arrives at a gateway's Service. */
export interface Arrival {
  /** The Service's port. */
  readonly port: number;
  /** `mtls`: with a certificate of the mesh. */
  readonly wrap: 'plain' | 'tls' | 'mtls';
  /** Of the outermost TLS, in lower case. */
  readonly sni: string | undefined;
  readonly inside: 'http' | 'bytes';
  /** The Host of HTTP inside. */
  readonly host: string;
}
