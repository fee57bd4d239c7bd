import type { MeshConfig } from '../kinds/mesh-config.js';
import type { MeshKind, MeshObject } from '../mesh-object.js';
import { layeredGateways, type GatewayLookups } from './gateway-indices.js';
import { layeredGuards, type GuardLookups } from './guard-indices.js';
import { Indices } from './indices.js';
import { isOfKind } from './object-table.js';
import { layeredRoutes, type RouteLookups } from './route-indices.js';
import { layeredRules, type RuleLookups } from './rule-indices.js';
import { layeredServices, type ServiceLookups } from './service-indices.js';
import { layeredWorkloads, type WorkloadLookups } from './workload-indices.js';
import type { World } from './world.js';

/** One object that comes, goes, or takes the place of the one of its kind, namespace and name. */
export type Change = { readonly put: MeshObject } | { readonly remove: Identity };

interface Identity {
  readonly kind: MeshKind;
  readonly namespace: string;
  readonly name: string;
}

/**
 * The world as it would be after `changes`, in their order. Nothing is copied: a look-up costs what it costs in `below`, and
 * what the changes hold under the same key. It is good as long as `below` does not change.
 */
export function overlay(below: World, changes: readonly Change[]): World {
  return new Overlay(below, changes);
}

class Overlay implements World {
  readonly mesh: MeshConfig;
  readonly version = 0;
  readonly #below: World;
  /** What is left of the changes: of several to one object the last. */
  readonly #changes = new Map<string, Change>();
  readonly #gone = new Set<MeshObject>();
  readonly #services: ServiceLookups;
  readonly #routes: RouteLookups;
  readonly #rules: RuleLookups;
  readonly #gateways: GatewayLookups;
  readonly #workloads: WorkloadLookups;
  readonly #guards: GuardLookups;

  constructor(below: World, changes: readonly Change[]) {
    this.mesh = below.mesh;
    this.#below = below;
    for (const change of changes)
      this.#changes.set(keyOf('put' in change ? identityOf(change.put) : change.remove), change);
    const added = new Indices(below.mesh);
    const gone = new Indices(below.mesh);
    for (const change of this.#changes.values()) {
      const { kind, namespace, name } = 'put' in change ? identityOf(change.put) : change.remove;
      const old = below.object(kind, namespace, name);
      if (old !== undefined) {
        this.#gone.add(old);
        gone.add(old);
      }
      if ('put' in change) added.add(change.put);
    }
    const isGone = (object: MeshObject): boolean => this.#gone.has(object);
    const layer = <I>(plus: I, minus: I) => (plus === minus ? undefined : { added: plus, gone: minus, isGone });
    const services = layer(added.services, gone.services);
    const routes = layer(added.routes, gone.routes);
    const rules = layer(added.rules, gone.rules);
    const gateways = layer(added.gateways, gone.gateways);
    const workloads = layer(added.workloads, gone.workloads);
    const guards = layer(added.guards, gone.guards);
    this.#services = services === undefined ? below : layeredServices(below, services);
    this.#routes = routes === undefined ? below : layeredRoutes(below, routes);
    this.#rules = rules === undefined ? below : layeredRules(below, rules);
    this.#gateways = gateways === undefined ? below : layeredGateways(below, gateways);
    this.#workloads = workloads === undefined ? below : layeredWorkloads(below, workloads);
    this.#guards = guards === undefined ? below : layeredGuards(below, guards);
  }

  object(kind: MeshKind, namespace: string, name: string): MeshObject | undefined {
    const change = this.#changes.get(keyOf({ kind, namespace, name }));
    if (change === undefined) return this.#below.object(kind, namespace, name);
    return 'put' in change ? change.put : undefined;
  }

  *all<K extends MeshKind>(kind: K): Generator<Extract<MeshObject, { kind: K }>> {
    for (const object of this.#below.all(kind)) if (!this.#gone.has(object)) yield object;
    for (const change of this.#changes.values()) if ('put' in change && isOfKind(change.put, kind)) yield change.put;
  }

  destinationRules(namespace: string) {
    return this.#rules.destinationRules(namespace);
  }

  ruleNamespaces() {
    return this.#rules.ruleNamespaces();
  }

  sidecarNamespaces() {
    return this.#workloads.sidecarNamespaces();
  }

  get declarations() {
    return this.#services.declarations;
  }
  get shoutedDeclarations() {
    return this.#services.shoutedDeclarations;
  }
  get ports() {
    return this.#services.ports;
  }
  get restricted() {
    return this.#services.restricted;
  }
  get shortNames() {
    return this.#services.shortNames;
  }
  get addresses() {
    return this.#services.addresses;
  }
  get blocks() {
    return this.#services.blocks;
  }
  get endpoints() {
    return this.#services.endpoints;
  }
  get aliases() {
    return this.#services.aliases;
  }
  get services() {
    return this.#services.services;
  }
  get entriesIn() {
    return this.#services.entriesIn;
  }
  get selectingEntries() {
    return this.#services.selectingEntries;
  }
  get routes() {
    return this.#routes.routes;
  }
  get shoutedRoutes() {
    return this.#routes.shoutedRoutes;
  }
  get sniRoutes() {
    return this.#routes.sniRoutes;
  }
  get routedBlocks() {
    return this.#routes.routedBlocks;
  }
  get boundRoutes() {
    return this.#routes.boundRoutes;
  }
  get routesToSubset() {
    return this.#routes.routesToSubset;
  }
  get routesIn() {
    return this.#routes.routesIn;
  }
  get routesTo() {
    return this.#routes.routesTo;
  }
  get delegators() {
    return this.#routes.delegators;
  }
  get gateways() {
    return this.#gateways.gateways;
  }
  get servedHosts() {
    return this.#gateways.servedHosts;
  }
  get sidecars() {
    return this.#workloads.sidecars;
  }
  get workloadEntries() {
    return this.#workloads.workloadEntries;
  }
  get exemptions() {
    return this.#guards.exemptions;
  }
  get networkPolicies() {
    return this.#guards.networkPolicies;
  }
  get workloadsAt() {
    return this.#workloads.workloadsAt;
  }
}

function identityOf({ kind, metadata }: MeshObject): Identity {
  return { kind, namespace: metadata.namespace, name: metadata.name };
}

function keyOf({ kind, namespace, name }: Identity): string {
  return `${kind}/${namespace}/${name}`;
}
