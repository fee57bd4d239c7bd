import type { Observation, Rule, Scene } from '../rule.js';
import { halvesOf, harmedCalls } from '../pair.js';

/** A rule that the sidecars and the gateway both take, though it can be right for one of them only. */
export const unscopedMatch: Rule = {
  id: 'unscoped-match',
  reasons: {
    'both-sides': {
      message: 'this rule is for the sidecars and for the gateway alike: for one of them it leads the wrong way',
      mend: 'write match.gateways: [mesh] where the rule leads to the egress gateway, the name of the Gateway where it leads out',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject, topology } = scene;
    if (subject?.kind !== 'VirtualService') return;
    const harmed = harmedCalls(scene, subject);
    for (const half of halvesOf(topology, subject)) {
      if (!half.onMesh || half.onGateways.length === 0) continue;
      const rule = `spec.${half.section}[${half.rule}]`;
      const blamed = harmed.find(({ ways }) =>
        [...ways, ...ways.flatMap(({ next }) => next ?? [])].some(
          ({ source }) => source?.object === subject && source.field.startsWith(`${rule}.`),
        ),
      );
      if (blamed === undefined) continue;
      yield {
        rule: 'unscoped-match',
        reason: 'both-sides',
        object: subject,
        field: half.field,
        host: blamed.touched.shownHost,
        identity: `${blamed.touched.shownHost} ${half.section}`,
      };
    }
  },
};
