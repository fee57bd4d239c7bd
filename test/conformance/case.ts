import { DEFAULT_MESH, type MeshConfig } from '../../src/mesh/kinds/mesh-config.js';
import type { Service } from '../../src/mesh/kinds/service.js';
import type { MeshObject } from '../../src/mesh/mesh-object.js';
import { OLDEST, YOUNGEST } from '../../src/mesh/metadata.js';
import type { ObjectChange } from '../../src/policy/change.js';
import { readObject } from '../../src/mesh/read-object.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import type { CallProtocol, Client } from '../../src/routing/call.js';
import type { Outcome, Verdict } from '../../src/routing/outcome.js';
import type { Topology } from '../../src/routing/trace.js';

/** One document of a case file: a small world and questions about it. */
export interface Case {
  readonly name: string;
  readonly mesh: {
    readonly outboundTrafficPolicy: 'REGISTRY_ONLY' | 'ALLOW_ANY';
    readonly egressGateways: readonly string[];
  };
  readonly objects: readonly unknown[];
  readonly probes: readonly Probe[];
  /** Of an admission case. */
  readonly operation?: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly object?: unknown;
  readonly oldObject?: unknown;
  readonly decision?: 'deny' | 'allow' | 'either';
}

export interface Probe {
  readonly client: Client;
  readonly host: string;
  readonly port: number;
  readonly protocol: CallProtocol;
  readonly address?: string;
  /** Of a trace case. */
  readonly expected?: { readonly outcomes: readonly Outcome[]; readonly verdict?: Verdict };
  /** Of an admission case. */
  readonly before?: Verdict;
  readonly after?: Verdict;
}

export function meshOf({ mesh }: Case): MeshConfig {
  return { ...DEFAULT_MESH, outboundTrafficPolicy: mesh.outboundTrafficPolicy };
}

export function objectsOf({ objects }: Case): readonly MeshObject[] {
  return objects.map((document) => readObject(document, OLDEST)).filter((object) => object !== undefined);
}

export function topologyOf(one: Case, objects: readonly MeshObject[] = objectsOf(one)): Topology {
  const gateways = new Set(one.mesh.egressGateways);
  const isEgressGateway = ({ metadata }: Service): boolean => gateways.has(`${metadata.namespace}/${metadata.name}`);
  return { world: new MeshWorld(meshOf(one), objects), isEgressGateway };
}

/** The change of an admission case: a new object is the youngest. */
export function changeOf({ object, oldObject }: Case): {
  readonly [side in keyof ObjectChange]: MeshObject | undefined;
} {
  const read = (document: unknown, age: number) =>
    document === undefined || document === null ? undefined : readObject(document, age);
  const old = read(oldObject, OLDEST);
  const fresh = read(object, old === undefined ? YOUNGEST : OLDEST);
  const created =
    fresh === undefined || old !== undefined
      ? fresh
      : { ...fresh, metadata: { ...fresh.metadata, createdAt: YOUNGEST } };
  return { old, object: created };
}

/** Outcomes as text that is equal where the sets are. */
export function canonical(outcomes: readonly Outcome[]): string {
  return `[${[...new Set(outcomes.map(canonicalOutcome))].sort().join(', ')}]`;
}

function canonicalOutcome(outcome: Outcome): string {
  const { then, ...rest } = { then: undefined, ...outcome };
  const own = sorted(rest);
  return then === undefined ? own : `${own} -> ${canonical(then)}`;
}

function sorted(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${key}: ${sorted(inner)}`).join(', ')}}`;
}
