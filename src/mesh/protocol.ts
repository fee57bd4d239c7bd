/**
 * The protocols that a ServiceEntry's or Gateway's port may name, spelt as Istio prints them; `unset` stands for a port
 * without one, which the proxy sniffs.
 */
export type Protocol =
  | 'HTTP'
  | 'HTTP2'
  | 'GRPC'
  | 'GRPC-Web'
  | 'HTTP_PROXY'
  | 'HTTPS'
  | 'TLS'
  | 'TCP'
  | 'Mongo'
  | 'MySQL'
  | 'Redis'
  | 'UDP'
  | 'unset';

/** What decides the section of a VirtualService that a port obeys. */
export type ProtocolFamily = 'http' | 'tls' | 'tcp' | 'sniffed' | 'udp';

const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ['http', 'HTTP'],
  ['http2', 'HTTP2'],
  ['grpc', 'GRPC'],
  ['grpc-web', 'GRPC-Web'],
  ['http_proxy', 'HTTP_PROXY'],
  ['https', 'HTTPS'],
  ['tls', 'TLS'],
  ['tcp', 'TCP'],
  ['mongo', 'Mongo'],
  ['mysql', 'MySQL'],
  ['redis', 'Redis'],
  ['udp', 'UDP'],
]);

/** The protocol of that name in any case, or undefined when Istio knows none (`protocol.Parse` in istiod). */
export function protocolNamed(name: string): Protocol | undefined {
  return PROTOCOLS.get(name.toLowerCase());
}

/** Every name that `protocolNamed` takes, as Istio spells them: what an error message lists. */
export const PROTOCOL_NAMES: readonly string[] = [...PROTOCOLS.values()];

export function familyOf(protocol: Protocol): ProtocolFamily {
  switch (protocol) {
    case 'HTTP':
    case 'HTTP2':
    case 'GRPC':
    case 'GRPC-Web':
    case 'HTTP_PROXY':
      return 'http';
    case 'HTTPS':
    case 'TLS':
      return 'tls';
    case 'TCP':
    case 'Mongo':
    case 'MySQL':
    case 'Redis':
      return 'tcp';
    case 'UDP':
      return 'udp';
    case 'unset':
      return 'sniffed';
  }
}
