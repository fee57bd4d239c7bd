import type { MeshConfig } from '../kinds/mesh-config.js';
import type { MeshKind, MeshObject } from '../mesh-object.js';
import { Indices } from './indices.js';
import { ObjectTable } from './object-table.js';
import type { World } from './world.js';
import type { WorldWriter } from './writer.js';

/** The world that a source of objects keeps up to date. */
export class MeshWorld implements World, WorldWriter {
  #mesh: MeshConfig;
  #indices: Indices;
  #version = 0;
  readonly #objects = new ObjectTable();

  constructor(mesh: MeshConfig, objects: Iterable<MeshObject> = []) {
    this.#mesh = mesh;
    this.#indices = new Indices(mesh);
    for (const object of objects) this.put(object);
  }

  get mesh(): MeshConfig {
    return this.#mesh;
  }

  get version(): number {
    return this.#version;
  }

  put(object: MeshObject): void {
    const { namespace, name } = object.metadata;
    const old = this.#objects.get(object.kind, namespace, name);
    if (old === object) return;
    if (old !== undefined) this.#indices.remove(old);
    this.#objects.set(object);
    this.#indices.add(object);
    this.#version++;
  }

  remove(kind: MeshKind, namespace: string, name: string): void {
    const old = this.#objects.get(kind, namespace, name);
    if (old === undefined) return;
    this.#objects.delete(old);
    this.#indices.remove(old);
    this.#version++;
  }

  replace(kind: MeshKind, objects: readonly MeshObject[]): void {
    const listed = new ObjectTable();
    for (const object of objects) listed.set(object);
    for (const { metadata } of [...this.#objects.of(kind)]) {
      const { namespace, name } = metadata;
      if (listed.get(kind, namespace, name) === undefined) this.remove(kind, namespace, name);
    }
    for (const object of objects) this.put(object);
  }

  configure(mesh: MeshConfig): void {
    this.#mesh = mesh;
    this.#indices = new Indices(mesh);
    for (const object of this.#objects) this.#indices.add(object);
    this.#version++;
  }

  object(kind: MeshKind, namespace: string, name: string): MeshObject | undefined {
    return this.#objects.get(kind, namespace, name);
  }

  all<K extends MeshKind>(kind: K): Iterable<Extract<MeshObject, { kind: K }>> {
    return this.#objects.of(kind);
  }

  destinationRules(namespace: string) {
    return this.#indices.rules.destinationRules(namespace);
  }

  ruleNamespaces() {
    return this.#indices.rules.ruleNamespaces();
  }

  sidecarNamespaces() {
    return this.#indices.workloads.sidecarNamespaces();
  }

  get declarations() {
    return this.#indices.services.declarations;
  }
  get shoutedDeclarations() {
    return this.#indices.services.shoutedDeclarations;
  }
  get ports() {
    return this.#indices.services.ports;
  }
  get restricted() {
    return this.#indices.services.restricted;
  }
  get shortNames() {
    return this.#indices.services.shortNames;
  }
  get addresses() {
    return this.#indices.services.addresses;
  }
  get blocks() {
    return this.#indices.services.blocks;
  }
  get endpoints() {
    return this.#indices.services.endpoints;
  }
  get aliases() {
    return this.#indices.services.aliases;
  }
  get services() {
    return this.#indices.services.services;
  }
  get entriesIn() {
    return this.#indices.services.entriesIn;
  }
  get selectingEntries() {
    return this.#indices.services.selectingEntries;
  }
  get routes() {
    return this.#indices.routes.routes;
  }
  get shoutedRoutes() {
    return this.#indices.routes.shoutedRoutes;
  }
  get sniRoutes() {
    return this.#indices.routes.sniRoutes;
  }
  get routedBlocks() {
    return this.#indices.routes.routedBlocks;
  }
  get boundRoutes() {
    return this.#indices.routes.boundRoutes;
  }
  get routesToSubset() {
    return this.#indices.routes.routesToSubset;
  }
  get routesIn() {
    return this.#indices.routes.routesIn;
  }
  get routesTo() {
    return this.#indices.routes.routesTo;
  }
  get delegators() {
    return this.#indices.routes.delegators;
  }
  get gateways() {
    return this.#indices.gateways.gateways;
  }
  get servedHosts() {
    return this.#indices.gateways.servedHosts;
  }
  get sidecars() {
    return this.#indices.workloads.sidecars;
  }
  get workloadEntries() {
    return this.#indices.workloads.workloadEntries;
  }
  get exemptions() {
    return this.#indices.guards.exemptions;
  }
  get networkPolicies() {
    return this.#indices.guards.networkPolicies;
  }
  get workloadsAt() {
    return this.#indices.workloads.workloadsAt;
  }
}
