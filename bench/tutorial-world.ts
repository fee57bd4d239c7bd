import { DEFAULT_MESH, type MeshConfig } from '../src/mesh/kinds/mesh-config.js';
import type { Service } from '../src/mesh/kinds/service.js';
import type { MeshObject } from '../src/mesh/mesh-object.js';
import { OLDEST } from '../src/mesh/metadata.js';
import { readObject } from '../src/mesh/read-object.js';
import { MeshWorld } from '../src/mesh/world/mesh-world.js';
import type { Topology } from '../src/routing/trace.js';

/*
 * A mesh in which every external host has the whole set of Istio's egress tutorial: ServiceEntry, Gateway, DestinationRule with a
 * subset, VirtualService with both halves for HTTP and for TLS. The hosts are spread over the namespaces; the subsets stand beside
 * the gateway, where the sidecars of every namespace find them.
 */

export const NAMESPACES = 200;
const OBJECTS_PER_HOST = 4;

const GATEWAY_NAMESPACE = 'istio-system';
const GATEWAY_HOST = 'istio-egressgateway.istio-system.svc.cluster.local';

export const MESH: MeshConfig = { ...DEFAULT_MESH, outboundTrafficPolicy: 'REGISTRY_ONLY' };

/** A world of about so many objects, and how many hosts they are for. */
export function tutorialWorld(objects: number): { readonly topology: Topology; readonly hosts: number } {
  const hosts = Math.floor(objects / OBJECTS_PER_HOST);
  const world = new MeshWorld(MESH);
  world.put(asRead(gatewayService()));
  for (let host = 0; host < hosts; host++) for (const document of tutorialSet(host)) world.put(asRead(document));
  return { topology: { world, isEgressGateway }, hosts };
}

export function isEgressGateway({ spec }: Service): boolean {
  return spec.selector?.['istio'] === 'egressgateway';
}

export function hostName(index: number): string {
  return `api-${index}.${PARTNERS[index % PARTNERS.length]!}`;
}

const PARTNERS = ['payments.example.com', 'eu-west-1.cloud.example.net', 'partner.example.org', 'example.io'];

export function namespaceName(index: number): string {
  return `team-${index % NAMESPACES}`;
}

/** The object as the world has it when the API server's JSON was parsed: no text is shared with another object. */
export function asRead(document: object): MeshObject {
  const object = readObject(JSON.parse(JSON.stringify(document)), OLDEST);
  if (object === undefined) throw new Error('a document of the benchmark is of no kind that is read');
  return object;
}

export function tutorialSet(index: number): readonly object[] {
  const host = hostName(index);
  const namespace = namespaceName(index);
  const name = `egress-${index}`;
  const subset = `host-${index}`;
  const gateway = `${namespace}/${name}`;
  const toGateway = (number: number): object[] => [
    { destination: { host: GATEWAY_HOST, subset, port: { number } }, weight: 100 },
  ];
  const out = (number: number): object[] => [{ destination: { host, port: { number } }, weight: 100 }];
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata: metadata(name, namespace, index),
      spec: {
        hosts: [host],
        location: 'MESH_EXTERNAL',
        resolution: 'DNS',
        ports: [
          { number: 80, name: 'http-port', protocol: 'HTTP' },
          { number: 443, name: 'https', protocol: 'HTTPS' },
        ],
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: metadata(name, namespace, index),
      spec: {
        selector: { istio: 'egressgateway' },
        servers: [
          { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [host] },
          { port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: [host], tls: { mode: 'PASSTHROUGH' } },
        ],
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: metadata(`egressgateway-for-${subset}`, GATEWAY_NAMESPACE, index),
      spec: { host: GATEWAY_HOST, subsets: [{ name: subset }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: metadata(name, namespace, index),
      spec: {
        hosts: [host],
        gateways: ['mesh', gateway],
        http: [
          { match: [{ gateways: ['mesh'], port: 80 }], route: toGateway(80) },
          { match: [{ gateways: [gateway], port: 80 }], route: out(80) },
        ],
        tls: [
          { match: [{ gateways: ['mesh'], port: 443, sniHosts: [host] }], route: toGateway(443) },
          { match: [{ gateways: [gateway], port: 443, sniHosts: [host] }], route: out(443) },
        ],
      },
    },
  ];
}

export function gatewayService(): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...metadata('istio-egressgateway', GATEWAY_NAMESPACE, 0),
      labels: { app: 'istio-egressgateway', istio: 'egressgateway' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.10',
      clusterIPs: ['10.96.0.10'],
      selector: { app: 'istio-egressgateway', istio: 'egressgateway' },
      ports: [
        { name: 'http2', port: 80, targetPort: 8080, protocol: 'TCP' },
        { name: 'https', port: 443, targetPort: 8443, protocol: 'TCP' },
      ],
    },
  };
}

/** What Helm, Argo CD and the API server write into the metadata of such an object. */
function metadata(name: string, namespace: string, index: number): Record<string, unknown> {
  const created = new Date(Date.UTC(2024, 0, 1) + index * 60_000).toISOString().replace('.000Z', 'Z');
  return {
    name,
    namespace,
    uid: `6f2d3c1a-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    resourceVersion: String(1_000_000 + index),
    generation: 1,
    creationTimestamp: created,
    labels: {
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/part-of': namespace,
      'app.kubernetes.io/managed-by': 'Helm',
      team: namespace,
    },
    annotations: {
      'argocd.argoproj.io/tracking-id': `${namespace}:networking.istio.io/Config:${namespace}/${name}`,
      'meta.helm.sh/release-name': name,
      'kubectl.kubernetes.io/last-applied-configuration': `{"metadata":{"name":"${name}","namespace":"${namespace}"}}`,
    },
    managedFields: [{ manager: 'argocd-controller', operation: 'Apply', time: created, fieldsType: 'FieldsV1' }],
  };
}
