import { DEFAULT_MESH, type MeshConfig } from '../../src/mesh/kinds/mesh-config.js';
import { isHeld, type JudgedObject } from '../../src/mesh/judged-object.js';
import type { MeshObject } from '../../src/mesh/mesh-object.js';
import { OLDEST, YOUNGEST } from '../../src/mesh/metadata.js';
import { readObject } from '../../src/mesh/read-object.js';
import { readPassing } from '../../src/mesh/read-passing.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import type { ObjectChange } from '../../src/policy/change.js';
import { decide } from '../../src/policy/decide.js';
import type { Decision } from '../../src/policy/decision.js';
import { egressGatewayTest } from '../../src/policy/egress-gateways.js';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/policy.js';
import { GROUND, type Document } from './manifests.js';

/** A change as documents. `from` is what an update finds. */
export type DocumentChange =
  | { readonly create: Document }
  | { readonly update: Document; readonly from: Document }
  | { readonly delete: Document };

export interface Question {
  /** Beside the gateway and its subset. */
  readonly world?: readonly Document[];
  /** In place of the gateway and its subset. */
  readonly ground?: readonly Document[];
  readonly change: DocumentChange;
  readonly mesh?: Partial<MeshConfig>;
  readonly policy?: Partial<Policy>;
  /** `NOW` unless given. */
  readonly now?: number;
}

/** The moment of judgement, where it does not matter. */
export const NOW = Date.parse('2025-06-01T12:00:00Z');

/** What is decided of a change. Everything that it is decided by is frozen: a rule that changes its input throws. */
export function judge({ world = [], ground = GROUND, change, mesh = {}, policy = {}, now = NOW }: Question): Decision {
  const objects = [...ground, ...world].map((document) => read(document, OLDEST));
  const { old, object } = objectChange(change);
  const all = (old === undefined ? objects : [...objects, old]).filter(isHeld);
  const standing = new MeshWorld({ ...DEFAULT_MESH, outboundTrafficPolicy: 'REGISTRY_ONLY', ...mesh }, all);
  const used = { ...DEFAULT_POLICY, ...policy };
  return decide({ world: standing, isEgressGateway: egressGatewayTest(used), policy: used, now }, { old, object });
}

/** An update keeps its time of creation, a new object is the youngest. */
export function objectChange(change: DocumentChange): ObjectChange {
  if ('create' in change) return { old: undefined, object: readJudged(change.create, YOUNGEST) };
  if ('delete' in change) return { old: readJudged(change.delete, OLDEST), object: undefined };
  return { old: readJudged(change.from, OLDEST), object: readJudged(change.update, OLDEST) };
}

export function read(document: Document, age: number): MeshObject {
  const object = readJudged(document, age);
  if (!isHeld(object)) throw new Error('a document of no kind that is held');
  return object;
}

/** As `read`, of every kind that is judged. */
export function readJudged(document: Document, age: number): JudgedObject {
  const object = readObject(document, age) ?? readPassing(document, age);
  if (object === undefined) throw new Error('a document of no kind that is judged');
  return frozen(object);
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) frozen(inner);
  return value;
}
