import { DEFAULT_MESH, type MeshConfig } from '../../../src/mesh/kinds/mesh-config.js';
import { OLDEST, selects } from '../../../src/mesh/metadata.js';
import { readObject } from '../../../src/mesh/read-object.js';
import { MeshWorld } from '../../../src/mesh/world/mesh-world.js';
import type { Call, Client } from '../../../src/routing/call.js';
import { explain } from '../../../src/routing/explanation/explain.js';
import type { Explanation } from '../../../src/routing/explanation/step.js';
import { manifest } from '../../mesh/manifests.js';

/** Manifests of small worlds around one host, cnn.com, and the egress gateway. */

export const EGW = 'istio-egressgateway.istio-system.svc.cluster.local';
export const EGRESS_LABELS = { istio: 'egressgateway' };

export const GATEWAY_SERVICE = manifest(
  'Service',
  {
    selector: EGRESS_LABELS,
    clusterIP: '10.0.0.1',
    ports: [
      { name: 'http2', port: 80, targetPort: 8080 },
      { name: 'tls', port: 443, targetPort: 8443 },
    ],
  },
  { name: 'istio-egressgateway', namespace: 'istio-system' },
);

type Metadata = Readonly<Record<string, unknown>>;

/** An entry for cnn.com: port 80 HTTP and port 443 TLS, unless `spec` says otherwise. */
export function entry(spec: object = {}, metadata: Metadata = {}): object {
  const ports = [
    { number: 80, name: 'http', protocol: 'HTTP' },
    { number: 443, name: 'tls', protocol: 'TLS' },
  ];
  return manifest('ServiceEntry', { hosts: ['cnn.com'], resolution: 'DNS', ports, ...spec }, metadata);
}

export function port(number: number, protocol?: string): object {
  return { number, name: `p${number}`, ...(protocol === undefined ? {} : { protocol }) };
}

export function to(host: string, destination: object = {}): object {
  return { destination: { host, ...destination } };
}

export const EGRESS = to(EGW, { port: { number: 80 } });
export const SECURE_EGRESS = to(EGW, { port: { number: 443 } });
export const OUT = to('cnn.com', { port: { number: 80 } });

/** A VirtualService for cnn.com. */
export function route(spec: object, metadata: Metadata = {}): object {
  return manifest('VirtualService', { hosts: ['cnn.com'], ...spec }, metadata);
}

export function http(...rules: readonly object[]): object {
  return { http: rules };
}

export function gateway(servers: readonly object[], metadata: Metadata = {}, selector: object = EGRESS_LABELS): object {
  return manifest('Gateway', { selector, servers }, { name: 'egress', ...metadata });
}

export function server(number: number, protocol: string, tls?: string, hosts: readonly string[] = ['cnn.com']): object {
  return {
    port: { number, protocol, name: `${protocol}-${number}`.toLowerCase() },
    hosts,
    ...(tls === undefined ? {} : { tls: { mode: tls } }),
  };
}

export function rule(spec: object, metadata: Metadata = {}): object {
  return manifest('DestinationRule', { host: EGW, ...spec }, { namespace: 'istio-system', ...metadata });
}

export function sidecar(spec: object, metadata: Metadata = {}): object {
  return manifest('Sidecar', spec, { name: 'default', ...metadata });
}

export const YOUNGER = { creationTimestamp: '2024-05-01T00:00:00Z' };

/** Routes port 80 through the egress gateway, from both ends. */
const BOTH_RULES = [
  { match: [{ gateways: ['mesh'] }], route: [EGRESS] },
  { match: [{ gateways: ['egress'] }], route: [OUT] },
];
export const HTTP_GATEWAY = gateway([server(80, 'HTTP')]);
export const BOTH = route({ gateways: ['mesh', 'egress'], http: BOTH_RULES });

export const TLS: Partial<Call> = { port: 443, protocol: 'tls' };
export const TCP: Partial<Call> = { protocol: 'tcp' };
export const WEB: Client = { kind: 'sidecar', namespace: 'shop', labels: { app: 'web' } };
export const BILLING: Client = { kind: 'sidecar', namespace: 'billing', labels: {} };
export const AT_GATEWAY: Client = { kind: 'gateway', service: 'istio-system/istio-egressgateway' };

/** A world and a call in it. The gateway's Service is always there. */
export interface Question {
  readonly objects: readonly object[];
  readonly call?: Partial<Call>;
  readonly client?: Client;
  readonly mesh?: Partial<MeshConfig>;
}

/** The way of a call to cnn.com from a pod of shop, unless the question says otherwise. */
export function explained({
  objects,
  call,
  client = { kind: 'sidecar', namespace: 'shop', labels: {} },
  mesh,
}: Question): Explanation {
  const config: MeshConfig = { ...DEFAULT_MESH, outboundTrafficPolicy: 'REGISTRY_ONLY', ...mesh };
  const read = [GATEWAY_SERVICE, ...objects].map((one) => readObject(one, OLDEST)).filter((one) => one !== undefined);
  const world = new MeshWorld(config, read);
  const isEgressGateway = ({ spec }: { spec: { selector: Readonly<Record<string, string>> | undefined } }): boolean =>
    spec.selector !== undefined && selects(EGRESS_LABELS, spec.selector);
  return explain({ world, isEgressGateway }, client, { host: 'cnn.com', port: 80, protocol: 'http', ...call });
}
