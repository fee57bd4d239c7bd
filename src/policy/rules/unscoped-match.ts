import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { TracedCall } from '../comparison.js';
import { halvesOf, harmedCalls, type Half } from '../pair.js';
import { placeAt } from '../route-places.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** A rule that the sidecars and the gateway both take, though it can be right for one of them only. */
export const unscopedMatch: Rule = {
  id: 'unscoped-match',
  messages: {
    'both-sides': {
      message:
        'this rule is for the pods of the mesh and for the gateway {gateway} alike, and leads the wrong way for one of them',
      mend: 'write match.gateways [mesh] if the rule leads to the egress gateway, [{gateway}] if it leads out',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject, topology } = scene;
    if (subject?.kind !== 'VirtualService') return;
    const harmed = harmedCalls(scene, subject);
    if (harmed.length === 0) return;
    for (const half of halvesOf(topology, subject)) {
      const [gateway] = half.onGateways;
      if (half.owner !== subject || !half.onMesh || gateway === undefined) continue;
      const blamed = harmed.find((call) => isTakenBy(call, subject, half));
      if (blamed === undefined) continue;
      yield {
        identity: `${blamed.touched.hostInWords} ${half.section}`,
        host: blamed.touched.shownHost,
        explain: () => ({
          message: 'both-sides',
          object: subject,
          field: half.field,
          values: { gateway: gateway.metadata.name },
        }),
      };
    }
  },
};

/** Whether a rule decides a call, at the sidecar or at the gateway. */
function isTakenBy({ ways }: TracedCall, route: VirtualService, { section, rule }: Half): boolean {
  return [...ways, ...ways.flatMap(({ next }) => next ?? [])].some(({ source }) => {
    if (source?.object !== route) return false;
    const place = placeAt(route, source.field);
    return place?.section === section && place.rule === rule;
  });
}
