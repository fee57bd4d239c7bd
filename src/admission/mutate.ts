import { manifestOf } from '../injection/manifest.js';
import { isDue, obstacleTo } from '../injection/provision.js';
import { wantedSubsets, type WantedSubset } from '../injection/wanted.js';
import { ManifestError } from '../mesh/manifest-error.js';
import type { ObjectRef } from '../mesh/metadata.js';
import { egressGatewayTest } from '../policy/egress-gateways.js';
import { holdOf } from './hold.js';
import { unreadableMessage } from './message.js';
import { allowed, denied, patched, type AdmissionResponse } from './response.js';
import type { AdmissionRequest } from './review.js';
import { changeOf, refOf } from './subject.js';
import type { Grounds } from './validate.js';

/**
 * Brings a DestinationRule about. Rejects with what keeps it from being there: the message of an error with a `code` is written for
 * people, and is shown to the author of the route.
 */
export type ApplyManifest = (manifest: unknown) => Promise<void>;

/** Told of every entry that is held: what it is, and the calls (`host:port`) for whose routes it waits. */
export type OnHeld = (entry: ObjectRef, waitsFor: readonly string[]) => void;

/**
 * The answer of the mutating webhook: a VirtualService whose mesh rules name the egress gateway without a subset is given one, and
 * the DestinationRule is there before the answer is (make before break). A dry run applies nothing. A destination whose subset could
 * not be provided keeps none, for a subset that nobody defines breaks its calls. An entry whose routes are still to come is held, where
 * the policy says so.
 */
export async function mutate(
  request: AdmissionRequest,
  grounds: Grounds,
  apply: ApplyManifest,
  onHeld?: OnHeld,
): Promise<AdmissionResponse> {
  const { uid, dryRun } = request;
  try {
    const { policy, world } = grounds;
    const change = changeOf(request, world);
    const object = change?.object;
    if (object?.kind === 'ServiceEntry') {
      const old = change?.old?.kind === 'ServiceEntry' ? change.old : undefined;
      const { patch, warnings, waitsFor } = holdOf(grounds, { old, object, document: request.object });
      if (waitsFor.length > 0 && !dryRun) onHeld?.(refOf(request), waitsFor);
      return patched(uid, patch, warnings.length === 0 ? {} : { warnings });
    }
    if (object?.kind !== 'VirtualService' || !policy.injection.enabled) return allowed(uid);
    const wanted = wantedSubsets({ world, isEgressGateway: egressGatewayTest(policy) }, object);
    const problems: string[] = [];
    const provided: WantedSubset[] = [];
    for (const one of wanted.filter((each) => isDue(world, each))) {
      const obstacle = obstacleTo(world, one, policy.injection.maxPerNamespace);
      const problem = obstacle ?? (dryRun ? undefined : await applied(one, apply));
      if (problem === undefined) provided.push(one);
      else problems.push(`Sallyport could not provide the subset ${one.subset}: ${problem}`);
    }
    if (problems.length > 0 && policy.injection.onFailure === 'deny') {
      return denied(uid, `${problems.join('.\n')}.\nTry again, or name a subset that a DestinationRule defines.`);
    }
    const patch = provided.flatMap(({ unnamed, subset }) =>
      unnamed.map((pointer) => ({ op: 'add' as const, path: `${pointer}/subset`, value: subset })),
    );
    return patched(uid, patch, problems.length === 0 ? {} : { warnings: problems });
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const judgement = { faults: error.faults };
    return denied(uid, unreadableMessage(refOf(request), error.faults), { judgement });
  }
}

/** What kept a rule from being there, in words for people; undefined when it is. */
async function applied({ rule }: WantedSubset, apply: ApplyManifest): Promise<string | undefined> {
  try {
    await apply(manifestOf(rule));
    return undefined;
  } catch (error) {
    const { namespace, name } = rule.metadata;
    const reason = error instanceof Error && 'code' in error ? `: ${error.message}` : '';
    return `DestinationRule ${namespace}/${name} could not be applied${reason}`;
  }
}
