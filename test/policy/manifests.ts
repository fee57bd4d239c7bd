/** Documents of a small mesh, as somebody would write them. What a test is about it writes out; the rest comes from here. */

export type Document = Readonly<Record<string, unknown>>;

export interface Meta {
  readonly name?: string;
  readonly namespace?: string;
  readonly creationTimestamp?: string;
  readonly labels?: Document;
  readonly annotations?: Document;
}

/** The egress gateway's host name. */
export const EGRESS = 'istio-egressgateway.istio-system.svc.cluster.local';

const ISTIO = 'networking.istio.io/v1';

function object(apiVersion: string, kind: string, spec: Document, standard: Meta, meta: Meta): Document {
  return { apiVersion, kind, metadata: { namespace: 'shop', ...standard, ...meta }, spec };
}

/** The Service of the egress gateway. */
export function egressGateway(spec: Document = {}): Document {
  const ports = [
    { name: 'http2', port: 80, targetPort: 8080 },
    { name: 'https', port: 443, targetPort: 8443 },
  ];
  const standard = { clusterIP: '10.96.0.10', selector: { istio: 'egressgateway' }, ports };
  const place = { name: 'istio-egressgateway', namespace: 'istio-system' };
  return object('v1', 'Service', { ...standard, ...spec }, place, {});
}

/** A Service of the shop. */
export function service(spec: Document, meta: Meta = {}): Document {
  return object('v1', 'Service', { ports: [{ name: 'http', port: 80 }], ...spec }, { name: 'reviews' }, meta);
}

/** A Gateway of the egress gateway: plain HTTP on 80, TLS by SNI on 443, for every host. */
export function gateway(meta: Meta = {}, spec: Document = {}): Document {
  const servers = [
    { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] },
    { port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: ['*'], tls: { mode: 'PASSTHROUGH' } },
  ];
  return object(ISTIO, 'Gateway', { selector: { istio: 'egressgateway' }, servers, ...spec }, { name: 'egress' }, meta);
}

/** The DestinationRule of the egress gateway, with the subset that the routes below name. */
export function subsets(spec: Document = {}, meta: Meta = {}): Document {
  const standard = { host: EGRESS, subsets: [{ name: 'cnn' }] };
  const place = { name: 'egress', namespace: 'istio-system' };
  return object(ISTIO, 'DestinationRule', { ...standard, ...spec }, place, meta);
}

/** An entry for `cnn.com`; its ports as `80 HTTP`. */
export function entry(ports: readonly string[], spec: Document = {}, meta: Meta = {}): Document {
  const written = ports.map((port) => {
    const [number, protocol] = port.split(' ');
    return { number: Number(number), name: `port-${number ?? ''}`, ...(protocol === undefined ? {} : { protocol }) };
  });
  const standard = { hosts: ['cnn.com'], location: 'MESH_EXTERNAL', resolution: 'DNS', ports: written };
  return object(ISTIO, 'ServiceEntry', { ...standard, ...spec }, { name: 'cnn' }, meta);
}

/** A VirtualService for `cnn.com`, bound to the mesh and to the Gateway above. */
export function routes(spec: Document, meta: Meta = {}): Document {
  const standard = { hosts: ['cnn.com'], gateways: ['mesh', 'egress'] };
  return object(ISTIO, 'VirtualService', { ...standard, ...spec }, { name: 'cnn' }, meta);
}

export function sidecar(spec: Document, meta: Meta = {}): Document {
  return object(ISTIO, 'Sidecar', spec, { name: 'default' }, meta);
}

export function workload(address: string, labels: Document, meta: Meta = {}): Document {
  return object(ISTIO, 'WorkloadEntry', { address, labels }, { name: 'stranger' }, meta);
}

/** A destination at the egress gateway, and one at the outside host. */
export function toGateway(port: number): Document {
  return { destination: { host: EGRESS, subset: 'cnn', port: { number: port } } };
}

export function toHost(port: number, host = 'cnn.com'): Document {
  return { destination: { host, port: { number: port } } };
}

/** The mesh's half and the gateway's half of an HTTP pair. */
export function meshHttp(port = 80, match: Document = {}): Document {
  return { match: [{ gateways: ['mesh'], port, ...match }], route: [toGateway(80)] };
}

export function gatewayHttp(port = 80, host = 'cnn.com'): Document {
  return { match: [{ gateways: ['egress'], port: 80 }], route: [toHost(port, host)] };
}

/** The same for TLS. */
export function meshTls(host = 'cnn.com', port = 443): Document {
  return { match: [{ gateways: ['mesh'], port, sniHosts: [host] }], route: [toGateway(443)] };
}

export function gatewayTls(host = 'cnn.com', port = 443): Document {
  return { match: [{ gateways: ['egress'], port: 443, sniHosts: [host] }], route: [toHost(port, host)] };
}

/** The right routes for port 80. */
export function httpPair(meta: Meta = {}, spec: Document = {}): Document {
  return routes({ http: [meshHttp(), gatewayHttp()], ...spec }, meta);
}

/** The right routes for ports 80 and 443. */
export function fullPair(meta: Meta = {}, spec: Document = {}): Document {
  return httpPair(meta, { tls: [meshTls(), gatewayTls()], ...spec });
}

/** A server of the Gateway, for the host of the routes unless others are given. */
export function server(
  port: number,
  protocol: string,
  mode?: string,
  hosts: readonly string[] = ['cnn.com'],
): Document {
  const written = { port: { number: port, name: `port-${port}`, protocol }, hosts };
  return mode === undefined ? written : { ...written, tls: { mode } };
}

/** The DestinationRule of the egress gateway, by which the subset of the routes is sent in TLS to port 443. */
export function wrapped(tls: Document, meta: Meta = {}): Document {
  const portLevelSettings = [{ port: { number: 443 }, tls }];
  return subsets({ subsets: [{ name: 'cnn', trafficPolicy: { portLevelSettings } }] }, meta);
}

/** HTTP that goes to port 443 of the gateway, where its server ends the mesh's TLS. */
export function mutualPair(meta: Meta = {}, spec: Document = {}): Document {
  const mesh = { match: [{ gateways: ['mesh'], port: 80 }], route: [toGateway(443)] };
  const gateway = { match: [{ gateways: ['egress'], port: 443 }], route: [toHost(80)] };
  return routes({ http: [mesh, gateway], ...spec }, meta);
}

/** The ground of such a pair. */
export const MUTUAL_GROUND: readonly Document[] = [
  egressGateway(),
  gateway({}, { servers: [server(443, 'HTTPS', 'ISTIO_MUTUAL')] }),
  wrapped({ mode: 'ISTIO_MUTUAL', sni: 'cnn.com' }),
];

/** What every test's mesh has: the gateway, and the subset of its routes. */
export const GROUND: readonly Document[] = [egressGateway(), gateway(), subsets()];
