import type { PatchOperation } from '../admission/response.js';
import type { Fault } from '../mesh/fault.js';
import type { ObjectRef, Origin } from '../mesh/metadata.js';
import type { Finding } from '../policy/finding.js';

/** What the server would answer about one object of a file. */
export interface Reviewed {
  readonly object: ObjectRef;
  readonly operation: 'create' | 'update' | 'delete' | 'connect';
  readonly allowed: boolean;
  /** The whole message of a denial; empty for what is allowed. */
  readonly message: string;
  /** Each with its file and line, where a file holds its object. */
  readonly findings: readonly Finding[];
  /** As the API server would pass them on. */
  readonly warnings: readonly string[];
  /** What the mutating webhook would change; empty for nothing. */
  readonly patch: readonly PatchOperation[];
  /** What it would apply beforehand. */
  readonly applied: readonly ObjectRef[];
  /** What cannot be read of the object. */
  readonly faults: readonly PlacedFault[];
  /** Where the object stands. */
  readonly origin: Origin;
}

export interface PlacedFault extends Fault {
  readonly origin: Origin;
}
