import { addressInside, addressText, parseBlock } from '../../src/mesh/address.js';
import { resolveHost, serviceHost } from '../../src/mesh/host.js';
import type { MeshObject } from '../../src/mesh/mesh-object.js';
import type { Labels } from '../../src/mesh/metadata.js';
import type { World } from '../../src/mesh/world/world.js';
import type { Call } from '../../src/routing/call.js';
import { classes } from '../../src/routing/classes.js';
import { trace, type Topology } from '../../src/routing/trace.js';
import type { Way } from '../../src/routing/way.js';
import type { Random } from '../conformance/random.js';
import { randomLabels } from './random-world.js';

/** How much of a world's calls and clients is looked at. */
export interface Sample {
  readonly targets: number;
  readonly pods: number;
}

/** Everything that a call to some declared thing may name. */
export interface Vocabulary {
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
  readonly addresses: readonly (string | undefined)[];
  readonly namespaces: readonly string[];
  readonly selectors: readonly Labels[];
}

/**
 * Traces calls of every protocol from pods of every namespace, and holds each against its class. A text for each difference, and how
 * many pods were traced.
 */
export function differences(
  topology: Topology,
  vocabulary: Vocabulary,
  random: Random,
  sample: Sample,
): { readonly found: readonly string[]; readonly traced: number } {
  const found: string[] = [];
  let traced = 0;
  for (let left = sample.targets; left > 0; left--) {
    const host = spelt(random.pick(vocabulary.hosts), random);
    const port = random.pick(vocabulary.ports);
    const address = random.chance(0.5) ? undefined : random.pick(vocabulary.addresses);
    const all = classes(topology.world, host, port, address);
    const told = new Map<string, string>();
    for (const namespace of vocabulary.namespaces) {
      for (let pods = sample.pods; pods > 0; pods--) {
        const labels = randomLabels(random, vocabulary.selectors);
        const one = all.of(namespace, labels);
        if (one === undefined) {
          found.push(`${namespace} ${JSON.stringify(labels)} has no class for ${host}:${port}`);
          continue;
        }
        for (const protocol of ['http', 'tls', 'tcp'] as const) {
          const call = { host, port, protocol, ...(address === undefined ? {} : { address }) };
          const key = `${protocol} ${one.namespace} ${JSON.stringify(one.labels)}`;
          const want = told.get(key) ?? text(topology, one.namespace, one.labels, call);
          told.set(key, want);
          const got = text(topology, namespace, labels, call);
          traced++;
          if (got === want) continue;
          const pod = `${namespace} ${JSON.stringify(labels)}`;
          found.push(`${JSON.stringify(call)} of ${pod} in "${one.description}":\n${got}\nbut of the class:\n${want}`);
        }
      }
    }
  }
  return { found, traced };
}

/** As some client writes it. */
function spelt(host: string, random: Random): string {
  switch (random.below(12)) {
    case 0:
      return host.toUpperCase();
    case 1:
      return random.pick([`${host}:80`, `${host}.`]);
    default:
      return host;
  }
}

function text(topology: Topology, namespace: string, labels: Labels, call: Call): string {
  return waysText(trace(topology, { kind: 'sidecar', namespace, labels }, call));
}

function waysText(ways: readonly Way[]): string {
  return ways
    .map(({ outcome, source }) => {
      const { kind, metadata } = source?.object ?? { kind: '', metadata: { namespace: '', name: '' } };
      return `${JSON.stringify(outcome)} by ${kind} ${metadata.namespace}/${metadata.name} ${source?.field}`;
    })
    .join('\n');
}

/** What the objects of a world name: hosts as declared and as dialled, ports, addresses, one inside each block, selectors. */
export function vocabularyOf(world: World, namespaces: readonly string[]): Vocabulary {
  const hosts = new Set(['undeclared.invalid', 'undeclared.com']);
  const ports = new Set([80, 9999]);
  const addresses = new Set<string | undefined>([undefined]);
  const places = new Set(namespaces);
  const selectors: Labels[] = [{}];
  for (const object of KINDS.flatMap((kind): MeshObject[] => [...world.all(kind)])) {
    const { namespace, name } = object.metadata;
    places.add(namespace);
    switch (object.kind) {
      case 'ServiceEntry':
        for (const host of object.spec.hosts) addHost(hosts, host);
        for (const { number } of object.spec.ports) ports.add(number);
        for (const address of object.spec.addresses) {
          addresses.add(dialled(address));
          hosts.add(dialled(address) ?? address);
        }
        for (const { address } of object.spec.endpoints) addresses.add(address);
        break;
      case 'Service':
        hosts.add(name);
        hosts.add(serviceHost(name, namespace, 'cluster.local'));
        if (object.spec.headless) hosts.add(`pod-0.${name}`);
        if (object.spec.externalName !== undefined) hosts.add(`${name}.${namespace}`);
        for (const { number } of object.spec.ports) ports.add(number);
        for (const address of object.spec.clusterIPs) addresses.add(address);
        break;
      case 'VirtualService':
        for (const host of object.spec.hosts) addHost(hosts, resolveHost(host, namespace, 'cluster.local'));
        for (const { match } of [...object.spec.http, ...object.spec.tls, ...object.spec.tcp]) {
          for (const one of match) {
            selectors.push(one.sourceLabels);
            if (one.sourceNamespace !== undefined) places.add(one.sourceNamespace);
          }
        }
        for (const { match } of object.spec.tls)
          for (const { sniHosts } of match) for (const sni of sniHosts) addHost(hosts, sni);
        for (const { match } of [...object.spec.tls, ...object.spec.tcp]) {
          for (const { destinationSubnets } of match)
            for (const block of destinationSubnets) addresses.add(dialled(block));
        }
        break;
      case 'Sidecar':
      case 'DestinationRule':
        if (object.spec.workloadSelector !== undefined) selectors.push(object.spec.workloadSelector);
        break;
      case 'WorkloadEntry':
        addresses.add(object.spec.address);
        break;
      default:
    }
  }
  return { hosts: [...hosts], ports: [...ports], addresses: [...addresses], namespaces: [...places], selectors };
}

const KINDS = ['ServiceEntry', 'Service', 'VirtualService', 'Sidecar', 'DestinationRule', 'WorkloadEntry'] as const;

function addHost(hosts: Set<string>, host: string): void {
  hosts.add(host.startsWith('*') ? `undeclared${host.startsWith('*.') ? '' : '-'}${host.slice(1)}` : host);
}

function dialled(address: string): string | undefined {
  if (!address.includes('/')) return address;
  const block = parseBlock(address);
  return block === undefined ? undefined : addressText(addressInside(block));
}
