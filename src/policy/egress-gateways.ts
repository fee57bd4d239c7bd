import type { Service } from '../mesh/kinds/service.js';
import { selects } from '../mesh/metadata.js';
import type { World } from '../mesh/world/world.js';
import type { IsEgressGateway } from '../routing/egress-gateways.js';
import type { GatewayChoice, Policy } from './policy.js';

/** Which Services the policy makes egress gateways: those that it names, and those whose own selector holds its labels. */
export function egressGatewayTest({ egressGateways }: Policy): IsEgressGateway {
  return (service) => egressGateways.some((choice) => chooses(choice, service));
}

/**
 * Beside which egress gateways entries may be held: those that the policy names, and those of the root namespace. All pods of such
 * a namespace see what is held, and nothing is said of that; so it must not be enough to give a Service of one's own the labels of a
 * gateway, nor may a team's gateway among its applications open to them what waits for its routes.
 */
export function holdingGatewayTest({ egressGateways }: Policy, { mesh }: World): IsEgressGateway {
  return (service) =>
    egressGateways.some(
      (choice) =>
        (choice.by === 'service' || service.metadata.namespace === mesh.rootNamespace) && chooses(choice, service),
    );
}

function chooses(choice: GatewayChoice, { metadata, spec }: Service): boolean {
  if (choice.by === 'service') return metadata.namespace === choice.namespace && metadata.name === choice.name;
  return spec.selector !== undefined && selects(choice.selector, spec.selector);
}
