import { resolveHost } from '../host.js';
import type { DestinationRule } from '../kinds/destination-rule.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import { byAge } from '../metadata.js';
import type { LayerIndices } from './layer.js';
import { layeredRuleLookup, RuleIndex, type RuleLookup } from './rule-lookup.js';
import type { World } from './world.js';

/** What a world tells of its DestinationRules. */
export type RuleLookups = Pick<World, 'destinationRules' | 'ruleNamespaces'>;

const NO_RULES = new RuleIndex();

export class RuleIndices implements RuleLookups {
  readonly #rules = new Map<string, RuleIndex>();
  readonly #mesh: MeshConfig;

  constructor(mesh: MeshConfig) {
    this.#mesh = mesh;
  }

  destinationRules(namespace: string): RuleIndex {
    return this.#rules.get(namespace) ?? NO_RULES;
  }

  ruleNamespaces(): Iterable<string> {
    return this.#rules.keys();
  }

  add(object: DestinationRule): void {
    const { namespace } = object.metadata;
    const rules = this.#rules.get(namespace) ?? new RuleIndex();
    this.#rules.set(namespace, rules);
    rules.add(this.#hostOf(object), object);
  }

  remove(object: DestinationRule): void {
    const { namespace } = object.metadata;
    const rules = this.#rules.get(namespace);
    rules?.remove(this.#hostOf(object), object);
    if (rules?.size === 0) this.#rules.delete(namespace);
  }

  #hostOf({ spec, metadata }: DestinationRule): string {
    return resolveHost(spec.host, metadata.namespace, this.#mesh.domain);
  }
}

export function layeredRules(below: RuleLookups, { added, gone, isGone }: LayerIndices<RuleIndices>): RuleLookups {
  // What is remembered of a look-up is remembered by its identity.
  const known = new Map<string, RuleLookup>();
  const destinationRules = (namespace: string): RuleLookup => {
    const one = known.get(namespace);
    if (one !== undefined) return one;
    const change = {
      added: added.destinationRules(namespace),
      gone: gone.destinationRules(namespace),
      isGone,
      compare: byAge,
    };
    const made = layeredRuleLookup(below.destinationRules(namespace), change);
    known.set(namespace, made);
    return made;
  };
  return {
    destinationRules,
    ruleNamespaces: () => {
      const all = new Set([...below.ruleNamespaces(), ...added.ruleNamespaces()]);
      for (const namespace of gone.ruleNamespaces()) if (destinationRules(namespace).size === 0) all.delete(namespace);
      return all;
    },
  };
}
