import { addressKey, blockKey } from '../address.js';
import { serviceHost } from '../host.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { ServiceEntry } from '../kinds/service-entry.js';
import type { Service } from '../kinds/service.js';
import { byAge } from '../metadata.js';
import { BlockIndex } from './block-lookup.js';
import { putIn, takeOut, type Act } from './changeable.js';
import {
  byServiceAge,
  declarationsOf,
  endpointAddresses,
  portKeys,
  restrictedKeys,
  shortName,
  type Declaration,
} from './declaration.js';
import { shouted } from './facets.js';
import { HostIndex } from './host-lookup.js';
import { layered, layeredBlocks, layeredHosts, layeredSequence, type LayerIndices } from './layer.js';
import { Index } from './lookup.js';
import type { World } from './world.js';

/** What a world tells of its ServiceEntries and Services. */
export type ServiceLookups = Pick<
  World,
  | 'declarations'
  | 'shoutedDeclarations'
  | 'ports'
  | 'restricted'
  | 'shortNames'
  | 'addresses'
  | 'blocks'
  | 'endpoints'
  | 'aliases'
  | 'services'
  | 'entriesIn'
  | 'selectingEntries'
>;

export class ServiceIndices implements ServiceLookups {
  readonly declarations = new HostIndex<Declaration>(byServiceAge);
  readonly shoutedDeclarations = new HostIndex<Declaration>(byServiceAge);
  readonly ports = new Index<Declaration>(byServiceAge);
  readonly restricted = new Index<Declaration>(byServiceAge);
  readonly shortNames = new Index<Declaration>(byServiceAge);
  readonly addresses = new Index<Declaration>(byServiceAge);
  readonly blocks = new BlockIndex<Declaration>(byServiceAge);
  readonly endpoints = new Index<Declaration>(byServiceAge);
  readonly aliases = new Index<Service>(byAge);
  readonly services = new Index<Service>(byAge);
  readonly entriesIn = new Index<ServiceEntry>(byAge);
  readonly selectingEntries = new Index<ServiceEntry>(byAge);
  readonly #mesh: MeshConfig;

  constructor(mesh: MeshConfig) {
    this.#mesh = mesh;
  }

  add(object: ServiceEntry | Service): void {
    for (const declaration of declarationsOf(object, this.#mesh)) this.#declare(declaration, putIn);
    this.#change(object, putIn);
  }

  /** The very object that was put in. */
  remove(object: ServiceEntry | Service): void {
    for (const host of this.#hostsOf(object)) {
      for (const declaration of this.declarations.of(host).filter((one) => one.object === object)) {
        this.#declare(declaration, takeOut);
      }
    }
    this.#change(object, takeOut);
  }

  #hostsOf({ kind, metadata, spec }: ServiceEntry | Service): Iterable<string> {
    return kind === 'Service'
      ? [serviceHost(metadata.name, metadata.namespace, this.#mesh.domain)]
      : new Set(spec.hosts);
  }

  #declare(declaration: Declaration, act: Act): void {
    act(this.declarations, declaration.host, declaration);
    for (const host of shouted([declaration.host])) act(this.shoutedDeclarations, host, declaration);
    for (const key of portKeys(declaration)) act(this.ports, key, declaration);
    for (const key of restrictedKeys(declaration)) act(this.restricted, key, declaration);
    const short = shortName(declaration.host, this.#mesh.domain);
    if (short !== undefined) act(this.shortNames, short, declaration);
    for (const address of declaration.addresses) act(this.addresses, addressKey(address), declaration);
    for (const address of endpointAddresses(declaration)) act(this.endpoints, addressKey(address), declaration);
    for (const block of declaration.blocks) act(this.blocks, blockKey(block), declaration);
  }

  #change(object: ServiceEntry | Service, act: Act): void {
    const { namespace } = object.metadata;
    if (object.kind === 'ServiceEntry') {
      act(this.entriesIn, namespace, object);
      if (object.spec.workloadSelector !== undefined) act(this.selectingEntries, namespace, object);
      return;
    }
    act(this.services, namespace, object);
    if (object.spec.externalName !== undefined) act(this.aliases, object.spec.externalName, object);
  }
}

export function layeredServices(below: ServiceLookups, layer: LayerIndices<ServiceIndices>): ServiceLookups {
  const { added, gone, isGone } = layer;
  const declarations = <I>(plus: I, minus: I) => ({ added: plus, gone: minus, isGone: isOf, compare: byServiceAge });
  const isOf = ({ object }: Declaration): boolean => isGone(object);
  const objects = <I>(plus: I, minus: I) => ({ added: plus, gone: minus, isGone, compare: byAge });
  return {
    declarations: layeredHosts(below.declarations, declarations(added.declarations, gone.declarations)),
    shoutedDeclarations: layeredHosts(
      below.shoutedDeclarations,
      declarations(added.shoutedDeclarations, gone.shoutedDeclarations),
    ),
    ports: layeredSequence(below.ports, declarations(added.ports, gone.ports)),
    restricted: layered(below.restricted, declarations(added.restricted, gone.restricted)),
    shortNames: layered(below.shortNames, declarations(added.shortNames, gone.shortNames)),
    addresses: layered(below.addresses, declarations(added.addresses, gone.addresses)),
    blocks: layeredBlocks(below.blocks, declarations(added.blocks, gone.blocks)),
    endpoints: layered(below.endpoints, declarations(added.endpoints, gone.endpoints)),
    aliases: layered(below.aliases, objects(added.aliases, gone.aliases)),
    services: layered(below.services, objects(added.services, gone.services)),
    entriesIn: layered(below.entriesIn, objects(added.entriesIn, gone.entriesIn)),
    selectingEntries: layered(below.selectingEntries, objects(added.selectingEntries, gone.selectingEntries)),
  };
}
