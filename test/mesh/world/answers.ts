import { parseAddress } from '../../../src/mesh/address.js';
import { isWildcard } from '../../../src/mesh/host.js';
import type { MeshKind, MeshObject } from '../../../src/mesh/mesh-object.js';
import { PROTOCOL_NAMES } from '../../../src/mesh/protocol.js';
import type { BlockLookup } from '../../../src/mesh/world/block-lookup.js';
import { EVERYBODY, portKey, type Declaration } from '../../../src/mesh/world/declaration.js';
import type { HostLookup } from '../../../src/mesh/world/host-lookup.js';
import type { Sequence } from '../../../src/mesh/world/lookup.js';
import type { World } from '../../../src/mesh/world/world.js';
import { subsetKey } from '../../../src/mesh/world/facets.js';
import { textsOf } from '../../conformance/mutation.js';

/** What may be asked of a world. */
/** The subsets that random worlds name. */
const SUBSETS = ['s1', 's2'];

export interface Questions {
  /** Every text of its objects, and some more: hosts, namespaces, names, addresses, blocks. */
  readonly texts: readonly string[];
  readonly names: readonly string[];
  readonly ports: readonly number[];
  readonly namespaces: readonly string[];
}

export function questionsAbout(objects: readonly MeshObject[]): Questions {
  const namespaces = [...new Set(objects.map(({ metadata }) => metadata.namespace))];
  const written = new Set(objects.flatMap((object) => textsOf(object)));
  for (const { metadata } of objects) {
    written.add(`${metadata.namespace}/${metadata.name}`);
    written.add(`${metadata.name}.${metadata.namespace}.svc.cluster.local`);
  }
  for (const text of [...written]) written.add(text.toLowerCase());
  for (const text of ['*', '*.com', '*com', 'a.b.ext.com', '203.0.113.0/24', '0.0.0.0/0', 'never']) written.add(text);
  const names = [...new Set(objects.map(({ metadata }) => metadata.name)), 'never'];
  return {
    texts: [...written],
    names,
    ports: [80, 443, 8080, 3306, 9],
    namespaces: [...namespaces, EVERYBODY, 'never'],
  };
}

const KINDS: readonly MeshKind[] = [
  'DestinationRule',
  'EgressExemption',
  'EnvoyFilter',
  'Gateway',
  'Namespace',
  'NetworkPolicy',
  'Service',
  'ServiceEntry',
  'Sidecar',
  'VirtualService',
  'WorkloadEntry',
];

type Answer = (world: World, questions: Questions) => unknown;

