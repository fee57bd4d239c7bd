import type { Observation, Rule, Scene } from '../rule.js';
import { bindingOf } from '../pair.js';

/** A VirtualService that binds a Gateway which does not exist. */
export const unknownGateway: Rule = {
  id: 'unknown-gateway',
  reasons: {
    'no-such-gateway': {
      message: 'there is no Gateway {gateway}',
      mend: 'create it, or write the name of a Gateway that is there, as namespace/name where it is in another namespace',
    },
  },
  *check({ subject, topology }: Scene): Generator<Observation> {
    if (subject?.kind !== 'VirtualService') return;
    for (const { name, index } of bindingOf(topology, subject).unknown) {
      yield {
        rule: 'unknown-gateway',
        reason: 'no-such-gateway',
        object: subject,
        field: `spec.gateways[${index}]`,
        identity: name,
        values: { gateway: name },
      };
    }
  },
};
