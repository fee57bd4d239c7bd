import { covers, isWildcard } from '../mesh/host.js';
import type { EgressExemption } from '../mesh/kinds/egress-exemption.js';
import type { World } from '../mesh/world/world.js';
import { OTHER } from '../routing/classes.js';
import { namespaceOf } from './object-name.js';
import type { Observation, Rule } from './rule.js';

/** What exemptions make of the observations of one rule. */
export interface Exempted {
  /** What still counts. */
  readonly counted: readonly Observation[];
  /** What does not, each with the exemption that lifts it. */
  readonly lifted: ReadonlyMap<EgressExemption, readonly Observation[]>;
  /** Exemptions that would have lifted something that counts, had they not expired. */
  readonly expired: readonly EgressExemption[];
}

/**
 * Takes out what an EgressExemption lifts: an observation about clients of its namespace, for a host, a port and a rule that it names.
 * What is observed of no client is about the pods of the object's own namespace; what is about no host, or no port, is lifted by an
 * exemption for all hosts (`*`), or for all ports.
 *
 * @param now - milliseconds since the epoch
 */
export function exempt(observations: readonly Observation[], rule: Rule, world: World, now: number): Exempted {
  const counted: Observation[] = [];
  const lifted = new Map<EgressExemption, Observation[]>();
  const expired = new Set<EgressExemption>();
  for (const observation of observations) {
    const named = exemptionsFor(observation, rule, world);
    const [valid] = named.filter(({ spec }) => spec.expires > now);
    if (valid === undefined) {
      counted.push(observation);
      for (const one of named) expired.add(one);
      continue;
    }
    const others = lifted.get(valid);
    if (others === undefined) lifted.set(valid, [observation]);
    else others.push(observation);
  }
  return { counted, lifted, expired: [...expired] };
}

function exemptionsFor(observation: Observation, rule: Rule, world: World): readonly EgressExemption[] {
  // Who may grant exemptions is not for an exemption to say.
  if (rule.id === 'exemption') return [];
  const namespace = observation.call?.client.namespace ?? namespaceOf(observation.explain().object);
  if (namespace === OTHER) return [];
  const exemptions = world.exemptions.of(namespace);
  if (exemptions.length === 0) return [];
  const host = hostOf(observation);
  const { port } = observation;
  return exemptions.filter(
    ({ spec }) =>
      spec.rules.includes(rule.id) &&
      (spec.ports.length === 0 || (port !== undefined && spec.ports.includes(port))) &&
      spec.hosts.some((pattern) => covers(pattern, host)),
  );
}

/** The host that an exemption must name: a wildcard as it is declared, and `*` where any host is meant, or none. */
function hostOf({ host = '*', call }: Observation): string {
  const words = call?.touched.hostInWords;
  return host === '*' && words !== undefined && isWildcard(words) ? words : host;
}
