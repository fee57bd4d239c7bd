import type { JudgedObject } from '../../mesh/judged-object.js';
import type { ClusterOutcome } from '../../routing/outcome.js';
import type { Source, Way } from '../../routing/way.js';
import { callsInWords } from '../calls-in-words.js';
import type { TracedCall } from '../comparison.js';
import { egressHostOf } from '../pair.js';
import type { Explanation, Scene } from '../rule.js';

/** Why a call leaves the mesh directly: the stable codes of the rule `direct-egress`. */
export type LeakReason =
  | 'no-route'
  | 'port-uncovered'
  | 'weight'
  | 'mirror'
  | 'fallthrough'
  | 'shadowed'
  | 'unscoped-rule'
  | 'wrong-section'
  | 'source-scope'
  | 'delegate'
  | 'not-exported'
  | 'sidecar-scope'
  | 'private-rival'
  | 'alias'
  | 'address-capture'
  | 'external-name'
  | 'passthrough-lb'
  | 'gateway-shadowed'
  | 'deleted-route';

/** One way by which a call leaves the mesh from the client's own sidecar. */
export interface Leak {
  readonly scene: Scene;
  readonly traced: TracedCall;
  readonly outcome: ClusterOutcome;
  /** What sends it there. */
  readonly source: Source;
}

/** Undefined where the way does not leave the mesh. */
export function leakOf(scene: Scene, traced: TracedCall, { outcome, source }: Way): Leak | undefined {
  if (outcome.type !== 'cluster' || outcome.external !== true || source === undefined) return undefined;
  return { scene, traced, outcome, source };
}

/** How a reason is told: where one stands in several circumstances, each has its own words. */
export type LeakMessage =
  | LeakReason
  | 'no-route/mesh-not-listed'
  | 'no-route/no-mesh-rule'
  | 'no-route/direct'
  | 'no-route/headless'
  | 'port-uncovered/undeclared-name'
  | 'fallthrough/subnets'
  | 'fallthrough/egress-proxy'
  | 'shadowed/address'
  | 'shadowed/owner'
  | 'wrong-section/protocol'
  | 'delegate/direct'
  | 'alias/joined'
  | 'address-capture/port'
  | 'external-name/dialled'
  | 'gateway-shadowed/joined'
  | 'gateway-shadowed/headless';

/** Why, with the object and the field that a mend begins at. */
export interface LeakExplanation extends Explanation {
  readonly message: LeakMessage;
  readonly values: Readonly<Record<string, string>>;
}

/** What every message about a leak may name. */
export function leakValues({ scene, traced, outcome }: Leak): Readonly<Record<string, string>> {
  const { call, hostInWords } = traced.touched;
  return {
    calls: callsInWords(traced.touched),
    host: hostInWords,
    port: String(call.port),
    destination: `${outcome.host}:${outcome.port}`,
    egress: egressHostOf(scene.topology),
  };
}

/** Whether the change under judgement is about this very object: then a mend begins there. */
export function isSubject({ scene }: Leak, object: JudgedObject): boolean {
  return scene.subject === object;
}
