import type { Observation, Rule, Scene } from '../rule.js';

/** Objects of the Gateway API by which calls can be routed, and which are not judged yet. */
export const gatewayApiUnjudged: Rule = {
  id: 'gateway-api-unjudged',
  messages: {
    'mesh-route': {
      message:
        'this route is attached to {parent}, so it can send calls of the mesh past the egress gateway, and Sallyport does not judge it yet',
      mend: 'write it as a VirtualService, or see to it that all its backends are the egress gateway',
    },
    gateway: {
      message: 'this Gateway makes a gateway of its own, and Sallyport does not judge what it lets out yet',
      mend: 'use a Gateway of networking.istio.io for what leaves the mesh',
    },
  },
  *check({ subject }: Scene): Generator<Observation> {
    if (subject?.kind === 'KubernetesGateway') {
      // Other classes are other vendors' gateways, which the mesh knows nothing of.
      if (!subject.gatewayClass.startsWith('istio')) return;
      yield {
        identity: `gateway ${subject.gatewayClass}`,
        explain: () => ({ message: 'gateway', object: subject, field: 'spec.gatewayClassName' }),
      };
    }
    if (subject === undefined || !('parents' in subject)) return;
    for (const [index, { kind, name }] of subject.parents.entries()) {
      if (kind !== 'Service' && kind !== 'ServiceEntry' && kind !== 'Hostname') continue;
      const parent = `${kind} ${name}`;
      yield {
        identity: parent,
        explain: () => ({
          message: 'mesh-route',
          object: subject,
          field: `spec.parentRefs[${index}]`,
          values: { parent },
        }),
      };
    }
  },
};
