import { egressGatewaysOf } from '../pair.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** Changes that need an egress gateway where there is none. */
export const egressGatewayAbsent: Rule = {
  id: 'egress-gateway-absent',
  messages: {
    'no-gateway': {
      message: 'no Service of the mesh is an egress gateway by the policy, so there is no right way out for any call',
      mend: 'install one, or name its Service under egressGateways in the policy',
    },
    removed: {
      message: 'it was the last egress gateway by the policy, so there is no right way out for any call',
      mend: 'keep it, or name another Service under egressGateways in the policy',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject, former, topology } = scene;
    const lost = former?.kind === 'Service' && topology.isEgressGateway(former) ? former : undefined;
    const isInNeed =
      (subject?.kind === 'ServiceEntry' && subject.spec.location === 'MESH_EXTERNAL') ||
      subject?.kind === 'VirtualService';
    if (lost !== undefined) {
      if (egressGatewaysOf(topology).length > 0) return;
      const object = subject ?? lost;
      yield { identity: 'removed', explain: () => ({ message: 'removed', object, field: 'spec.selector' }) };
    } else if (isInNeed && !passesGateway(scene) && egressGatewaysOf(topology).length === 0) {
      const field = 'spec.hosts';
      yield { identity: 'no-gateway', explain: () => ({ message: 'no-gateway', object: subject, field }) };
    }
  },
};

/** Whether some call goes through a gateway: then there is one, and nobody need look for it. */
function passesGateway({ calls }: Scene): boolean {
  return calls.some(({ ways }) => ways.some(({ next }) => next !== undefined));
}
