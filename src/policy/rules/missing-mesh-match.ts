import type { TracedCall } from '../comparison.js';
import { bindingOf, egressHostOf, halvesOf, harmedCalls, namesUnlisted, serves, type Half } from '../pair.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** A VirtualService that says how the gateway sends a host out, where nothing sends the sidecars to the gateway. */
export const missingMeshMatch: Rule = {
  id: 'missing-mesh-match',
  messages: {
    'no-mesh-rule': {
      message:
        'this VirtualService tells the egress gateway where to send {host}, but no rule of it sends calls from pods to the gateway, so they do not pass it',
      mend: 'add a rule with match.gateways [mesh] whose destination is the egress gateway {egress}',
    },
    'mesh-not-bound': {
      message:
        'this VirtualService tells the egress gateway where to send {host}, but no VirtualService sends calls from pods to the gateway, so they do not pass it',
      mend: 'add mesh to spec.gateways and a rule with match.gateways [mesh] whose destination is the egress gateway {egress}',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject, topology } = scene;
    if (subject?.kind !== 'VirtualService') return;
    const isBound = bindingOf(topology, subject).mesh;
    // Who has such a rule and does not list mesh hears that from `gateway-not-listed`.
    if (!isBound && namesUnlisted(subject, (name) => name === 'mesh')) return;
    const halves = halvesOf(topology, subject);
    const told = new Set<string>();
    for (const harmed of harmedCalls(scene, subject)) {
      const { shownHost, hostInWords } = harmed.touched;
      const half = gatewayHalfAlone(halves, harmed);
      if (half === undefined || told.has(hostInWords)) continue;
      told.add(hostInWords);
      yield {
        identity: hostInWords,
        host: shownHost,
        explain: () => ({
          message: isBound ? 'no-mesh-rule' : 'mesh-not-bound',
          ...(isBound ? {} : { mode: 'warn' }),
          object: subject,
          field: isBound ? `spec.${half.section}` : 'spec.gateways',
          values: { host: hostInWords, egress: egressHostOf(topology) },
        }),
      };
    }
  },
};

/** The gateway's half for a call, where nothing takes the call there and the VirtualService has no mesh's half for it. */
function gatewayHalfAlone(halves: readonly Half[], { touched, ways }: TracedCall): Half | undefined {
  if (ways.some(({ next }) => next !== undefined)) return undefined;
  const fitting = halves.filter(({ section }) => serves(section, touched.call.protocol));
  if (fitting.some(({ onMesh, toGateway }) => onMesh && toGateway)) return undefined;
  return fitting.find(({ onGateways, toElsewhere }) => onGateways.length > 0 && toElsewhere);
}
