import type { TracedCall } from '../comparison.js';
import type { Observation, Rule, Scene } from '../rule.js';
import { bindingOf, halvesOf, harmedCalls, serves, type Half } from '../pair.js';

/** A VirtualService that says how the gateway sends a host out, where nothing sends the sidecars to the gateway. */
export const missingMeshMatch: Rule = {
  id: 'missing-mesh-match',
  reasons: {
    'no-mesh-rule': {
      message:
        'it has a rule for the gateway and none that sends the sidecars there, so calls to {host} do not pass the gateway',
      mend: 'add a rule with match.gateways [mesh] whose destination is the egress gateway',
    },
    'mesh-not-bound': {
      message:
        'it binds the gateway alone, and no other VirtualService sends the sidecars there, so calls to {host} do not pass the gateway',
      mend: 'add mesh to spec.gateways and a rule with match.gateways [mesh] whose destination is the egress gateway',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject, topology } = scene;
    if (subject?.kind !== 'VirtualService') return;
    const halves = halvesOf(topology, subject);
    const unsent = harmedCalls(scene, subject).filter(({ ways }) => !ways.some(({ next }) => next !== undefined));
    const half = ({ touched }: TracedCall): Half | undefined => {
      const fitting = halves.filter(({ section }) => serves(section, touched.call.protocol));
      if (fitting.some(({ onMesh, toGateway }) => onMesh && toGateway)) return undefined;
      return fitting.find(({ onGateways, toElsewhere }) => onGateways.length > 0 && toElsewhere);
    };
    const harmed = unsent.find((one) => half(one) !== undefined);
    const out = harmed === undefined ? undefined : half(harmed);
    if (harmed === undefined || out === undefined) return;
    const bound = bindingOf(topology, subject).mesh;
    yield {
      rule: 'missing-mesh-match',
      reason: bound ? 'no-mesh-rule' : 'mesh-not-bound',
      ...(bound ? {} : { mode: 'warn' as const }),
      object: subject,
      field: bound ? `spec.${out.section}` : 'spec.gateways',
      host: harmed.touched.shownHost,
      identity: harmed.touched.shownHost,
      values: { host: harmed.touched.hostInWords },
    };
  },
};
