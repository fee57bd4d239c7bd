import type { MeshConfig } from '../kinds/mesh-config.js';
import type { VirtualService } from '../kinds/virtual-service.js';
import { byAge } from '../metadata.js';
import { BlockIndex } from './block-lookup.js';
import { putIn, takeOut, type Act } from './changeable.js';
import { routeFacets } from './facets.js';
import { HostIndex } from './host-lookup.js';
import { layered, layeredBlocks, layeredHosts, layeredSequence, type LayerIndices } from './layer.js';
import { Index } from './lookup.js';
import type { World } from './world.js';

/** What a world tells of its VirtualServices. */
export type RouteLookups = Pick<
  World,
  | 'routes'
  | 'shoutedRoutes'
  | 'sniRoutes'
  | 'routedBlocks'
  | 'boundRoutes'
  | 'routesTo'
  | 'routesToSubset'
  | 'routesIn'
  | 'delegators'
>;

export class RouteIndices implements RouteLookups {
  readonly routes = new HostIndex<VirtualService>(byAge);
  readonly shoutedRoutes = new HostIndex<VirtualService>(byAge);
  readonly sniRoutes = new HostIndex<VirtualService>(byAge);
  readonly routedBlocks = new BlockIndex<VirtualService>(byAge);
  readonly boundRoutes = new Index<VirtualService>(byAge);
  readonly routesTo = new Index<VirtualService>(byAge);
  readonly routesToSubset = new Index<VirtualService>(byAge);
  readonly routesIn = new Index<VirtualService>(byAge);
  readonly delegators = new Index<VirtualService>(byAge);
  readonly #mesh: MeshConfig;

  constructor(mesh: MeshConfig) {
    this.#mesh = mesh;
  }

  add(object: VirtualService): void {
    this.#change(object, putIn);
  }

  remove(object: VirtualService): void {
    this.#change(object, takeOut);
  }

  #change(object: VirtualService, act: Act): void {
    const facets = routeFacets(object, this.#mesh);
    for (const host of facets.hosts) act(this.routes, host, object);
    for (const host of facets.shouted) act(this.shoutedRoutes, host, object);
    for (const name of facets.sni) act(this.sniRoutes, name, object);
    for (const block of facets.blocks) act(this.routedBlocks, block, object);
    for (const gateway of facets.gateways) act(this.boundRoutes, gateway, object);
    for (const host of facets.destinations) act(this.routesTo, host, object);
    for (const subset of facets.subsets) act(this.routesToSubset, subset, object);
    act(this.routesIn, object.metadata.namespace, object);
    for (const delegate of facets.delegates) act(this.delegators, delegate, object);
  }
}

export function layeredRoutes(below: RouteLookups, layer: LayerIndices<RouteIndices>): RouteLookups {
  const { added, gone, isGone } = layer;
  const change = <I>(plus: I, minus: I) => ({ added: plus, gone: minus, isGone, compare: byAge });
  return {
    routes: layeredHosts(below.routes, change(added.routes, gone.routes)),
    shoutedRoutes: layeredHosts(below.shoutedRoutes, change(added.shoutedRoutes, gone.shoutedRoutes)),
    sniRoutes: layeredHosts(below.sniRoutes, change(added.sniRoutes, gone.sniRoutes)),
    routedBlocks: layeredBlocks(below.routedBlocks, change(added.routedBlocks, gone.routedBlocks)),
    boundRoutes: layeredSequence(below.boundRoutes, change(added.boundRoutes, gone.boundRoutes)),
    routesTo: layeredSequence(below.routesTo, change(added.routesTo, gone.routesTo)),
    routesToSubset: layeredSequence(below.routesToSubset, change(added.routesToSubset, gone.routesToSubset)),
    routesIn: layered(below.routesIn, change(added.routesIn, gone.routesIn)),
    delegators: layered(below.delegators, change(added.delegators, gone.delegators)),
  };
}
