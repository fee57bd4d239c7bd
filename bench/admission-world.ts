import { MeshWorld } from '../src/mesh/world/mesh-world.js';
import { asRead, gatewayService, hostName, MESH, namespaceName, tutorialSet } from './tutorial-world.js';

/** How many hosts are asked about: as many different objects. */
export const ASKED = 64;

export const KINDS = ['ServiceEntry', 'VirtualService', 'DestinationRule', 'Gateway', 'Sidecar'] as const;
export type Kind = (typeof KINDS)[number];

/**
 * A mesh of about so many objects, for reviews of a kind: where it is to be created, the first hosts have no object of it. Only the mesh
 * in which Sidecars change has some: each namespace with one of its own is a client of its own.
 */
export function meshFor(objects: number, kind: Kind, operation: string): MeshWorld {
  const world = new MeshWorld(MESH);
  world.put(asRead(gatewayService()));
  const hosts = Math.floor(objects / 4);
  for (let host = 0; host < hosts; host++) {
    for (const document of tutorialSet(host)) {
      const object = asRead(document);
      if (host >= ASKED || operation !== 'CREATE' || object.kind !== kind) world.put(object);
    }
  }
  if (kind === 'Sidecar')
    for (let index = 0; index < ASKED; index++) world.put(asRead(sidecar(index, ['./*', 'istio-system/*'])));
  return world;
}

/** The reviews of one operation on one kind, an object each. */
export function reviews(kind: Kind, operation: 'CREATE' | 'UPDATE'): readonly string[] {
  return Array.from({ length: ASKED }, (_, index) => {
    const old = documentOf(kind, index);
    const object =
      operation === 'CREATE'
        ? { ...old, metadata: { ...old.metadata, creationTimestamp: undefined } }
        : changed(kind, index, old);
    return JSON.stringify(review(kind, operation, index, object, operation === 'CREATE' ? null : old));
  });
}

interface Document {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

function documentOf(kind: Kind, index: number): Document {
  const all = [...tutorialSet(index), sidecar(index, ['./*', 'istio-system/*'])] as readonly Document[];
  return all.find((one) => one.kind === kind)!;
}

/** With something in its spec that decides routes, and leaks nothing. */
function changed(kind: Kind, index: number, { spec, ...rest }: Document): Document {
  switch (kind) {
    case 'ServiceEntry':
      return { ...rest, spec: { ...spec, exportTo: ['*'] } };
    case 'VirtualService': {
      const [mesh, out] = spec['http'] as readonly Record<string, unknown>[];
      const narrow = { ...mesh, match: [{ gateways: ['mesh'], port: 80, uri: { prefix: '/v2' } }] };
      return { ...rest, spec: { ...spec, http: [narrow, mesh, out] } };
    }
    case 'DestinationRule':
      return {
        ...rest,
        spec: { ...spec, subsets: [{ name: `host-${index}`, trafficPolicy: { tls: { mode: 'DISABLE' } } }] },
      };
    case 'Gateway':
      return {
        ...rest,
        spec: {
          ...spec,
          servers: [
            { port: { number: 80, name: 'http', protocol: 'HTTP2' }, hosts: [hostName(index)] },
            (spec['servers'] as unknown[])[1],
          ],
        },
      };
    case 'Sidecar':
      return { ...rest, spec: { egress: [{ hosts: ['./*', 'istio-system/*', `${namespaceName(index + 100)}/*`] }] } };
  }
}

function sidecar(index: number, hosts: readonly string[]): Document {
  const namespace = namespaceName(index);
  return {
    ...{ apiVersion: 'networking.istio.io/v1' },
    kind: 'Sidecar',
    metadata: { name: 'default', namespace },
    spec: { egress: [{ hosts }] },
  };
}

function review(kind: Kind, operation: string, index: number, object: Document, oldObject: Document | null): object {
  const { name, namespace } = object.metadata;
  const resource = { group: 'networking.istio.io', version: 'v1', resource: `${kind.toLowerCase()}s` };
  const named = { group: 'networking.istio.io', version: 'v1', kind };
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `705ab4f5-6393-11e8-b7cc-${index.toString(16).padStart(12, '0')}`,
      kind: named,
      resource,
      requestKind: named,
      requestResource: resource,
      name,
      namespace,
      operation,
      userInfo: {
        username: 'system:serviceaccount:argocd:argocd-application-controller',
        groups: ['system:authenticated'],
      },
      object,
      oldObject,
      dryRun: false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: `${operation === 'CREATE' ? 'Create' : 'Update'}Options` },
    },
  };
}
