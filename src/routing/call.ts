import type { Labels } from '../mesh/metadata.js';

/** Who dials: a pod with a sidecar, or whoever reaches an egress gateway's Service. */
export type Client =
  | { readonly kind: 'sidecar'; readonly namespace: string; readonly labels: Labels }
  | { readonly kind: 'gateway'; /** `namespace/name` of its Service. */ readonly service: string };

/** One call: what is dialled and what is said first. */
export interface Call {
  /** The Host of plaintext HTTP, the SNI of TLS; only a name for plain bytes. */
  readonly host: string;
  /** The port that is dialled: for a gateway its Service's port. */
  readonly port: number;
  readonly protocol: CallProtocol;
  /** The address that is dialled. Without one it is an outside address that no object names. */
  readonly address?: string;
}

/**
 * `http`: plaintext HTTP. `tls`: TLS without a client certificate, opaque inside. `tcp`: plain bytes. `mtls-http`, `mtls-tcp`:
 * the mesh's mutual TLS, with HTTP or opaque bytes inside; these arrive at gateways only.
 */
export type CallProtocol = 'http' | 'tls' | 'tcp' | 'mtls-http' | 'mtls-tcp';
