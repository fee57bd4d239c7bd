import { harmedCalls, unlistedGateways } from '../pair.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** A match for a Gateway, or for the mesh, that the VirtualService does not bind: it never applies. */
export const gatewayNotListed: Rule = {
  id: 'gateway-not-listed',
  messages: {
    'not-listed': {
      message: 'this match is for {gateway}, which spec.gateways does not list, so it never applies',
      mend: 'add {gateway} to spec.gateways, or name here what is listed there',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject } = scene;
    if (subject?.kind !== 'VirtualService' || harmedCalls(scene, subject).length === 0) return;
    for (const { name, section, field } of unlistedGateways(subject)) {
      yield {
        identity: `${section} ${name}`,
        explain: () => ({ message: 'not-listed', object: subject, field, values: { gateway: name } }),
      };
    }
  },
};
