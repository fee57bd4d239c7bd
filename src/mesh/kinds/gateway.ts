import type { Labels, Metadata } from '../metadata.js';
import type { Protocol } from '../protocol.js';
import { readProtocol } from '../read-protocol.js';
import type { Fields } from '../reading.js';

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

const TLS_MODES = ['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'] as const;

/** Reads the `spec` of a Gateway, by the schema and the rules of its CRD. */
export function readGatewaySpec(spec: Fields): GatewaySpec {
  return { selector: spec.labels('selector'), servers: spec.objects('servers', readServer) };
}

function readServer(server: Fields): GatewayServer {
  if (!server.has('hosts')) server.fault('hosts', 'is required');
  return {
    name: server.text('name'),
    port: readPort(server.requiredObject('port')),
    hosts: server.strings('hosts'),
    bind: server.text('bind'),
    tls: readServerTls(server),
  };
}

function readPort(port: Fields): GatewayServer['port'] {
  const read = {
    number: port.requiredInteger('number'),
    name: port.requiredString('name'),
    protocol: readProtocol(port),
  };
  if (!port.has('protocol')) port.fault('protocol', 'is required');
  return read;
}

function readServerTls(server: Fields): ServerTls | undefined {
  const tls = server.object('tls');
  if (tls === undefined) return undefined;
  for (const other of ['credentialName', 'tlsCertificates']) {
    if (tls.has('credentialNames') && tls.has(other)) tls.fault('credentialNames', `cannot stand beside ${other}`);
  }
  return {
    mode: tls.choice('mode', TLS_MODES) ?? 'PASSTHROUGH',
    httpsRedirect: tls.flag('httpsRedirect'),
    credentialName: tls.text('credentialName'),
    serverCertificate: tls.text('serverCertificate'),
  };
}
