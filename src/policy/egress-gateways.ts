import type { Service } from '../mesh/kinds/service.js';
import { selects } from '../mesh/metadata.js';
import type { IsEgressGateway } from '../routing/egress-gateways.js';
import type { GatewayChoice, Policy } from './policy.js';

/** Which Services the policy makes egress gateways: those that it names, and those whose own selector holds its labels. */
export function egressGatewayTest({ egressGateways }: Policy): IsEgressGateway {
  return (service) => egressGateways.some((choice) => chooses(choice, service));
}

function chooses(choice: GatewayChoice, { metadata, spec }: Service): boolean {
  if (choice.by === 'service') return metadata.namespace === choice.namespace && metadata.name === choice.name;
  return spec.selector !== undefined && selects(choice.selector, spec.selector);
}
