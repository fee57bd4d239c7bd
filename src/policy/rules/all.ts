import type { Rule } from '../rule.js';
import { directEgress } from './direct-egress.js';
import { gatewayNotListed } from './gateway-not-listed.js';
import { missingGatewayMatch } from './missing-gateway-match.js';
import { missingMeshMatch } from './missing-mesh-match.js';
import { missingSubset } from './missing-subset.js';
import { outboundAny } from './outbound-any.js';
import { unknownGateway } from './unknown-gateway.js';
import { unscopedMatch } from './unscoped-match.js';

/** Every rule, leaks first. */
export const RULES: readonly Rule[] = [
  directEgress,
  outboundAny,
  missingMeshMatch,
  missingGatewayMatch,
  unscopedMatch,
  gatewayNotListed,
  missingSubset,
  unknownGateway,
];
