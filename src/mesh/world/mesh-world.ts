import type { MeshConfig } from '../kinds/mesh-config.js';
import type { DestinationRule } from '../kinds/destination-rule.js';
import type { MeshKind, MeshObject } from '../mesh-object.js';
import { byAge } from '../metadata.js';
import { HostIndex, type HostLookup } from './host-lookup.js';
import { Indices } from './indices.js';
import type { World } from './world.js';
import type { WorldWriter } from './writer.js';

/** The world that a source of objects keeps up to date. */
export class MeshWorld implements World, WorldWriter {
  #mesh: MeshConfig;
  #indices: Indices;
  #version = 0;
  readonly #objects = new Map<MeshKind, Map<string, MeshObject>>();

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
    const held = this.#held(object.kind);
    const key = objectKey(object.metadata.namespace, object.metadata.name);
    const old = held.get(key);
    if (old === object) return;
    if (old !== undefined) this.#indices.remove(old);
    held.set(key, object);
    this.#indices.add(object);
    this.#version++;
  }

  remove(kind: MeshKind, namespace: string, name: string): void {
    const held = this.#held(kind);
    const key = objectKey(namespace, name);
    const old = held.get(key);
    if (old === undefined) return;
    held.delete(key);
    this.#indices.remove(old);
    this.#version++;
  }

  replace(kind: MeshKind, objects: readonly MeshObject[]): void {
    const kept = new Set(objects.map(({ metadata }) => objectKey(metadata.namespace, metadata.name)));
    for (const [key, { metadata }] of this.#held(kind)) {
      if (!kept.has(key)) this.remove(kind, metadata.namespace, metadata.name);
    }
    for (const object of objects) this.put(object);
  }

  configure(mesh: MeshConfig): void {
    this.#mesh = mesh;
    this.#indices = new Indices(mesh);
    for (const held of this.#objects.values()) for (const object of held.values()) this.#indices.add(object);
    this.#version++;
  }

  object(kind: MeshKind, namespace: string, name: string): MeshObject | undefined {
    return this.#objects.get(kind)?.get(objectKey(namespace, name));
  }

  *all<K extends MeshKind>(kind: K): Generator<Extract<MeshObject, { kind: K }>> {
    for (const object of this.#objects.get(kind)?.values() ?? []) if (isOfKind(object, kind)) yield object;
  }

  get declarations() {
    return this.#indices.declarations;
  }
  get shoutedDeclarations() {
    return this.#indices.shoutedDeclarations;
  }
  get ports() {
    return this.#indices.ports;
  }
  get restricted() {
    return this.#indices.restricted;
  }
  get addresses() {
    return this.#indices.addresses;
  }
  get blocks() {
    return this.#indices.blocks;
  }
  get endpoints() {
    return this.#indices.endpoints;
  }
  get aliases() {
    return this.#indices.aliases;
  }
  get routes() {
    return this.#indices.routes;
  }
  get shoutedRoutes() {
    return this.#indices.shoutedRoutes;
  }
  get sniRoutes() {
    return this.#indices.sniRoutes;
  }
  get routedBlocks() {
    return this.#indices.routedBlocks;
  }
  get boundRoutes() {
    return this.#indices.boundRoutes;
  }
  get routesTo() {
    return this.#indices.routesTo;
  }
  get delegators() {
    return this.#indices.delegators;
  }
  get gateways() {
    return this.#indices.gateways;
  }
  get servedHosts() {
    return this.#indices.servedHosts;
  }
  get sidecars() {
    return this.#indices.sidecars;
  }
  get services() {
    return this.#indices.services;
  }
  get workloadEntries() {
    return this.#indices.workloadEntries;
  }
  get workloadsAt() {
    return this.#indices.workloadsAt;
  }
  get selectingEntries() {
    return this.#indices.selectingEntries;
  }

  destinationRules(namespace: string): HostLookup<DestinationRule> {
    return this.#indices.rules.get(namespace) ?? NO_RULES;
  }

  ruleNamespaces(): Iterable<string> {
    return this.#indices.rules.keys();
  }

  sidecarNamespaces(): Iterable<string> {
    return this.#indices.sidecars.keys();
  }

  #held(kind: MeshKind): Map<string, MeshObject> {
    const known = this.#objects.get(kind);
    if (known !== undefined) return known;
    const made = new Map<string, MeshObject>();
    this.#objects.set(kind, made);
    return made;
  }
}

const NO_RULES: HostLookup<DestinationRule> = new HostIndex<DestinationRule>(byAge);

export function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function isOfKind<K extends MeshKind>(object: MeshObject, kind: K): object is Extract<MeshObject, { kind: K }> {
  return object.kind === kind;
}
