import { wantedSubsets } from '../injection/wanted.js';
import { isHeld } from '../mesh/judged-object.js';
import { ManifestError } from '../mesh/manifest-error.js';
import { overlay } from '../mesh/world/overlay.js';
import type { World } from '../mesh/world/world.js';
import type { ObjectChange } from '../policy/change.js';
import { decide } from '../policy/decide.js';
import type { Decision } from '../policy/decision.js';
import { egressGatewayTest } from '../policy/egress-gateways.js';
import type { Policy } from '../policy/policy.js';
import type { DecisionMemory, Judged } from './decision-memory.js';
import { isAboutMesh, meshChange, type ParseYaml } from './mesh-change.js';
import { denialMessage, findingLine, unreadableMessage } from './message.js';
import { allowed, denied, type AdmissionResponse, type Remarks } from './response.js';
import type { AdmissionRequest } from './review.js';
import { changeOf, refOf } from './subject.js';

/** What a review is judged with. */
export interface Grounds {
  readonly world: World;
  readonly policy: Policy;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds since the world was last known to be complete. */
  readonly worldAge: number;
  /** Reads the text of the mesh's own ConfigMap; without it that is not judged. */
  readonly parseYaml?: ParseYaml;
  /** Where a decision is looked for before it is made. */
  readonly memory?: DecisionMemory;
  /** Told of every change that is let through and comes about. */
  readonly admitted?: (change: ObjectChange) => void;
}

const NOTHING_TO_JUDGE: Decision = { allowed: true, findings: [], old: 0, exempted: [], until: Infinity };

/** The answer of the validating webhook: what the change makes worse is refused or warned of. */
export function validate(request: AdmissionRequest, grounds: Grounds): AdmissionResponse {
  const { uid, operation } = request;
  try {
    const { world, policy, memory } = grounds;
    const stale = staleness(grounds);
    const judge = (): Judged | undefined => {
      const change = changeIn(request, grounds);
      if (change === undefined) return undefined;
      return { change, decision: isLeaving(world, change) ? NOTHING_TO_JUDGE : decideWithInjection(grounds, change) };
    };
    const judged = memory === undefined ? judge() : memory.judged(request, grounds, judge);
    if (judged === undefined) return allowed(uid);
    const { change, decision } = judged;
    if (decision === NOTHING_TO_JUDGE) {
      if (!request.dryRun) grounds.admitted?.(change);
      return allowed(uid);
    }
    if (stale !== undefined && policy.failure.staleWorld === 'deny' && movesCalls(change)) {
      const message = `Sallyport cannot judge this now: ${stale}. Try again, or ask whoever runs Sallyport.`;
      return denied(uid, message, { auditAnnotations: annotations('denied', NOTHING_TO_JUDGE, grounds) });
    }
    if (decision.allowed && !request.dryRun) grounds.admitted?.(change);
    const remarks = remarksOn(request, decision, grounds, stale);
    const errors = decision.findings.filter(({ severity }) => severity === 'error');
    return decision.allowed
      ? allowed(uid, remarks)
      : denied(uid, denialMessage(refOf(request), operation, errors), remarks);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const auditAnnotations = annotations('denied', NOTHING_TO_JUDGE, grounds);
    const judgement = { faults: error.faults };
    return denied(uid, unreadableMessage(refOf(request), error.faults), { auditAnnotations, judgement });
  }
}

function changeIn(request: AdmissionRequest, { world, policy, parseYaml }: Grounds): ObjectChange | undefined {
  if (!isAboutMesh(request, policy.mesh)) return changeOf(request, world);
  return parseYaml === undefined ? undefined : meshChange(request, { settings: policy.mesh, parseYaml }, world);
}

/** A change is judged together with the DestinationRules that the injection into it has applied, or would apply. */
function decideWithInjection({ world, policy, now }: Grounds, change: ObjectChange): Decision {
  const isEgressGateway = egressGatewayTest(policy);
  const { object } = change;
  const wanted =
    policy.injection.enabled && object?.kind === 'VirtualService'
      ? wantedSubsets({ world, isEgressGateway }, object).filter(({ isNamed }) => isNamed)
      : [];
  const puts = wanted.map(({ rule }) => ({ put: rule }));
  const ground = puts.length === 0 ? world : overlay(world, puts);
  return decide({ world: ground, isEgressGateway, policy, now }, change);
}

/** Objects of a namespace that is being deleted go with it, whatever they were for. */
function isLeaving(world: World, { old, object }: ObjectChange): boolean {
  if (object !== undefined || old === undefined) return false;
  const namespace = world.object('Namespace', '', old.metadata.namespace);
  return namespace?.metadata.deleting === true;
}

/**
 * Whether a change can be refused for an old world. What no call is routed by is judged by what is known: while a watch is cut, no Pod
 * and no Namespace must be held up.
 */
function movesCalls({ old, object }: ObjectChange): boolean {
  const subject = object ?? old;
  return subject !== undefined && subject.kind !== 'Namespace' && (isHeld(subject) || subject.kind === 'ConfigMap');
}

function staleness({ worldAge, policy }: Grounds): string | undefined {
  if (worldAge <= policy.failure.staleAfter) return undefined;
  return `what it knows of the cluster is ${Math.round(worldAge / 1000)} seconds old`;
}

function remarksOn(
  request: AdmissionRequest,
  decision: Decision,
  grounds: Grounds,
  stale: string | undefined,
): Remarks {
  const { findings, allowed: fine } = decision;
  const subject = refOf(request);
  const told = findings
    .filter(({ severity }) => severity === 'warning')
    .map((finding) => findingLine(finding, subject));
  return {
    warnings: stale === undefined ? told : [`Sallyport judged this by an old world: ${stale}`, ...told],
    auditAnnotations: annotations(fine ? 'allowed' : 'denied', decision, grounds),
    judgement: { decision },
  };
}

/** What the audit log keeps of a judgement. */
function annotations(
  verdict: 'allowed' | 'denied',
  { findings, exempted }: Pick<Decision, 'findings' | 'exempted'>,
  { worldAge }: Grounds,
): Readonly<Record<string, string>> {
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  const exemptions = [...new Set(exempted.map(({ exemption }) => exemption))];
  return {
    verdict,
    ...(rules.length === 0 ? {} : { rules: rules.join(',') }),
    ...(exemptions.length === 0 ? {} : { exemptions: exemptions.join(',') }),
    'world-age': `${Math.round(worldAge / 1000)}s`,
  };
}
