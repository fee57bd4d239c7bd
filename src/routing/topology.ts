import type { World } from '../mesh/world/world.js';
import type { IsEgressGateway } from './egress-gateways.js';

/** The world, and which of its Services are egress gateways. */
export interface Topology {
  readonly world: World;
  readonly isEgressGateway: IsEgressGateway;
}
