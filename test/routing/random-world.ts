import { DEFAULT_MESH, type MeshConfig } from '../../src/mesh/kinds/mesh-config.js';
import type { MeshObject } from '../../src/mesh/mesh-object.js';
import { ManifestError } from '../../src/mesh/manifest-error.js';
import { OLDEST, type Labels } from '../../src/mesh/metadata.js';
import { readObject } from '../../src/mesh/read-object.js';
import type { Random } from '../conformance/random.js';

/*
 * Small worlds in which much happens to few names: objects of all kinds in several namespaces that compete for the same hosts, ports
 * and addresses, with everything by which Istio tells clients apart.
 */

/** Every namespace that an object can be in. Nothing is ever in, or says anything of, the last two of `CLIENT_NAMESPACES`. */
const NAMESPACES = ['app', 'shop', 'edge', 'istio-system'];

/** `guest` is only ever named. */
export const CLIENT_NAMESPACES = [...NAMESPACES, 'guest', 'quiet', 'silent'];

const GATEWAY_HOST = 'istio-egressgateway.istio-system.svc.cluster.local';
const SERVICES = ['web', 'db', 'foo', 'com'];
const EXTERNAL = ['ext.com', 'www.ext.com', 'api.ext.com', 'other.org'];
const WILDCARDS = ['*.ext.com', '*.com', '*.api.ext.com', '*t.com'];
const SHOUTED = ['EXT.com', '*.EXT.com', 'WWW.ext.com'];
const SERVICE_HOSTS = ['web.shop.svc.cluster.local', 'com.app.svc.cluster.local', 'web', 'foo', GATEWAY_HOST];
const PORTS = [80, 443, 8080, 3306];
const OUTSIDE = ['203.0.113.7', '203.0.113.10', '198.51.100.4'];
const INSIDE = ['10.96.0.20', '10.1.1.1'];
const BLOCKS = ['203.0.113.0/24', '203.0.113.0/29', '198.51.100.0/24'];
const SUBSETS = ['s1', 's2'];
const PROTOCOLS = [
  'HTTP',
  'HTTP2',
  'HTTPS',
  'TLS',
  'TCP',
  'TCP',
  'Mongo',
  'MySQL',
  'UDP',
  'HTTP_PROXY',
  undefined,
  undefined,
];

const PAIRS: readonly Labels[] = [{ app: 'web' }, { app: 'api' }, { version: 'v1' }, { version: 'v2' }, { tier: 'x' }];
const SELECTORS: readonly Labels[] = [...PAIRS, { app: 'web', version: 'v1' }, { app: 'web', tier: 'x' }, {}];

/** Labels of a pod: of a selector, of several together, or of none. */
export function randomLabels(random: Random, selectors: readonly Labels[] = SELECTORS): Labels {
  const unrelated: Labels = random.chance(0.3) ? { unrelated: 'yes' } : {};
  const labels = { ...unrelated };
  for (let left = random.pick([0, 1, 1, 2, 3]); left > 0; left--) Object.assign(labels, random.pick(selectors));
  return labels;
}

/**
 * The objects of a world, as documents.
 *
 * @param root - the root namespace
 */
export function randomDocuments(random: Random, root = DEFAULT_MESH.rootNamespace): readonly unknown[] {
  const topics = new Topics(random, root);
  const documents: unknown[] = [topics.gatewayService()];
  // Each world has its own mixture, so that what is rare on the whole is dense in some.
  const makers = [
    ...repeated(random.pick([2, 7, 7]), () => topics.serviceEntry()),
    ...repeated(random.pick([2, 7, 7]), () => topics.virtualService()),
    ...repeated(random.pick([0, 2, 6]), () => topics.destinationRule()),
    ...repeated(random.pick([0, 2, 6]), () => topics.service()),
    ...repeated(random.pick([0, 0, 3]), () => topics.sidecar()),
    ...repeated(random.pick([0, 0, 2]), () => topics.workloadEntry()),
    ...repeated(random.pick([0, 1]), () => topics.gateway()),
  ];
  if (random.chance(0.25)) documents.push(topics.rootSidecar());
  for (let left = 3 + random.below(14); left > 0; left--) documents.push(random.pick(makers)());
  return documents;
}

