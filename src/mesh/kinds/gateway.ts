import type { Labels, Metadata } from '../metadata.js';
import type { Protocol } from '../protocol.js';

export interface Gateway {
  readonly kind: 'Gateway';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: GatewaySpec;
}

export interface GatewaySpec {
  /** Empty selects every gateway. */
  readonly selector: Labels;
  readonly servers: readonly GatewayServer[];
}

export interface GatewayServer {
  readonly name: string | undefined;
  readonly port: { readonly number: number; readonly name: string; readonly protocol: Protocol };
  /** As written: `host`, `namespace/host`, `./host` or or `*` before the slash. */
  readonly hosts: readonly string[];
  readonly bind: string | undefined;
  readonly tls: ServerTls | undefined;
}

export interface ServerTls {
  /** PASSTHROUGH where none is written, as in Istio. */
  readonly mode: 'PASSTHROUGH' | 'SIMPLE' | 'MUTUAL' | 'AUTO_PASSTHROUGH' | 'ISTIO_MUTUAL' | 'OPTIONAL_MUTUAL';
  readonly httpsRedirect: boolean;
  readonly credentialName: string | undefined;
  /** Certificates are named as files, the form of 2019. */
  readonly serverCertificate: string | undefined;
}
