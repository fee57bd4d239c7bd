import type { MeshObject } from '../mesh/mesh-object.js';
import type { Arrival } from './arrival.js';
import type { Outcome } from './outcome.js';

/** One way that a call can take, and what decided it. */
export interface Way {
  readonly outcome: Outcome;
  /** The object and field that send the call this way; undefined where nothing but the mesh's defaults does. */
  readonly source: Source | undefined;
  /** What the egress gateway does with it, where it goes there: the ways behind `outcome.then`. */
  readonly next?: readonly Way[];
  /** How it arrives there; undefined where the gateway's Service has no such port. */
  readonly arrival?: Arrival;
}

export interface Source {
  readonly object: MeshObject;
  /** A JSON path, such as `spec.http[0].route[1].destination.host`. */
  readonly field: string;
}

/** Nothing listens. */
export const NO_LISTENER: Way = { outcome: { type: 'none' }, source: undefined };

/** The outcomes of ways, each once. */
export function outcomesOf(ways: readonly Way[]): readonly Outcome[] {
  if (ways.length < 2) return ways.map(({ outcome }) => outcome);
  const found = new Map<string, Outcome>();
  for (const { outcome } of ways) {
    const key = JSON.stringify(outcome);
    if (!found.has(key)) found.set(key, outcome);
  }
  return [...found.values()];
}
