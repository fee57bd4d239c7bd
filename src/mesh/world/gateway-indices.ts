import type { Gateway } from '../kinds/gateway.js';
import { byAge } from '../metadata.js';
import { putIn, takeOut, type Act } from './changeable.js';
import { gatewayKeys, servedHosts } from './facets.js';
import { HostIndex } from './host-lookup.js';
import { layeredHosts, layeredSequence, type LayerIndices } from './layer.js';
import { Index } from './lookup.js';
import type { World } from './world.js';

/** What a world tells of its Gateways. */
export type GatewayLookups = Pick<World, 'gateways' | 'servedHosts'>;

export class GatewayIndices implements GatewayLookups {
  readonly gateways = new Index<Gateway>(byAge);
  readonly servedHosts = new HostIndex<Gateway>(byAge);

  add(object: Gateway): void {
    this.#change(object, putIn);
  }

  remove(object: Gateway): void {
    this.#change(object, takeOut);
  }

  #change(object: Gateway, act: Act): void {
    for (const key of gatewayKeys(object)) act(this.gateways, key, object);
    for (const host of servedHosts(object)) act(this.servedHosts, host, object);
  }
}

export function layeredGateways(below: GatewayLookups, layer: LayerIndices<GatewayIndices>): GatewayLookups {
  const { added, gone, isGone } = layer;
  const change = <I>(plus: I, minus: I) => ({ added: plus, gone: minus, isGone, compare: byAge });
  return {
    gateways: layeredSequence(below.gateways, change(added.gateways, gone.gateways)),
    servedHosts: layeredHosts(below.servedHosts, change(added.servedHosts, gone.servedHosts)),
  };
}
