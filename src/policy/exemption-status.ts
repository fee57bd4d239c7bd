import { isWildcard } from '../mesh/host.js';
import type { EgressExemption } from '../mesh/kinds/egress-exemption.js';
import type { World } from '../mesh/world/world.js';

/** What the status of an EgressExemption says of it. */
export interface ExemptionStatus {
  readonly expired: boolean;
  /** The declared outside hosts that it is for, in the order of the alphabet; of very many the first. */
  readonly hosts: readonly string[];
}

/** The bound of the CRD. */
const MOST_HOSTS = 100;

/**
 * What an exemption matches now.
 *
 * @param now - milliseconds since the epoch
 */
export function exemptionStatus(world: World, { spec }: EgressExemption, now: number): ExemptionStatus {
  const names = new Set(spec.hosts.flatMap((pattern) => declaredUnder(world, pattern)));
  return { expired: spec.expires <= now, hosts: [...names].sort().slice(0, MOST_HOSTS) };
}

function declaredUnder(world: World, pattern: string): readonly string[] {
  const names = isWildcard(pattern) ? [pattern, ...world.declarations.below(pattern)] : [pattern];
  return names.filter((name) =>
    world.declarations.of(name).some(({ kubernetes, external }) => !kubernetes && external),
  );
}