export function randomMesh(random: Random): MeshConfig {
  const exportTo = () => (random.chance(0.9) ? ['*'] : ['.']);
  return {
    ...DEFAULT_MESH,
    rootNamespace: random.chance(0.9) ? 'istio-system' : 'edge',
    outboundTrafficPolicy: random.pick(['ALLOW_ANY', 'REGISTRY_ONLY']),
    defaultServiceExportTo: exportTo(),
    defaultVirtualServiceExportTo: exportTo(),
    defaultDestinationRuleExportTo: exportTo(),
  };
}

/** The documents that Istio's CRDs would let in. */
export function readDocuments(documents: readonly unknown[]): readonly MeshObject[] {
  return documents.flatMap((document) => {
    try {
      return readObject(document, OLDEST) ?? [];
    } catch (error) {
      if (error instanceof ManifestError) return [];
      throw error;
    }
  });
}

function repeated<T>(times: number, one: T): readonly T[] {
  return Array.from({ length: times }, () => one);
}

/** Makes documents about the same few names, ports and namespaces. */
class Topics {
  readonly #random: Random;
  readonly #hosts: readonly string[];
  readonly #ports: readonly number[];
  readonly #protocols: readonly (string | undefined)[];
  readonly #namespaces: readonly string[];
  readonly #root: string;
  /** How many of the objects are not for everybody, or have gateway semantics. */
  readonly #restricted: number;
  readonly #derived: number;
  #made = 0;

  constructor(random: Random, root: string) {
    this.#random = random;
    this.#root = root;
    this.#hosts = [
      ...this.#some(EXTERNAL, random.pick([1, 2, 2, 3])),
      ...(random.chance(0.6) ? this.#some(WILDCARDS, random.pick([1, 1, 2])) : []),
      ...(random.chance(0.15) ? this.#some(SHOUTED, 2) : []),
      ...(random.chance(0.3) ? this.#some(SERVICE_HOSTS, random.pick([1, 2])) : []),
    ];
    this.#ports = this.#some(PORTS, random.pick([1, 1, 2, 3]));
    this.#protocols = random.pick([PROTOCOLS, PROTOCOLS, this.#some(PROTOCOLS, 2), this.#some(PROTOCOLS, 3)]);
    this.#namespaces = this.#some(NAMESPACES, random.pick([2, 2, 3, 4]));
    this.#restricted = random.pick([0.2, 0.5, 0.8]);
    this.#derived = random.pick([0, 0, 0.05, 0.5]);
  }

  gatewayService(): unknown {
    const metadata = { name: 'istio-egressgateway', namespace: 'istio-system' };
    const ports = [
      { name: 'http2', port: 80, targetPort: 8080 },
      { name: 'https', port: 443, targetPort: 8443 },
      { name: 'tcp', port: 3306 },
    ];
    const annotations = this.#random.chance(0.1) ? { 'networking.istio.io/exportTo': this.#exportTo().join(',') } : {};
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, annotations },
      spec: { clusterIP: '10.96.0.10', selector: { istio: 'egressgateway' }, ports },
    };
  }