/** What a world says to a question, by the member of `World` that says it: a new member needs a line here. */
const ANSWERS: Readonly<Record<Exclude<keyof World, 'version'>, Answer>> = {
  mesh: ({ mesh }) => mesh,
  object: (world, { names, namespaces }) =>
    KINDS.flatMap((kind) =>
      namespaces.flatMap((namespace) => names.map((name) => nameOf(world.object(kind, namespace, name)))),
    ),
  // In no order.
  all: (world) => KINDS.map((kind) => [...world.all(kind)].map(nameOf).sort()),
  exemptions: (world, { namespaces }) => lists(world.exemptions, namespaces),
  networkPolicies: (world, { namespaces }) => lists(world.networkPolicies, namespaces),
  declarations: (world, { texts }) => hosts(world.declarations, texts),
  shoutedDeclarations: (world, { texts }) => hosts(world.shoutedDeclarations, texts),
  ports: (world, { ports, namespaces }) => lists(world.ports, portKeys(ports, namespaces)),
  restricted: (world, { ports }) => lists(world.restricted, protocolKeys(ports)),
  shortNames: (world, { texts }) => lists(world.shortNames, texts),
  addresses: (world, { texts }) => lists(world.addresses, texts),
  blocks: (world, { texts }) => blocks(world.blocks, texts),
  endpoints: (world, { texts }) => lists(world.endpoints, texts),
  aliases: (world, { texts }) => lists(world.aliases, texts),
  routes: (world, { texts }) => hosts(world.routes, texts),
  shoutedRoutes: (world, { texts }) => hosts(world.shoutedRoutes, texts),
  sniRoutes: (world, { texts }) => hosts(world.sniRoutes, texts),
  routedBlocks: (world, { texts }) => blocks(world.routedBlocks, texts),
  boundRoutes: (world, { texts }) => lists(world.boundRoutes, texts),
  routesTo: (world, { texts }) => lists(world.routesTo, texts),
  routesToSubset: (world, { texts }) =>
    lists(
      world.routesToSubset,
      texts.flatMap((host) => SUBSETS.map((subset) => subsetKey(host, subset))),
    ),
  routesIn: (world, { namespaces }) => lists(world.routesIn, namespaces),
  entriesIn: (world, { namespaces }) => lists(world.entriesIn, namespaces),
  delegators: (world, { texts }) => lists(world.delegators, texts),
  destinationRules: (world, { texts, namespaces }) =>
    namespaces.map((namespace) => hosts(world.destinationRules(namespace), texts)),
  ruleNamespaces: (world) => [...world.ruleNamespaces()].sort(),
  gateways: (world, { ports }) =>
    lists(
      world.gateways,
      ports.flatMap((port) => [`@${port}`, `istio=egressgateway@${port}`, `app=x@${port}`]),
    ),
  servedHosts: (world, { texts }) => hosts(world.servedHosts, texts),
  sidecars: (world, { namespaces }) => lists(world.sidecars, namespaces),
  sidecarNamespaces: (world) => [...world.sidecarNamespaces()].sort(),
  services: (world, { namespaces }) => lists(world.services, namespaces),
  workloadEntries: (world, { namespaces }) => lists(world.workloadEntries, namespaces),
  workloadsAt: (world, { texts }) => lists(world.workloadsAt, texts),
  selectingEntries: (world, { namespaces }) => lists(world.selectingEntries, namespaces),
};

/** All that a world answers, as text: objects by their names, lists in their order. A line for each member. */
export function answers(world: World, questions: Questions): string {
  return Object.entries(ANSWERS)
    .map(([member, answer]) => `${member}: ${JSON.stringify(answer(world, questions))}`)
    .join('\n');
}

/** The members that two worlds answer differently. */
export function differences(found: string, expected: string): readonly string[] {
  if (found === expected) return [];
  const lines = expected.split('\n');
  return found.split('\n').filter((line, at) => line !== lines[at]);
}

function portKeys(ports: readonly number[], audiences: readonly string[]): readonly string[] {
  const bindings = ['http', 'tls', 'tcp', 'sniffed'] as const;
  return ports.flatMap((port) => bindings.flatMap((one) => audiences.map((audience) => portKey(port, one, audience))));
}

function protocolKeys(ports: readonly number[]): readonly string[] {
  return ports.flatMap((port) => [...PROTOCOL_NAMES, 'unset'].map((protocol) => `${port}/${protocol}`));
}

/** Only keys that hold something, so that what differs is easily seen. */
function lists(lookup: Sequence<MeshObject | Declaration>, keys: readonly string[]): Record<string, readonly string[]> {
  const found = keys.map((key): [string, readonly string[]] => [key, [...lookup.of(key)].map(nameOf)]);
  return Object.fromEntries(found.filter(([, names]) => names.length > 0));
}

function hosts(lookup: HostLookup<MeshObject | Declaration>, names: readonly string[]): unknown {
  return {
    size: lookup.size,
    of: lists(lookup, names),
    covering: names.map((name) => lookup.covering(name)),
    // In no order.
    below: names.filter(isWildcard).map((name) => [...lookup.below(name)].sort()),
  };
}

function blocks(lookup: BlockLookup<MeshObject | Declaration>, texts: readonly string[]): unknown {
  const found = texts.map(parseAddress).filter((address) => address !== undefined);
  return { of: lists(lookup, texts), containing: found.map((address) => lookup.containing(address)) };
}

function nameOf(one: MeshObject | Declaration | undefined): string {
  if (one === undefined) return '-';
  if ('object' in one) return `${one.host} of ${nameOf(one.object)}`;
  return `${one.kind} ${one.metadata.namespace}/${one.metadata.name}#${one.metadata.labels['revision'] ?? ''}`;
}
