import type { Fault } from './fault.js';
import type { ObjectRef } from './metadata.js';

/** How many faults the message tells; `faults` has them all. */
const TOLD_IN_MESSAGE = 5;

/** An object that cannot be read: Istio's CRDs, Istio's own validation or Kubernetes would refuse it. */
export class ManifestError extends Error {
  readonly code = 'manifest-invalid';
  readonly ref: ObjectRef;
  /** Everything that is wrong with the object, in the order of reading; never empty. */
  readonly faults: readonly Fault[];

  constructor(ref: ObjectRef, faults: readonly Fault[]) {
    const told = faults.slice(0, TOLD_IN_MESSAGE).map((fault) => `${fault.field} ${fault.problem}`);
    if (faults.length > told.length) told.push(`and ${faults.length - told.length} more`);
    const name = ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`;
    super(`${ref.kind} ${name} cannot be read: ${told.join('; ')}`);
    this.name = 'ManifestError';
    this.ref = ref;
    this.faults = faults;
  }
}
