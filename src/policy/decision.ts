import type { World } from '../mesh/world/world.js';
import type { IsEgressGateway } from '../routing/egress-gateways.js';
import type { Finding } from './finding.js';
import type { Policy } from './policy.js';

/** What becomes of a change. */
export interface Decision {
  readonly allowed: boolean;
  /** What is new and counts, in the order in which it is told: errors deny, warnings are told, infos are for the record. */
  readonly findings: readonly Finding[];
  /** How many findings were there before the change and still are. */
  readonly old: number;
  /** What does not count because an EgressExemption (`namespace/name`) lifts it. */
  readonly exempted: readonly ExemptedFinding[];
  /** Milliseconds since the epoch from which on the same change may be judged otherwise in the same world; infinite for never. */
  readonly until: number;
}

export interface ExemptedFinding {
  readonly exemption: string;
  readonly finding: Finding;
}

/** What a change is judged by. */
export interface Circumstances {
  readonly world: World;
  readonly isEgressGateway: IsEgressGateway;
  readonly policy: Policy;
  /** Milliseconds since the epoch: what is granted until some time counts until then. */
  readonly now: number;
}
