import type { Rule } from '../rule.js';
import { deprecatedField } from './deprecated-field.js';
import { directEgress } from './direct-egress.js';
import { egressGatewayAbsent } from './egress-gateway-absent.js';
import { envoyFilter } from './envoy-filter.js';
import { exemption } from './exemption.js';
import { gatewayApiUnjudged } from './gateway-api-unjudged.js';
import { gatewayLoop } from './gateway-loop.js';
import { gatewayNotListed } from './gateway-not-listed.js';
import { gatewayPortClosed } from './gateway-port-closed.js';
import { gatewayServerMissing } from './gateway-server-missing.js';
import { hostConflict } from './host-conflict.js';
import { meshUnsupported } from './mesh-unsupported.js';
import { missingGatewayMatch } from './missing-gateway-match.js';
import { missingMeshMatch } from './missing-mesh-match.js';
import { missingSubset } from './missing-subset.js';
import { networkPolicyMissing } from './network-policy-missing.js';
import { notExportedToGateway } from './not-exported-to-gateway.js';
import { outboundAny } from './outbound-any.js';
import { overlappingSni } from './overlapping-sni.js';
import { podBypass } from './pod-bypass.js';
import { resolutionNone } from './resolution-none.js';
import { selectorlessService } from './selectorless-service.js';
import { sniMismatch } from './sni-mismatch.js';
import { tcpPortShared } from './tcp-port-shared.js';
import { tlsMismatch } from './tls-mismatch.js';
import { unknownGateway } from './unknown-gateway.js';
import { unscopedMatch } from './unscoped-match.js';
import { wildcardUnreachable } from './wildcard-unreachable.js';

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
  gatewayServerMissing,
  gatewayPortClosed,
  tlsMismatch,
  sniMismatch,
  gatewayLoop,
  notExportedToGateway,
  resolutionNone,
  wildcardUnreachable,
  hostConflict,
  tcpPortShared,
  overlappingSni,
  podBypass,
  envoyFilter,
  selectorlessService,
  gatewayApiUnjudged,
  meshUnsupported,
  egressGatewayAbsent,
  networkPolicyMissing,
  exemption,
  deprecatedField,
];
