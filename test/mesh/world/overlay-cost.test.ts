import t from 'tap';
import { parseAddress } from '../../../src/mesh/address.js';
import { DEFAULT_MESH } from '../../../src/mesh/kinds/mesh-config.js';
import type { MeshObject } from '../../../src/mesh/mesh-object.js';
import type { BlockLookup } from '../../../src/mesh/world/block-lookup.js';
import { portKey } from '../../../src/mesh/world/declaration.js';
import type { HostLookup } from '../../../src/mesh/world/host-lookup.js';
import type { Lookup, Sequence } from '../../../src/mesh/world/lookup.js';
import { MeshWorld } from '../../../src/mesh/world/mesh-world.js';
import { overlay } from '../../../src/mesh/world/overlay.js';
import type { RuleLookup } from '../../../src/mesh/world/rule-lookup.js';
import type { World } from '../../../src/mesh/world/world.js';
import { read } from '../manifests.js';

/** Counts every look-up of a world, and every item of a list that is read of it. */
class Meter {
  touched = 0;

  world(world: World): World {
    return {
      mesh: world.mesh,
      version: world.version,
      object: (kind, namespace, name) => this.#counted(world.object(kind, namespace, name)),
      all: () => {
        throw new Error('an overlay must not look at everything');
      },
      destinationRules: (namespace) => this.#rules(world.destinationRules(namespace)),
      ruleNamespaces: () => this.#walked(world.ruleNamespaces()),
      sidecarNamespaces: () => this.#walked(world.sidecarNamespaces()),
      declarations: this.#hosts(world.declarations),
      shoutedDeclarations: this.#hosts(world.shoutedDeclarations),
      ports: this.#sequence(world.ports),
      restricted: this.#lookup(world.restricted),
      shortNames: this.#lookup(world.shortNames),
      addresses: this.#lookup(world.addresses),
      blocks: this.#blocks(world.blocks),
      endpoints: this.#lookup(world.endpoints),
      aliases: this.#lookup(world.aliases),
      services: this.#lookup(world.services),
      entriesIn: this.#lookup(world.entriesIn),
      selectingEntries: this.#lookup(world.selectingEntries),
      routes: this.#hosts(world.routes),
      shoutedRoutes: this.#hosts(world.shoutedRoutes),
      sniRoutes: this.#hosts(world.sniRoutes),
      routedBlocks: this.#blocks(world.routedBlocks),
      boundRoutes: this.#sequence(world.boundRoutes),
      routesTo: this.#sequence(world.routesTo),
      routesToSubset: this.#sequence(world.routesToSubset),
      routesIn: this.#lookup(world.routesIn),
      delegators: this.#lookup(world.delegators),
      gateways: this.#sequence(world.gateways),
      servedHosts: this.#hosts(world.servedHosts),
      exemptions: this.#lookup(world.exemptions),
      networkPolicies: this.#lookup(world.networkPolicies),
      sidecars: this.#lookup(world.sidecars),
      workloadEntries: this.#lookup(world.workloadEntries),
      workloadsAt: this.#lookup(world.workloadsAt),
    };
  }

  #counted<T>(value: T): T {
    this.touched++;
    return value;
  }

  #list<V>(list: readonly V[]): readonly V[] {
    this.touched++;
    return new Proxy(list, {
      get: (target, name) => {
        if (typeof name === 'string' && /^\d+$/.test(name)) this.touched++;
        return Reflect.get(target, name) as unknown;
      },
    });
  }

  *#walked<V>(values: Iterable<V>): Generator<V> {
    for (const value of values) yield this.#counted(value);
  }

  #lookup<V>(lookup: Lookup<V>): Lookup<V> {
    return { of: (key) => this.#list(lookup.of(key)), count: (key) => this.#counted(lookup.count(key)) };
  }

  #sequence<V>(sequence: Sequence<V>): Sequence<V> {
    return { of: (key) => this.#walked(sequence.of(key)) };
  }

  #hosts<V>(lookup: HostLookup<V>): HostLookup<V> {
    return {
      version: lookup.version,
      size: lookup.size,
      of: (host) => this.#list(lookup.of(host)),
      count: (host) => this.#counted(lookup.count(host)),
      covering: (name) => this.#list(lookup.covering(name)),
      below: (wildcard) => this.#list(lookup.below(wildcard)),
    };
  }

  #rules(lookup: RuleLookup): RuleLookup {
    return { ...this.#hosts(lookup), group: (host) => this.#counted(lookup.group(host)) };
  }

  #blocks<V>(lookup: BlockLookup<V>): BlockLookup<V> {
    return {
      of: (key) => this.#list(lookup.of(key)),
      count: (key) => this.#counted(lookup.count(key)),
      containing: (address) => this.#list(lookup.containing(address)),
    };
  }
}

