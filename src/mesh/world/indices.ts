import { addressKey, blockKey } from '../address.js';
import type { DestinationRule } from '../kinds/destination-rule.js';
import type { Gateway } from '../kinds/gateway.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { ServiceEntry } from '../kinds/service-entry.js';
import type { Service } from '../kinds/service.js';
import type { Sidecar } from '../kinds/sidecar.js';
import type { VirtualService } from '../kinds/virtual-service.js';
import type { WorkloadEntry } from '../kinds/workload-entry.js';
import { resolveHost } from '../host.js';
import type { MeshObject } from '../mesh-object.js';
import { byAge } from '../metadata.js';
import { BlockIndex } from './block-lookup.js';
import { byServiceAge, declarationsOf, endpointAddresses, portKeys, restrictedKeys, type Declaration } from './declaration.js';
import { gatewayKeys, routeFacets, servedHosts, shouted } from './facets.js';
import { HostIndex } from './host-lookup.js';
import { Index } from './lookup.js';

/** The indices of a world, or of one layer of changes. Every object must be taken out with the mesh that it was put in with. */
export class Indices {
  readonly declarations = new HostIndex<Declaration>(byServiceAge);
  readonly shoutedDeclarations = new HostIndex<Declaration>(byServiceAge);
  readonly ports = new Index<Declaration>(byServiceAge);
  readonly restricted = new Index<Declaration>(byServiceAge);
  readonly addresses = new Index<Declaration>(byServiceAge);
  readonly blocks = new BlockIndex<Declaration>(byServiceAge);
  readonly endpoints = new Index<Declaration>(byServiceAge);
  readonly aliases = new Index<Service>(byAge);
  readonly routes = new HostIndex<VirtualService>(byAge);
  readonly shoutedRoutes = new HostIndex<VirtualService>(byAge);
  readonly sniRoutes = new HostIndex<VirtualService>(byAge);
  readonly routedBlocks = new BlockIndex<VirtualService>(byAge);
  readonly boundRoutes = new Index<VirtualService>(byAge);
  readonly routesTo = new Index<VirtualService>(byAge);
  readonly delegators = new Index<VirtualService>(byAge);
  readonly rules = new Map<string, HostIndex<DestinationRule>>();
  readonly gateways = new Index<Gateway>(byAge);
  readonly servedHosts = new HostIndex<Gateway>(byAge);
  readonly sidecars = new Index<Sidecar>(byAge);
  readonly services = new Index<Service>(byAge);
  readonly workloadEntries = new Index<WorkloadEntry>(byAge);
  readonly workloadsAt = new Index<WorkloadEntry>(byAge);
  readonly selectingEntries = new Index<ServiceEntry>(byAge);

  readonly #mesh: MeshConfig;
  /** What each object was found to declare, so that the same values are taken out again. */
  readonly #declared = new Map<MeshObject, readonly Declaration[]>();

  constructor(mesh: MeshConfig) {
    this.#mesh = mesh;
  }

  add(object: MeshObject): void {
    this.#change(object, insert);
  }

  remove(object: MeshObject): void {
    this.#change(object, takeOut);
  }

  #change(object: MeshObject, act: typeof insert): void {
    const { namespace } = object.metadata;
    switch (object.kind) {
      case 'ServiceEntry':
        this.#declare(object, act);
        if (object.spec.workloadSelector !== undefined) act(this.selectingEntries, namespace, object);
        return;
      case 'Service':
        this.#declare(object, act);
        act(this.services, namespace, object);
        if (object.spec.externalName !== undefined) act(this.aliases, object.spec.externalName, object);
        return;
      case 'VirtualService':
        this.#route(object, act);
        return;
      case 'DestinationRule': {
        const rules = this.#rulesOf(namespace);
        act(rules, resolveHost(object.spec.host, namespace, this.#mesh.domain), object);
        return;
      }
      case 'Gateway':
        for (const key of gatewayKeys(object)) act(this.gateways, key, object);
        for (const host of servedHosts(object)) act(this.servedHosts, host, object);
        return;
      case 'Sidecar':
        act(this.sidecars, namespace, object);
        return;
      case 'WorkloadEntry':
        act(this.workloadEntries, namespace, object);
        act(this.workloadsAt, addressKey(object.spec.address), object);
        return;
      case 'Namespace':
      case 'EnvoyFilter':
        return;
    }
  }

  #declare(object: ServiceEntry | Service, act: typeof insert): void {
    const declared = this.#declared.get(object) ?? declarationsOf(object, this.#mesh);
    if (act === insert) this.#declared.set(object, declared);
    else this.#declared.delete(object);
    for (const declaration of declared) {
      act(this.declarations, declaration.host, declaration);
      for (const host of shouted([declaration.host])) act(this.shoutedDeclarations, host, declaration);
      for (const key of portKeys(declaration)) act(this.ports, key, declaration);
      for (const key of restrictedKeys(declaration)) act(this.restricted, key, declaration);
      for (const address of declaration.addresses) act(this.addresses, addressKey(address), declaration);
      for (const address of endpointAddresses(declaration)) act(this.endpoints, addressKey(address), declaration);
      for (const block of declaration.blocks) act(this.blocks, blockKey(block), declaration);
    }
  }

  #route(object: VirtualService, act: typeof insert): void {
    const facets = routeFacets(object, this.#mesh);
    for (const host of facets.hosts) act(this.routes, host, object);
    for (const host of facets.shouted) act(this.shoutedRoutes, host, object);
    for (const name of facets.sni) act(this.sniRoutes, name, object);
    for (const block of facets.blocks) act(this.routedBlocks, block, object);
    for (const gateway of facets.gateways) act(this.boundRoutes, gateway, object);
    for (const host of facets.destinations) act(this.routesTo, host, object);
    for (const delegate of facets.delegates) act(this.delegators, delegate, object);
  }

  #rulesOf(namespace: string): HostIndex<DestinationRule> {
    const known = this.rules.get(namespace);
    if (known !== undefined) return known;
    const made = new HostIndex<DestinationRule>(byAge);
    this.rules.set(namespace, made);
    return made;
  }
}

interface Changeable<V> {
  add(key: string, value: V): unknown;
  remove(key: string, value: V): unknown;
}

function insert<V>(index: Changeable<V>, key: string, value: V): void {
  index.add(key, value);
}

function takeOut<V>(index: Changeable<V>, key: string, value: V): void {
  index.remove(key, value);
}
