import type { World } from '../mesh/world/world.js';
import type { Circumstances, Decision, ExemptedFinding } from './decision.js';
import { exempt } from './exemptions.js';
import { compareFindings, type Finding } from './finding.js';
import type { Explanation, Observation, Rule } from './rule.js';
import { exemption as exemptionRule, expiredExemption } from './rules/exemption.js';
import { findingsOf } from './telling.js';
import type { EgressExemption } from '../mesh/kinds/egress-exemption.js';

/** Adds up what the rules say of one change, with what exemptions take out of it. */
export class Tally {
  readonly #findings: Finding[] = [];
  readonly #exempted: ExemptedFinding[] = [];
  readonly #expired = new Set<EgressExemption>();
  readonly #circumstances: Circumstances;
  readonly #world: World;
  #until = Infinity;

  /** @param world - the one whose exemptions count */
  constructor(circumstances: Circumstances, world: World) {
    this.#circumstances = circumstances;
    this.#world = world;
  }

  add(rule: Rule, observations: readonly Observation[], softens: (explanation: Explanation) => boolean): void {
    const { policy, now } = this.#circumstances;
    const { counted, lifted, expired } = exempt(observations, rule, this.#world, now);
    this.#findings.push(...findingsOf(counted, rule, policy, softens));
    for (const one of expired) this.#expired.add(one);
    for (const [{ metadata, spec }, those] of lifted) {
      const exemption = `${metadata.namespace}/${metadata.name}`;
      const findings = findingsOf(those, rule, policy, softens);
      this.#exempted.push(...findings.map((finding) => ({ exemption, finding })));
      this.#until = Math.min(this.#until, spec.expires);
    }
  }

  /** @param until - when the change itself is judged otherwise */
  decision(old: number, until: number): Decision {
    const { policy, now } = this.#circumstances;
    const expired = [...this.#expired].flatMap((one) =>
      findingsOf([expiredExemption(one)], exemptionRule, policy, () => true),
    );
    const findings = [...this.#findings, ...expired].sort(compareFindings);
    return {
      allowed: !findings.some(({ severity }) => severity === 'error'),
      findings,
      old,
      exempted: this.#exempted.toSorted((a, b) => compareFindings(a.finding, b.finding)),
      until: Math.min(this.#until, until > now ? until : Infinity),
    };
  }
}
