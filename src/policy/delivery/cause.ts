import type { RuleId } from '../modes.js';
import type { MeshObject } from '../../mesh/mesh-object.js';
import type { Hop } from './hop.js';

/** The rules that say why an egress gateway does not deliver what a VirtualService sends it. */
export type DeliveryRule = Extract<
  RuleId,
  | 'gateway-server-missing'
  | 'gateway-port-closed'
  | 'tls-mismatch'
  | 'sni-mismatch'
  | 'gateway-loop'
  | 'not-exported-to-gateway'
  | 'resolution-none'
  | 'wildcard-unreachable'
  | 'host-conflict'
  | 'tcp-port-shared'
  | 'overlapping-sni'
  | 'missing-gateway-match'
  | 'missing-subset'
>;

/** Why a call does not arrive: found once for all clients whose calls arrive at the gateway alike. */
export interface Cause {
  readonly rule: DeliveryRule;
  /** A key of the rule's messages. */
  readonly message: string;
  /** Where a mend begins, and what the message names: asked only for what is new. */
  tell(hop: Hop): Telling;
}

export interface Telling {
  readonly object: MeshObject;
  readonly field: string;
  readonly values: Readonly<Record<string, string>>;
}
