import { manifestOf } from '../injection/manifest.js';
import { wantedSubsets, type WantedSubset } from '../injection/wanted.js';
import { ManifestError } from '../mesh/manifest-error.js';
import { egressGatewayTest } from '../policy/egress-gateways.js';
import { unreadableMessage } from './message.js';
import { allowed, denied, patched, type AdmissionResponse } from './response.js';
import type { AdmissionRequest } from './review.js';
import { changeOf, refOf } from './subject.js';
import type { Grounds } from './validate.js';

/** Brings a DestinationRule about; rejects with what keeps it from being there. */
export type ApplyManifest = (manifest: unknown) => Promise<void>;

/**
 * The answer of the mutating webhook: a VirtualService whose mesh rules name the egress gateway without a subset is given one, and
 * the DestinationRule is there before the answer is (make before break). A dry run applies nothing.
 */
export async function mutate(
  request: AdmissionRequest,
  grounds: Grounds,
  apply: ApplyManifest,
): Promise<AdmissionResponse> {
  const { uid } = request;
  try {
    const object = changeOf(request, grounds.world)?.object;
    const { policy, world } = grounds;
    if (object?.kind !== 'VirtualService' || !policy.injection.enabled) return allowed(uid);
    const wanted = wantedSubsets({ world, isEgressGateway: egressGatewayTest(policy) }, object);
    const unnamed = wanted.filter((one) => one.unnamed);
    if (unnamed.length === 0) return allowed(uid);
    const problem = request.dryRun ? undefined : await applied(unnamed, apply);
    if (problem !== undefined && policy.injection.onFailure === 'deny') {
      return denied(
        uid,
        `Sallyport could not provide the subset ${problem}. Try again, or name a subset that a DestinationRule defines.`,
      );
    }
    const patch = unnamed.map(({ pointer, subset }) => ({
      op: 'add' as const,
      path: `${pointer}/subset`,
      value: subset,
    }));
    return patched(
      uid,
      patch,
      problem === undefined ? {} : { warnings: [`Sallyport could not provide the subset ${problem}`] },
    );
  } catch (error) {
    if (error instanceof ManifestError) return denied(uid, unreadableMessage(refOf(request), error.faults));
    throw error;
  }
}

/** What kept a rule from being there, in words for the user; undefined when all are. */
async function applied(wanted: readonly WantedSubset[], apply: ApplyManifest): Promise<string | undefined> {
  const rules = new Map(wanted.map((one) => [`${one.rule.metadata.namespace}/${one.rule.metadata.name}`, one]));
  for (const [name, { rule, subset }] of rules) {
    try {
      await apply(manifestOf(rule));
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'it could not be applied';
      return `${subset} (DestinationRule ${name}): ${reason}`;
    }
  }
  return undefined;
}
