import { load } from 'js-yaml';
import { DEFAULT_MESH, type MeshConfig } from '../../src/mesh/kinds/mesh-config.js';
import type { MeshObject } from '../../src/mesh/mesh-object.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { readObject } from '../../src/mesh/read-object.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import type { CallProtocol, Client } from '../../src/routing/call.js';
import { verdictOf, type Outcome, type Verdict } from '../../src/routing/outcome.js';
import { trace, type Topology } from '../../src/routing/trace.js';
import { outcomesOf } from '../../src/routing/way.js';

/*
 * Small worlds and calls, short enough to be read at a glance.
 *
 * A world is YAML, an object a line: its kind, namespace/name and, after an @, its age (a higher number is younger), then its spec:
 *
 *   ServiceEntry app/ext @3: {hosts: [ext.com], ports: [80 HTTP, 443 TLS], resolution: DNS}
 *
 *   80 HTTP            a port: number and protocol; a Service's is `80 http > 8080`, with the target port behind
 *   EGW:80/ext * 10    a destination: host, port, subset and weight
 *   EGW                the egress gateway, istio-egressgateway.istio-system.svc.cluster.local
 *   $labels, $annotations   stand beside the fields of the spec
 *   mesh               the mesh's configuration, REGISTRY_ONLY unless it says otherwise
 *
 * Of several worlds the later say what is otherwise: another spec for the same name, or null for one that is gone.
 *
 * A call is `http ext.com:80 from app with v=1 at 203.0.113.9`, or `tls ext.com:443 into edge/egress-b` for the gateway itself.
 * What happens to it is one of `ext.com:80 external`, `EGW:80/ext auto -> (ext.com:80 external)`, `404`, `none`, `blackhole` and
 * so on; of several, separated by `|`, the order does not count.
 */

const EGW = 'istio-egressgateway.istio-system.svc.cluster.local';

/** The egress gateway's Service. */
export const GATEWAY_SERVICE = `
Service istio-system/istio-egressgateway @0:
  {clusterIP: 10.96.0.10, selector: {istio: egressgateway}, ports: [80 http2 > 8080, 443 https > 8443, 3306 tcp]}
`;

/** The ground of the techniques: an entry, the gateway, its subset, and a right pair of routes for both ports. */
export const PAIR = `
${GATEWAY_SERVICE}
ServiceEntry app/ext @1: {hosts: [ext.com], ports: [80 HTTP, 443 TLS], resolution: DNS}
Gateway istio-system/egw @1:
  selector: {istio: egressgateway}
  servers:
  - {port: 80 HTTP, hosts: [ext.com]}
  - {port: 443 TLS, hosts: [ext.com], tls: {mode: PASSTHROUGH}}
DestinationRule istio-system/egress @1: {host: EGW, subsets: [{name: ext}]}
VirtualService istio-system/good @5:
  hosts: [ext.com]
  gateways: [mesh, egw]
  http:
  - {match: [{gateways: [mesh], port: 80}], route: [EGW:80/ext]}
  - {match: [{gateways: [egw], port: 80}], route: [ext.com:80]}
  tls:
  - {match: [{gateways: [mesh], port: 443, sniHosts: [ext.com]}], route: [EGW:443/ext]}
  - {match: [{gateways: [egw], port: 443, sniHosts: [ext.com]}], route: [ext.com:443]}
`;

/** What a call through the pair comes to. */
export const DELIVERED = 'EGW:80/ext auto -> (ext.com:80 external)';
export const DELIVERED_TLS = 'EGW:443/ext auto -> (ext.com:443 external)';

/** A world in which calls can be made. */
export interface Scene {
  readonly topology: Topology;
  /** What can happen to a call, sorted. */
  outcomes(call: string): string;
  verdict(call: string): Verdict;
}

export function scene(...worlds: readonly string[]): Scene {
  const { mesh, ...written } = Object.fromEntries(worlds.flatMap((yaml) => Object.entries(recordOf(load(yaml) ?? {}))));
  const configured: MeshConfig = { ...DEFAULT_MESH, outboundTrafficPolicy: 'REGISTRY_ONLY', ...recordOf(mesh ?? {}) };
  const latest = new Map<string, MeshObject>();
  for (const [title, body] of Object.entries(written)) {
    const [key = ''] = title.split(' @');
    if (body === null) latest.delete(key);
    else latest.set(key, objectOf(title, recordOf(body)));
  }
  const topology: Topology = {
    world: new MeshWorld(configured, latest.values()),
    isEgressGateway: ({ spec }) => spec.selector?.['istio']?.startsWith('egress') === true,
  };
  const outcomesFor = (call: string): readonly Outcome[] => {
    const { client, ...made } = callOf(call);
    return outcomesOf(trace(topology, client, made));
  };
  return {
    topology,
    outcomes: (call) => outcomesText(outcomesFor(call)),
    verdict: (call) => verdictOf(outcomesFor(call)),
  };
}

interface Asserter {
  equal(found: string, wanted: string, message: string): void;
}

/** Holds calls against what is expected of them. */
export function calls(t: Asserter, where: Scene, expected: Readonly<Record<string, string>>): void {
  for (const [call, wanted] of Object.entries(expected)) t.equal(where.outcomes(call), sorted(wanted), call);
}

/** The outcomes of a text, and those behind each gateway, sorted. */
function sorted(text: string): string {
  return alternatives(text)
    .map((one) => one.replace(/\((.*)\)$/, (_, behind: string) => `(${sorted(behind)})`))
    .sort()
    .join(' | ');
}

