import type { World } from '../mesh/world/world.js';
import type { MeshSettings } from '../policy/policy.js';
import type { KindHealth } from '../telemetry/metrics.js';

/** Where a server's world comes from, and where it writes to. */
export interface WorldSource {
  readonly world: World;
  /** Why the world cannot be judged with yet, a sentence each; empty when it can. */
  readiness(): readonly string[];
  /** Milliseconds since the world was last known to be complete. */
  age(): number;
  /** The same and more, kind by kind. */
  kinds(): readonly KindHealth[];
  /** Takes another policy's word on the mesh. */
  settle(settings: MeshSettings): void;
  /**
   * Brings an object about that an injected subset needs.
   *
   * @throws what keeps it from being there
   */
  apply(manifest: unknown, asking: Asking): Promise<void>;
  close(): Promise<void>;
}

/** How long an answer is waited for. */
export interface Asking {
  readonly signal: AbortSignal;
  /** Milliseconds left. */
  remaining(): number;
}
