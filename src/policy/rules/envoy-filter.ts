import type { EnvoyFilter, EnvoyPatch } from '../../mesh/kinds/envoy-filter.js';
import { egressGatewaysOf } from '../pair.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** An EnvoyFilter that writes where calls go out, which no engine can follow. */
export const envoyFilter: Rule = {
  id: 'envoy-filter',
  messages: {
    'sidecar-outbound': {
      message: 'this patch can change where the sidecars send calls, and Sallyport cannot tell how',
      mend: 'write it as routes and rules of Istio, or give it match.context SIDECAR_INBOUND where it is for what comes in',
    },
    gateway: {
      message: 'this patch can change where the egress gateway sends calls, and Sallyport cannot tell how',
      mend: 'write it as routes and rules of Istio, or give it a workloadSelector that selects other gateways',
    },
    'new-way': {
      message: 'this patch adds a way of its own to the proxies, and Sallyport cannot tell where it leads',
      mend: 'write it as routes and rules of Istio',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject } = scene;
    if (subject?.kind !== 'EnvoyFilter') return;
    for (const [index, patch] of subject.spec.patches.entries()) {
      const message = reachOf(scene, subject, patch);
      if (message === undefined) continue;
      yield {
        identity: `${message} ${patch.applyTo} ${patch.context} ${patch.operation} ${patch.digest}`,
        explain: () => ({ message, object: subject, field: `spec.configPatches[${index}]` }),
      };
    }
  },
};

/** What can be new by a patch whatever it is meant for: a listener or a cluster is nobody's inbound or outbound. */
const WAYS = new Set(['LISTENER', 'CLUSTER']);

function reachOf(
  scene: Scene,
  filter: EnvoyFilter,
  { applyTo, context, operation }: EnvoyPatch,
): 'sidecar-outbound' | 'gateway' | 'new-way' | undefined {
  // The bootstrap is a whole configuration, and has no context.
  if (applyTo === 'BOOTSTRAP') return 'new-way';
  switch (context) {
    case 'SIDECAR_INBOUND':
      return WAYS.has(applyTo) && operation === 'ADD' ? 'new-way' : undefined;
    case 'GATEWAY':
      return maySelectEgressGateway(scene, filter) ? 'gateway' : undefined;
    default:
      return 'sidecar-outbound';
  }
}

/** Whether the pods that a filter is for may be an egress gateway's: their labels are known as far as its Service selects them. */
function maySelectEgressGateway({ topology }: Scene, { metadata, spec }: EnvoyFilter): boolean {
  const { rootNamespace } = topology.world.mesh;
  return egressGatewaysOf(topology).some((service) => {
    if (metadata.namespace !== rootNamespace && metadata.namespace !== service.metadata.namespace) return false;
    const known = service.spec.selector ?? {};
    return Object.entries(spec.workloadSelector ?? {}).every(([key, value]) => (known[key] ?? value) === value);
  });
}
