import type { GatewayApiRoute, KubernetesGateway } from './kinds/gateway-api.js';
import type { MeshMap } from './kinds/mesh-map.js';
import type { Workload } from './kinds/workload.js';
import type { MeshKind, MeshObject } from './mesh-object.js';
import { HELD_KINDS } from './held-kinds.js';

/** An object that is judged when it changes and that no world holds: no call is routed by it, or no engine reads it yet. */
export type PassingObject = GatewayApiRoute | KubernetesGateway | MeshMap | Workload;

/** Every object that a change may be about. */
export type JudgedObject = MeshObject | PassingObject;

const HELD: ReadonlySet<string> = new Set(HELD_KINDS.map(({ kind }) => kind));

export function isHeld(object: JudgedObject): object is MeshObject {
  return HELD.has(object.kind);
}

export function isHeldKind(kind: JudgedObject['kind']): kind is MeshKind {
  return HELD.has(kind);
}

/** The kind as the API server has it. */
export function kindOf({ kind }: JudgedObject): string {
  return kind === 'KubernetesGateway' ? 'Gateway' : kind;
}