/** Hosts with entry, Gateway, routes and rule each, and one more that the changes are about. */
function objects(hosts: number): readonly MeshObject[] {
  return Array.from({ length: hosts }, (_, index) => objectsOf(`h${index}.example.com`, index)).flat();
}

function objectsOf(host: string, index: number): readonly MeshObject[] {
  const metadata = { name: `host-${index}`, namespace: `team-${index % 10}` };
  const ports = [
    { number: 80, name: 'http', protocol: 'HTTP' },
    { number: 443, name: 'tls', protocol: 'TLS' },
  ];
  const route = [{ destination: { host } }];
  return [
    read('ServiceEntry', { hosts: [host], ports, addresses: [`203.0.${index % 250}.${index % 240}`] }, metadata),
    read('Gateway', { servers: [{ port: ports[0], hosts: [host] }] }, metadata),
    read('DestinationRule', { host }, metadata),
    read('VirtualService', { hosts: [host], tls: [{ match: [{ sniHosts: [host] }], route }] }, metadata),
  ];
}

const HOST = 'h7.example.com';
const ADDRESS = parseAddress('203.0.7.7')!;

/** A look-up of every kind, walking a long list no farther than its first. */
function ask(world: World): void {
  for (const lookup of [world.declarations, world.routes, world.sniRoutes, world.servedHosts]) {
    for (const host of [HOST, 'new.example.com', 'never.example.com'])
      [...lookup.of(host), ...lookup.covering(host)].at(0);
    [...lookup.below('*.7.example.com')].at(0);
  }
  for (const namespace of ['team-7', 'new', 'never']) [...world.destinationRules(namespace).of(HOST)].at(0);
  for (const lookup of [world.blocks, world.routedBlocks]) lookup.containing(ADDRESS);
  for (const lookup of [world.addresses, world.endpoints]) lookup.of('203.0.7.7').at(0);
  for (const key of ['team-7', 'new', 'never']) [...world.sidecars.of(key), ...world.services.of(key)].at(0);
  for (const binding of ['http', 'tls', 'tcp'] as const) first(world.ports.of(portKey(80, binding, '*')));
  first(world.gateways.of('@80'));
  first(world.boundRoutes.of('team-7/host-7'));
  world.object('VirtualService', 'team-7', 'host-7');
  world.object('VirtualService', 'new', 'host-1');
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}

/** How much of the world below is touched by the making of an overlay, and by the look-ups in it. */
function cost(hosts: number): { readonly made: number; readonly asked: number } {
  const meter = new Meter();
  const base = meter.world(new MeshWorld(DEFAULT_MESH, objects(hosts)));
  const created = objectsOf('new.example.com', 1).map((object) => ({
    put: { ...object, metadata: { ...object.metadata, namespace: 'new' } },
  }));
  const updated = objectsOf(HOST, 7).map((put) => ({ put }));
  const removed = { remove: { kind: 'ServiceEntry', namespace: 'team-8', name: 'host-8' } } as const;
  meter.touched = 0;
  const world = overlay(overlay(base, [...created, removed]), updated);
  const made = meter.touched;
  ask(world);
  return { made, asked: meter.touched - made };
}

t.test('an overlay and a look-up in it cost the same in a world of 20 hosts and of 2,000', (t) => {
  const small = cost(20);
  const large = cost(2_000);
  t.strictSame(large, small);
  t.ok(small.made <= 20, `making them touches an object for each change (${small.made})`);
  t.ok(small.asked > 30, `the look-ups were counted (${small.asked})`);
  t.end();
});
