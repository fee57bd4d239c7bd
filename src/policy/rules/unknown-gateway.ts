import { resolveGateway } from '../../mesh/host.js';
import { bindingOf } from '../pair.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** A VirtualService that binds a Gateway which does not exist. */
export const unknownGateway: Rule = {
  id: 'unknown-gateway',
  messages: {
    'no-such-gateway': {
      message: 'there is no Gateway {gateway}',
      mend: 'apply it, or name one that is there, as namespace/name where it is in another namespace',
    },
  },
  *check({ subject, topology }: Scene): Generator<Observation> {
    if (subject?.kind !== 'VirtualService') return;
    for (const { name, index } of bindingOf(topology, subject).unknown) {
      const gateway = resolveGateway(name, subject.metadata.namespace);
      yield {
        identity: gateway,
        explain: () => ({
          message: 'no-such-gateway',
          object: subject,
          field: `spec.gateways[${index}]`,
          values: { gateway },
        }),
      };
    }
  },
};
