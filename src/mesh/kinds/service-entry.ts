import type { Labels, Metadata } from '../metadata.js';
import type { Protocol } from '../protocol.js';
import { isLonger, PORT_NUMBER, type Fields } from '../reading.js';
import { readProtocol } from '../read-protocol.js';
import { readWorkloadSelector } from '../workload-selector.js';

export interface ServiceEntry {
  readonly kind: 'ServiceEntry';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: ServiceEntrySpec;
}

export interface ServiceEntrySpec {
  readonly hosts: readonly string[];
  /** IP addresses and CIDR blocks, as written. */
  readonly addresses: readonly string[];
  readonly ports: readonly ServiceEntryPort[];
  /** MESH_EXTERNAL unless the object says otherwise. It decides TLS and telemetry, never routing. */
  readonly location: 'MESH_EXTERNAL' | 'MESH_INTERNAL';
  /** NONE unless the object says otherwise. */
  readonly resolution: Resolution;
  readonly endpoints: readonly Endpoint[];
  /** The labels of the WorkloadEntries and pods that back the entry; undefined where it selects none. */
  readonly workloadSelector: Labels | undefined;
  /** As written: `*`, `.`, `~` or namespaces; empty means the mesh's default. */
  readonly exportTo: readonly string[];
}

export type Resolution = 'NONE' | 'STATIC' | 'DNS' | 'DNS_ROUND_ROBIN' | 'DYNAMIC_DNS';

export interface ServiceEntryPort {
  readonly number: number;
  readonly name: string;
  readonly protocol: Protocol;
  readonly targetPort: number | undefined;
}

export interface Endpoint {
  /** An IP address, a host name, `unix://path`, or empty where the network alone is named. */
  readonly address: string;
  /** Ports by the name of the entry's port. */
  readonly ports: Readonly<Record<string, number>>;
  readonly labels: Labels;
}

const LOCATIONS = ['MESH_EXTERNAL', 'MESH_INTERNAL'] as const;
const BLOCK_RESOLUTIONS: ReadonlySet<Resolution> = new Set(['NONE', 'STATIC']);
const RESOLUTIONS = ['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'] as const;

/** Reads the `spec` of a ServiceEntry, by the schema and the rules of its CRD. */
export function readServiceEntrySpec(spec: Fields): ServiceEntrySpec {
  const written = spec.choice('resolution', RESOLUTIONS);
  // Of one that is none, nothing follows: undefined.
  const resolution = spec.has('resolution') ? written : 'NONE';
  const read: ServiceEntrySpec = {
    hosts: spec.strings('hosts', { min: 1, max: 256 }, checkHost),
    addresses: spec.strings('addresses', { max: 256 }, (address) => checkAddress(address, resolution)),
    ports: spec.objects('ports', readPort, { max: 256 }),
    location: spec.choice('location', LOCATIONS) ?? 'MESH_EXTERNAL',
    resolution: resolution ?? 'NONE',
    endpoints: spec.objects('endpoints', readEndpoint, { max: 4096 }),
    workloadSelector: readWorkloadSelector(spec),
    exportTo: spec.strings('exportTo'),
  };
  refuseSamePorts(spec, read.ports);
  refuseEndpoints(spec, resolution, read.endpoints);
  return read;
}

/** Reads an endpoint of a ServiceEntry, or the `spec` of a WorkloadEntry, which has the same schema. */
export function readEndpoint(endpoint: Fields): Endpoint {
  const address = endpoint.string('address') ?? '';
  checkEndpointAddress(endpoint, address);
  return {
    address,
    ports: endpoint.integers('ports', PORT_NUMBER, { max: 128, checkKey: checkPortName }),
    labels: endpoint.labels('labels', { max: 256 }),
  };
}

function readPort(port: Fields): ServiceEntryPort {
  const name = port.requiredString('name');
  if (isLonger(name, 256)) port.fault('name', 'must have at most 256 characters');
  return {
    number: port.requiredInteger('number', PORT_NUMBER),
    name,
    protocol: readProtocol(port),
    targetPort: port.integer('targetPort', PORT_NUMBER),
  };
}

function checkHost(host: string): string | undefined {
  return host === '*' ? 'cannot be *: name the hosts, or a part of a domain such as *.example.com' : undefined;
}

function checkAddress(address: string, resolution: Resolution | undefined): string | undefined {
  if (isLonger(address, 64)) return 'must have at most 64 characters';
  if (!address.includes('/') || resolution === undefined || BLOCK_RESOLUTIONS.has(resolution)) return undefined;
  return `cannot be a block of addresses (CIDR) with resolution ${resolution}: only NONE and STATIC take one`;
}

function checkEndpointAddress(endpoint: Fields, address: string): void {
  if (!endpoint.has('address') && !endpoint.has('network')) endpoint.fault('address', 'is required');
  if (isLonger(address, 256)) endpoint.fault('address', 'must have at most 256 characters');
  if (!address.startsWith(UNIX)) return;
  const first = address[UNIX.length];
  if (first !== '/' && first !== '@') {
    endpoint.fault('address', 'must go on with an absolute path (unix:///path) or an abstract socket (unix://@name)');
  } else if (address.endsWith('/')) {
    endpoint.fault('address', 'must name a socket, not a folder');
  }
  if (endpoint.has('ports')) endpoint.fault('ports', 'cannot be given for a unix socket');
}

const UNIX = 'unix://';

function checkPortName(name: string): string | undefined {
  if (name.length < 63 && /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(name)) return undefined;
  return 'is no name of a port: letters, digits and inner dashes, fewer than 63';
}

function refuseEndpoints(spec: Fields, resolution: Resolution | undefined, endpoints: readonly Endpoint[]): void {
  if (!spec.has('endpoints')) return;
  if (spec.has('workloadSelector')) {
    spec.fault('endpoints', 'cannot stand beside workloadSelector: only one of them may say where the hosts are');
  }
  if (resolution === 'NONE') {
    spec.fault('endpoints', 'cannot be given with resolution NONE, which calls the address that the client dialled');
  }
  if (resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1) {
    spec.fault('endpoints', 'can name one endpoint at most with resolution DNS_ROUND_ROBIN');
  }
}

function refuseSamePorts(spec: Fields, ports: readonly ServiceEntryPort[]): void {
  const numbers = new Set(ports.map((port) => port.number));
  if (numbers.size < ports.length) spec.fault('ports', 'must have different numbers');
  const names = new Set(ports.map((port) => port.name));
  if (names.size < ports.length) spec.fault('ports', 'must have different names');
}
