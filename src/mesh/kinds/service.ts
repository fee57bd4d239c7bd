import type { Labels, Metadata } from '../metadata.js';
import { protocolNamed, type Protocol } from '../protocol.js';
import { NO_ITEMS, PORT_NUMBER, type Fields } from '../reading.js';

/** A Kubernetes Service. */
export interface Service {
  readonly kind: 'Service';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: ServiceSpec;
}

export interface ServiceSpec {
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** The name that an ExternalName Service stands for. */
  readonly externalName: string | undefined;
  /** The cluster's addresses of the Service, without `None`. */
  readonly clusterIPs: readonly string[];
  /** `clusterIP: None`. */
  readonly headless: boolean;
  /** Undefined where there is none: its endpoints are then somebody's, not the pods'. */
  readonly selector: Labels | undefined;
  readonly ports: readonly ServicePort[];
  /** The annotation `networking.istio.io/exportTo`, split; empty means the mesh's default. */
  readonly exportTo: readonly string[];
}

export interface ServicePort {
  readonly number: number;
  readonly name: string;
  /** From `appProtocol`, else from the name before its first `-`; UDP where the port's transport is UDP. */
  readonly protocol: Protocol;
  /** The number that is dialled on the pod; a named target port is undefined, for it is the pod's to say. */
  readonly targetPort: number | undefined;
}

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const;
const TRANSPORTS = ['TCP', 'UDP', 'SCTP'] as const;
const EXPORT_TO = 'networking.istio.io/exportTo';
const HEADLESS = 'None';

/** Reads the `spec` of a Service as istiod does (`ConvertService`). */
export function readServiceSpec(spec: Fields, metadata: Metadata): ServiceSpec {
  const type = spec.choice('type', TYPES, 'absent') ?? 'ClusterIP';
  const clusterIP = spec.text('clusterIP');
  if (type === 'ExternalName' && spec.text('externalName') === undefined) {
    spec.fault('externalName', 'is required where type is ExternalName');
  }
  return {
    type,
    externalName: type === 'ExternalName' ? spec.text('externalName') : undefined,
    clusterIPs: readClusterIPs(clusterIP, spec.strings('clusterIPs')),
    headless: clusterIP === HEADLESS,
    selector: readSelector(spec),
    ports: spec.objects('ports', readPort),
    exportTo: readExportTo(metadata),
  };
}

/** The list counts only where it has more than the one address that `clusterIP` repeats. */
function readClusterIPs(clusterIP: string | undefined, clusterIPs: readonly string[]): readonly string[] {
  if (clusterIP === undefined || clusterIP === HEADLESS) return NO_ITEMS;
  return clusterIPs.length > 1 ? clusterIPs : [clusterIP];
}

/** An empty selector is none: such a Service gets no endpoints from pods. */
function readSelector(spec: Fields): Labels | undefined {
  const selector = spec.labels('selector', { nullAs: '' });
  return Object.keys(selector).length === 0 ? undefined : selector;
}

/** An empty name between commas is kept: it names nobody, while no name at all would leave the mesh's default. */
function readExportTo(metadata: Metadata): readonly string[] {
  const written = metadata.annotations[EXPORT_TO];
  if (written === undefined || written === '') return NO_ITEMS;
  return written.split(',').map((namespace) => namespace.trim());
}

function readPort(port: Fields): ServicePort {
  const number = port.requiredInteger('port', PORT_NUMBER);
  const name = port.string('name') ?? '';
  const transport = port.choice('protocol', TRANSPORTS, 'absent');
  const hint = port.string('appProtocol') ?? name;
  return {
    number,
    name,
    protocol: transport === 'UDP' ? 'UDP' : protocolOf(hint, number),
    targetPort: readTargetPort(port, number),
  };
}

/** Kubernetes dials the Service's own port where no target is written, be it 0 or an empty name. */
function readTargetPort(port: Fields, number: number): number | undefined {
  const target = port.integerOrText('targetPort', { ...PORT_NUMBER, min: 0 });
  if (target === undefined || target === 0 || target === '') return number;
  return typeof target === 'number' ? target : undefined;
}

/** The protocols that Kubernetes itself names for `appProtocol`, as istiod takes them. */
const KUBERNETES_PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ['kubernetes.io/h2c', 'HTTP2'],
  ['kubernetes.io/ws', 'HTTP'],
  ['kubernetes.io/wss', 'HTTPS'],
]);

/** Ports that istiod takes as TCP rather than sniff them: SMTP, DNS, MySQL and MongoDB wait for the server to speak first. */
const NEVER_SNIFFED: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/**
 * The protocol that a port's `appProtocol`, or else its name, says (`kube.ConvertProtocol`): the text before the first dash,
 * but for grpc-web, which has one itself.
 */
function protocolOf(hint: string, port: number): Protocol {
  const known = KUBERNETES_PROTOCOLS.get(hint);
  if (known !== undefined) return known;
  if (hint.toLowerCase().startsWith('grpc-web')) return 'GRPC-Web';
  const [prefix = ''] = hint.split('-', 1);
  return protocolNamed(prefix) ?? (NEVER_SNIFFED.has(port) ? 'TCP' : 'unset');
}