  serviceEntry(): unknown {
    const random = this.#random;
    const resolution = random.pick(['DNS', 'DNS', 'NONE', 'STATIC', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS']);
    const byIp = resolution === 'NONE' || resolution === 'STATIC';
    const addresses = random.pick([[], [], [random.pick(OUTSIDE)], byIp ? [random.pick(BLOCKS)] : []]);
    const endpoints =
      resolution === 'NONE' || resolution === 'DYNAMIC_DNS' || random.chance(0.5)
        ? {}
        : random.chance(0.2)
          ? { workloadSelector: { labels: random.pick(PAIRS) } }
          : { endpoints: [{ address: resolution === 'STATIC' ? this.#address() : random.pick(EXTERNAL) }] };
    return {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata: this.#metadata(),
      spec: {
        hosts: this.#some(this.#hosts, random.pick([1, 1, 1, 2])),
        ...(addresses.length === 0 ? {} : { addresses }),
        ports: this.#some(this.#ports, random.pick([1, 1, 2])).map((number) => this.#port(number)),
        ...(random.chance(0.2) ? { location: 'MESH_INTERNAL' } : {}),
        resolution,
        ...endpoints,
        exportTo: this.#exportTo(),
      },
    };
  }

  service(): unknown {
    const random = this.#random;
    const exportTo = random.chance(0.3) ? { 'networking.istio.io/exportTo': this.#exportTo().join(',') } : {};
    const metadata = { ...this.#metadata(), name: random.pick(SERVICES), annotations: exportTo };
    const ports = this.#some(this.#ports, random.pick([1, 2])).map((port) => ({
      name: random.pick(['http', 'tcp', 'tls', 'x', 'mongo', 'grpc', 'https', 'mysql', '']) + `-${port}`,
      port,
    }));
    const selector = random.chance(0.7) ? { selector: random.pick(PAIRS) } : {};
    const spec = random.pick([
      { clusterIP: random.pick(INSIDE), ...selector, ports },
      { clusterIP: 'None', ...selector, ports },
      { type: 'ExternalName', externalName: this.#aliased(), ports },
    ]);
    return { apiVersion: 'v1', kind: 'Service', metadata, spec };
  }

  virtualService(): unknown {
    const random = this.#random;
    const isDelegate = random.chance(0.15);
    const gateways = random.pick([[], ['mesh'], ['mesh', 'istio-system/egw'], ['mesh', 'egw'], ['istio-system/egw']]);
    const semantics = random.chance(this.#derived) ? random.pick(['gateway', 'gateway', 'ingress']) : undefined;
    const sections = random.pick([['http'], ['http'], ['tls'], ['tcp'], ['http', 'tls'], ['http', 'tls', 'tcp']]);
    return {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: {
        ...this.#metadata(isDelegate ? `delegate-${random.below(2)}` : undefined),
        ...(semantics === undefined ? {} : { annotations: { 'internal.istio.io/route-semantics': semantics } }),
      },
      spec: {
        ...(isDelegate ? {} : { hosts: this.#some(this.#hosts, random.pick([1, 1, 2])) }),
        ...(isDelegate || gateways.length === 0 ? {} : { gateways }),
        ...(isDelegate || sections.includes('http') ? { http: this.#rules(() => this.#httpRule(isDelegate)) } : {}),
        ...(sections.includes('tls') && !isDelegate ? { tls: this.#rules(() => this.#tlsRule()) } : {}),
        ...(sections.includes('tcp') && !isDelegate ? { tcp: this.#rules(() => this.#tcpRule()) } : {}),
        exportTo: this.#exportTo().filter((target) => target !== '~'),
      },
    };
  }

  destinationRule(): unknown {
    const random = this.#random;
    const host = random.pick([
      GATEWAY_HOST,
      GATEWAY_HOST,
      ...this.#hosts,
      '*.local',
      '*.com',
      'web',
      'istio-egressgateway',
    ]);
    const subset = (name: string) => ({ name, ...this.#trafficPolicy(0.3) });
    return {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: this.#metadata(),
      spec: {
        host,
        subsets: this.#some(SUBSETS, random.pick([0, 1, 1, 2])).map(subset),
        ...this.#trafficPolicy(0.5),
        ...(random.chance(0.3) ? { workloadSelector: { matchLabels: random.pick(SELECTORS) } } : {}),
        exportTo: this.#exportTo().filter((target) => target !== '~'),
      },
    };
  }

  sidecar(): unknown {
    const random = this.#random;
    const policy = random.pick([
      ...repeated(4, undefined),
      { mode: 'REGISTRY_ONLY' },
      { mode: 'ALLOW_ANY' },
      {},
      {
        mode: 'ALLOW_ANY',
        egressProxy: { host: random.pick([...this.#hosts, GATEWAY_HOST]), port: { number: this.#onePort() } },
      },
    ]);
    const entry = () => {
      const only = random.chance(0.2) ? { port: this.#port(this.#onePort()) } : {};
      return { ...only, hosts: this.#some(this.#imports(), random.pick([1, 2, 3])) };
    };
    const egress = random.chance(0.2) ? {} : { egress: random.chance(0.7) ? [entry()] : [entry(), entry()] };
    return {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: this.#metadata(random.chance(0.3) ? 'default' : undefined),
      spec: {
        ...(random.chance(0.6) ? { workloadSelector: { labels: random.pick(SELECTORS) } } : {}),
        ...egress,
        ...(policy === undefined ? {} : { outboundTrafficPolicy: policy }),
      },
    };
  }

  /** The one of all pods without their own: it imports some namespaces, or what is the client's own, or some hosts of anybody. */
  rootSidecar(): unknown {
    const random = this.#random;
    const all = [
      `${this.#namespace()}/*`,
      `${this.#root}/*`,
      './*',
      `*/${random.pick(this.#hosts)}`,
      `*/${random.pick(this.#hosts)}`,
    ];
    const only = random.chance(0.2) ? { port: this.#port(this.#onePort()) } : {};
    return {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { ...this.#metadata(random.chance(0.3) ? 'default' : undefined), namespace: this.#root },
      spec: { egress: [{ ...only, hosts: this.#some(all, random.pick([1, 2, 3])) }] },
    };
  }

  workloadEntry(): unknown {
    return {
      apiVersion: 'networking.istio.io/v1',
      kind: 'WorkloadEntry',
      metadata: this.#metadata(),
      spec: { address: this.#address(), labels: { ...this.#random.pick(PAIRS), istio: 'egressgateway' } },
    };
  }

  gateway(): unknown {
    const random = this.#random;
    const servers = this.#some(PORTS, random.pick([1, 2])).map((number) => {
      const protocol = random.pick(['HTTP', 'TLS', 'HTTPS', 'TCP']);
      const tls =
        protocol === 'TLS' || protocol === 'HTTPS'
          ? { tls: { mode: random.pick(['PASSTHROUGH', 'ISTIO_MUTUAL']) } }
          : {};
      return {
        port: { number, name: `p-${number}`, protocol },
        hosts: random.chance(0.5) ? ['*'] : this.#some(this.#hosts, 1),
        ...tls,
      };
    });
    return {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { ...this.#metadata(), ...(random.chance(0.7) ? { name: 'egw', namespace: 'istio-system' } : {}) },
      spec: { selector: { istio: 'egressgateway' }, servers },
    };
  }

  #rules(make: () => unknown): readonly unknown[] {
    return Array.from({ length: this.#random.pick([1, 1, 2, 3]) }, make);
  }

  #httpRule(isDelegate: boolean): unknown {
    const random = this.#random;
    const matches = random.pick([0, 1, 1, 2]);
    const match = Array.from({ length: matches }, () => ({
      ...this.#source(),
      ...(random.chance(0.3) ? { uri: { prefix: random.pick(['/', '/a']) } } : {}),
    }));
    const action = random.pick(['route', 'route', 'route', 'route', 'delegate', 'redirect', 'response']);
    const shared = match.length === 0 ? {} : { match };
    if (action === 'delegate' && !isDelegate) {
      const delegate = { name: `delegate-${random.below(2)}`, namespace: this.#namespace() };
      return { ...shared, delegate };
    }
    if (action === 'redirect') return { ...shared, redirect: { authority: random.pick(EXTERNAL) } };
    if (action === 'response') return { ...shared, directResponse: { status: 418 } };
    const mirror = random.chance(0.15) ? { mirrors: [{ destination: this.#destination() }] } : {};
    return { ...shared, route: this.#routes(), ...mirror };
  }

  #tlsRule(): unknown {
    const random = this.#random;
    const match = Array.from({ length: random.pick([1, 1, 2]) }, () => ({
      ...this.#source(),
      ...this.#subnets(),
      sniHosts: this.#some(this.#hosts, random.pick([1, 1, 2])),
    }));
    return { match, route: this.#routes() };
  }

  #tcpRule(): unknown {
    const matches = this.#random.pick([0, 1, 2]);
    const match = Array.from({ length: matches }, () => ({ ...this.#source(), ...this.#subnets() }));
    return { ...(match.length === 0 ? {} : { match }), route: this.#routes() };
  }

  /** Conditions on the port and on the client's pod. */
  #source(): Record<string, unknown> {
    const random = this.#random;
    return {
      ...(random.chance(0.4) ? { port: this.#onePort() } : {}),
      ...(random.chance(0.4)
        ? { gateways: random.pick([['mesh'], ['mesh'], ['istio-system/egw'], ['mesh', 'istio-system/egw']]) }
        : {}),
      ...(random.chance(0.3) ? { sourceLabels: random.pick(SELECTORS) } : {}),
      ...(random.chance(0.15) ? { sourceNamespace: random.pick([...NAMESPACES, 'guest']) } : {}),
    };
  }

  #subnets(): Record<string, unknown> {
    return this.#random.chance(0.2) ? { destinationSubnets: [this.#random.pick(BLOCKS)] } : {};
  }

  #routes(): readonly unknown[] {
    if (this.#random.chance(0.8)) return [{ destination: this.#destination() }];
    return [50, 50].map((weight) => ({ destination: this.#destination(), weight }));
  }

  #destination(): unknown {
    const random = this.#random;
    const host = random.pick([
      GATEWAY_HOST,
      GATEWAY_HOST,
      ...this.#hosts,
      'web',
      'istio-egressgateway',
      'foo.shop.svc.cluster.local',
    ]);
    return {
      host,
      ...(random.chance(0.4) ? { subset: random.pick(SUBSETS) } : {}),
      ...(random.chance(0.5) ? { port: { number: this.#onePort() } } : {}),
    };
  }

  #trafficPolicy(probability: number): Record<string, unknown> {
    const random = this.#random;
    if (!random.chance(probability)) return {};
    const policy = random.pick([
      { loadBalancer: { simple: 'PASSTHROUGH' } },
      { tls: { mode: 'ISTIO_MUTUAL' } },
      { tls: { mode: 'SIMPLE', sni: 'ext.com' } },
      { tls: { mode: 'DISABLE' } },
    ]);
    return { trafficPolicy: policy };
  }

  #metadata(name?: string): { readonly name: string; readonly namespace: string; readonly creationTimestamp?: string } {
    const random = this.#random;
    this.#made++;
    const age = random.chance(0.9)
      ? { creationTimestamp: `2024-01-01T00:00:${String(random.below(30)).padStart(2, '0')}Z` }
      : {};
    return { name: name ?? `object-${this.#made}`, namespace: this.#namespace(), ...age };
  }

  #exportTo(): readonly string[] {
    const random = this.#random;
    if (!random.chance(this.#restricted)) return [];
    return random.pick([
      ['*'],
      ['.'],
      ['.'],
      ['guest'],
      [this.#namespace()],
      ['.', this.#namespace()],
      ['~'],
      ['*', 'guest'],
    ]);
  }

  #imports(): readonly string[] {
    const hosts = ['*', '*', ...this.#hosts, '*.local'];
    const places = ['.', '*', '*', '~', ...this.#namespaces];
    return Array.from({ length: 4 }, () => `${this.#random.pick(places)}/${this.#random.pick(hosts)}`);
  }

  #aliased(): string {
    const service = `${this.#random.pick(SERVICES)}.${this.#namespace()}.svc.cluster.local`;
    return this.#random.pick([...this.#hosts, service, GATEWAY_HOST]);
  }

  #port(number: number): unknown {
    const protocol = this.#random.pick(this.#protocols);
    return {
      number,
      name: this.#random.pick(['a', 'http2', 'https']) + `-${number}`,
      ...(protocol === undefined ? {} : { protocol }),
    };
  }

  #address(): string {
    return this.#random.pick([...OUTSIDE, ...INSIDE]);
  }

  #onePort(): number {
    return this.#random.pick(this.#ports);
  }

  #namespace(): string {
    return this.#random.pick(this.#namespaces);
  }

  #some<T>(items: readonly T[], count: number): readonly T[] {
    return this.#random.shuffled(items).slice(0, count);
  }
}
