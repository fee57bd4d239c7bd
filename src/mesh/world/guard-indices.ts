import type { EgressExemption } from '../kinds/egress-exemption.js';
import type { NetworkPolicy } from '../kinds/network-policy.js';
import { byAge } from '../metadata.js';
import { putIn, takeOut, type Act } from './changeable.js';
import { layered, type LayerIndices } from './layer.js';
import { Index } from './lookup.js';
import type { World } from './world.js';

/** What a world tells of what guards a namespace's way out, and of what is let pass. */
export type GuardLookups = Pick<World, 'exemptions' | 'networkPolicies'>;

export class GuardIndices implements GuardLookups {
  readonly exemptions = new Index<EgressExemption>(byAge);
  readonly networkPolicies = new Index<NetworkPolicy>(byAge);

  add(object: EgressExemption | NetworkPolicy): void {
    this.#change(object, putIn);
  }

  remove(object: EgressExemption | NetworkPolicy): void {
    this.#change(object, takeOut);
  }

  #change(object: EgressExemption | NetworkPolicy, act: Act): void {
    const { namespace } = object.metadata;
    if (object.kind === 'EgressExemption') act(this.exemptions, namespace, object);
    else act(this.networkPolicies, namespace, object);
  }
}

export function layeredGuards(below: GuardLookups, layer: LayerIndices<GuardIndices>): GuardLookups {
  const { added, gone, isGone } = layer;
  const change = <I>(plus: I, minus: I) => ({ added: plus, gone: minus, isGone, compare: byAge });
  return {
    exemptions: layered(below.exemptions, change(added.exemptions, gone.exemptions)),
    networkPolicies: layered(below.networkPolicies, change(added.networkPolicies, gone.networkPolicies)),
  };
}
