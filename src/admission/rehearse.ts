import type { MeshObject } from '../mesh/mesh-object.js';
import { YOUNGEST } from '../mesh/metadata.js';
import { readObject } from '../mesh/read-object.js';
import { overlay } from '../mesh/world/overlay.js';
import { applyPatch } from './apply-patch.js';
import { mutate } from './mutate.js';
import type { AdmissionResponse, PatchOperation } from './response.js';
import type { AdmissionRequest } from './review.js';
import { validate, type Grounds } from './validate.js';

/** What both webhooks together would answer, without anything having come about. */
export interface Rehearsal {
  /** With the warnings of both, and the judgement of the one that decides. */
  readonly response: AdmissionResponse;
  /** What the mutating one would change; empty for nothing. */
  readonly patch: readonly PatchOperation[];
  /** What it would have applied beforehand. */
  readonly applied: readonly MeshObject[];
}

/**
 * Asks the mutating webhook about a request, and the validating one about what that makes of its object, as the API server does.
 * What would be applied is in the world that the second one judges by, and nowhere else.
 */
export async function rehearse(request: AdmissionRequest, grounds: Grounds): Promise<Rehearsal> {
  const applied: MeshObject[] = [];
  const mutated = await mutate(request, grounds, (manifest) => {
    const object = readObject(manifest, YOUNGEST);
    if (object !== undefined) applied.push(object);
    return Promise.resolve();
  });
  if (!mutated.allowed) return { response: mutated, patch: [], applied: [] };
  const patch = mutated.patch ?? [];
  const changed = patch.length === 0 ? request : { ...request, object: applyPatch(request.object, patch) };
  const puts = applied.map((put) => ({ put }));
  const world = puts.length === 0 ? grounds.world : overlay(grounds.world, puts);
  const validated = validate(changed, { ...grounds, world });
  const warnings = [...(mutated.warnings ?? []), ...(validated.warnings ?? [])];
  return { response: { ...validated, warnings }, patch, applied };
}