/** Split at each `|` that stands in no parentheses. */
function alternatives(text: string): readonly string[] {
  let depth = 0;
  const parts = [''];
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === '|' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts.map((part) => part.trim());
}

function outcomesText(outcomes: readonly Outcome[]): string {
  return outcomes.map(outcomeText).sort().join(' | ');
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.type) {
    case 'cluster': {
      const { host, port, subset, tls, then } = outcome;
      const sni = tls?.sni === undefined ? '' : ` sni=${short(tls.sni)}`;
      return [
        `${short(host)}:${port}${subset === undefined ? '' : `/${subset}`}`,
        outcome.missing === true ? ' missing' : '',
        outcome.mirror === true ? ' mirror' : '',
        outcome.external === true ? ' external' : '',
        tls === undefined ? '' : ` ${tls.mode}${sni}`,
        then === undefined ? '' : ` -> (${outcomesText(then)})`,
      ].join('');
    }
    case 'redirect':
      return outcome.host === undefined ? 'redirect' : `redirect ${outcome.host}`;
    case 'response':
      return String(outcome.status);
    case 'passthrough':
    case 'blackhole':
    case 'none':
      return outcome.type;
  }
}

function short(host: string): string {
  return host.replace(EGW, 'EGW');
}

const CALL = /^(?<protocol>\S+) (?<host>\S*):(?<port>\d+)(?<rest>.*)$/;

function callOf(text: string): {
  client: Client;
  host: string;
  port: number;
  protocol: CallProtocol;
  address?: string;
} {
  const { protocol, host, port, rest } = CALL.exec(text)?.groups ?? {};
  if (!isProtocol(protocol) || host === undefined || rest === undefined) throw new Error(`${text} is no call`);
  const after = (word: string): string | undefined => new RegExp(` ${word} (\\S+)`).exec(rest)?.[1];
  const address = after('at');
  const service = after('into');
  const pairs = after('with')?.split(',') ?? [];
  const labels = Object.fromEntries(pairs.map((pair): [string, string] => [pair.split('=')[0]!, pair.split('=')[1]!]));
  const client: Client =
    service === undefined
      ? { kind: 'sidecar', namespace: after('from') ?? 'app', labels }
      : { kind: 'gateway', service };
  const called = host === 'EGW' ? EGW : host;
  return { client, host: called, port: Number(port), protocol, ...(address === undefined ? {} : { address }) };
}

function isProtocol(text: string | undefined): text is CallProtocol {
  return text !== undefined && ['http', 'tls', 'tcp', 'mtls-http', 'mtls-tcp'].includes(text);
}

const TITLE = /^(?<kind>\w+) (?<namespace>[^/ ]*)\/(?<name>\S+)(?: @(?<age>\d+))?$/;

function objectOf(title: string, body: Record<string, unknown>): MeshObject {
  const { kind, namespace, name, age = '3' } = TITLE.exec(title)?.groups ?? {};
  if (kind === undefined) throw new Error(`${title} names no object`);
  const { $labels: labels, $annotations: annotations, ...spec } = body;
  const creationTimestamp = new Date(Date.UTC(2024, 0, 1 + Number(age))).toISOString();
  const metadata = {
    name,
    namespace,
    creationTimestamp,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  const apiVersion = kind === 'Service' ? 'v1' : 'networking.istio.io/v1';
  const object = readObject({ apiVersion, kind, metadata, spec: expanded(spec, kind === 'Service') }, OLDEST);
  if (object === undefined) throw new Error(`${kind} is no kind of a mesh`);
  return object;
}

/** The spec with its abbreviations written out. */
function expanded(value: unknown, isService: boolean, field = ''): unknown {
  if (Array.isArray(value)) {
    const entries: readonly unknown[] = value;
    return entries.map((item) => expanded(item, isService, field));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, expanded(inner, isService, name)]));
  }
  if (typeof value === 'number' && field === 'ports') return expanded(String(value), isService, field);
  if (typeof value !== 'string') return value;
  if (field === 'ports' || field === 'port') return isService ? servicePort(value) : entryPort(value);
  if (field === 'route' || field === 'mirrors') return destinationOf(value);
  if (field === 'mirror') return destinationOf(value).destination;
  return value === 'EGW' ? EGW : value;
}

function entryPort(text: string): unknown {
  const [number = '', protocol] = text.split(' ');
  const name = `${protocol?.toLowerCase() ?? 'any'}-${number}`;
  return { number: Number(number), name, ...(protocol === undefined ? {} : { protocol }) };
}

function servicePort(text: string): unknown {
  const [, port, name, targetPort] = /^(\d+)(?: (\S+))?(?: > (\d+))?$/.exec(text) ?? [];
  return {
    port: Number(port),
    name: name ?? '',
    ...(targetPort === undefined ? {} : { targetPort: Number(targetPort) }),
  };
}

const DESTINATION = /^(?<host>[^:/ ]+)(?::(?<port>\d+))?(?:\/(?<subset>[^ ]+))?(?: \* (?<weight>\d+))?$/;

function destinationOf(text: string): { readonly destination: object } {
  const { host, port, subset, weight } = DESTINATION.exec(text)?.groups ?? {};
  if (host === undefined) throw new Error(`${text} is no destination`);
  const destination = {
    host: host === 'EGW' ? EGW : host,
    ...(port === undefined ? {} : { port: { number: Number(port) } }),
    ...(subset === undefined ? {} : { subset }),
  };
  return { destination, ...(weight === undefined ? {} : { weight: Number(weight) }) };
}

function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('a world is a map of objects');
  return value as Record<string, unknown>;
}
