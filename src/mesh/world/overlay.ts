import type { DestinationRule } from '../kinds/destination-rule.js';
import type { MeshKind, MeshObject } from '../mesh-object.js';
import { byAge } from '../metadata.js';
import { layeredBlocks } from './block-lookup.js';
import { byServiceAge, type Declaration } from './declaration.js';
import { HostIndex, layeredHosts, type HostLookup } from './host-lookup.js';
import { Indices } from './indices.js';
import { layered, layeredSequence, type Lookup } from './lookup.js';
import { isOfKind, objectKey } from './mesh-world.js';
import type { World } from './world.js';

/** One object that comes, goes, or takes the place of the one of its kind, namespace and name. */
export type Change =
  | { readonly put: MeshObject }
  | { readonly remove: { readonly kind: MeshKind; readonly namespace: string; readonly name: string } };

/**
 * The world as it would be after `changes`, in their order. Nothing is copied: a look-up costs what it costs in `below`, and
 * what the changes hold under the same key. It is good as long as `below` does not change.
 */
export function overlay(below: World, changes: readonly Change[]): World {
  const last = new Map<string, Change>();
  for (const change of changes) {
    const { kind, namespace, name } = 'put' in change ? identity(change.put) : change.remove;
    last.set(`${kind}/${objectKey(namespace, name)}`, change);
  }
  const added = new Indices(below.mesh);
  const gone = new Indices(below.mesh);
  const dropped = new Set<MeshObject>();
  for (const change of last.values()) {
    const { kind, namespace, name } = 'put' in change ? identity(change.put) : change.remove;
    const old = below.object(kind, namespace, name);
    if (old !== undefined) {
      dropped.add(old);
      gone.add(old);
    }
    if ('put' in change) added.add(change.put);
  }

  const objects = <V extends MeshObject>(lookup: Lookup<V>, plus: Lookup<V>, minus: Lookup<V>): Lookup<V> => ({
    of: layered(lookup, {
      added: plus,
      touched: (key) => minus.of(key).length > 0,
      dropped: (value) => dropped.has(value),
      compare: byAge,
    }),
  });
  const ofDeclarations = <L extends Lookup<Declaration>>(plus: L, minus: L) => ({
    added: plus,
    touched: (key: string) => minus.of(key).length > 0,
    dropped: (value: Declaration) => dropped.has(value.object),
    compare: byServiceAge,
  });
  const ofObjects = <V extends MeshObject, L extends Lookup<V>>(plus: L, minus: Lookup<V>) => ({
    added: plus,
    touched: (key: string) => minus.of(key).length > 0,
    dropped: (value: V) => dropped.has(value),
    compare: byAge,
  });

  return {
    mesh: below.mesh,
    version: 0,
    object: (kind, namespace, name) => {
      const change = last.get(`${kind}/${objectKey(namespace, name)}`);
      if (change === undefined) return below.object(kind, namespace, name);
      return 'put' in change ? change.put : undefined;
    },
    *all(kind) {
      for (const object of below.all(kind)) if (!dropped.has(object)) yield object;
      for (const change of last.values()) if ('put' in change && isOfKind(change.put, kind)) yield change.put;
    },
    declarations: layeredHosts(below.declarations, ofDeclarations(added.declarations, gone.declarations)),
    shoutedDeclarations: layeredHosts(
      below.shoutedDeclarations,
      ofDeclarations(added.shoutedDeclarations, gone.shoutedDeclarations),
    ),
    ports: { of: layeredSequence(below.ports, ofDeclarations(added.ports, gone.ports)) },
    restricted: { of: layered(below.restricted, ofDeclarations(added.restricted, gone.restricted)) },
    addresses: { of: layered(below.addresses, ofDeclarations(added.addresses, gone.addresses)) },
    blocks: layeredBlocks(below.blocks, ofDeclarations(added.blocks, gone.blocks)),
    endpoints: { of: layered(below.endpoints, ofDeclarations(added.endpoints, gone.endpoints)) },
    aliases: objects(below.aliases, added.aliases, gone.aliases),
    routes: layeredHosts(below.routes, ofObjects(added.routes, gone.routes)),
    shoutedRoutes: layeredHosts(below.shoutedRoutes, ofObjects(added.shoutedRoutes, gone.shoutedRoutes)),
    sniRoutes: layeredHosts(below.sniRoutes, ofObjects(added.sniRoutes, gone.sniRoutes)),
    routedBlocks: layeredBlocks(below.routedBlocks, ofObjects(added.routedBlocks, gone.routedBlocks)),
    boundRoutes: { of: layeredSequence(below.boundRoutes, ofObjects(added.boundRoutes, gone.boundRoutes)) },
    routesTo: { of: layeredSequence(below.routesTo, ofObjects(added.routesTo, gone.routesTo)) },
    delegators: objects(below.delegators, added.delegators, gone.delegators),
    destinationRules: (namespace) => {
      const plus = added.rules.get(namespace);
      const minus = gone.rules.get(namespace);
      const rules = below.destinationRules(namespace);
      if (plus === undefined && minus === undefined) return rules;
      return layeredHosts(rules, ofObjects(plus ?? NO_RULES, minus ?? NO_RULES));
    },
    ruleNamespaces: () => new Set([...below.ruleNamespaces(), ...added.rules.keys()]),
    sidecarNamespaces: () => new Set([...below.sidecarNamespaces(), ...added.sidecars.keys()]),
    gateways: { of: layeredSequence(below.gateways, ofObjects(added.gateways, gone.gateways)) },
    servedHosts: layeredHosts(below.servedHosts, ofObjects(added.servedHosts, gone.servedHosts)),
    sidecars: objects(below.sidecars, added.sidecars, gone.sidecars),
    services: objects(below.services, added.services, gone.services),
    workloadEntries: objects(below.workloadEntries, added.workloadEntries, gone.workloadEntries),
    workloadsAt: objects(below.workloadsAt, added.workloadsAt, gone.workloadsAt),
    selectingEntries: objects(below.selectingEntries, added.selectingEntries, gone.selectingEntries),
  };
}

const NO_RULES: HostLookup<DestinationRule> = new HostIndex<DestinationRule>(byAge);

function identity(object: MeshObject): { kind: MeshKind; namespace: string; name: string } {
  return { kind: object.kind, namespace: object.metadata.namespace, name: object.metadata.name };
}
