import { assumedRequest } from '../admission/assumed-request.js';
import { dated } from '../admission/recent-changes.js';
import { rehearse } from '../admission/rehearse.js';
import { toReview } from '../admission/response.js';
import { parseReview, type AdmissionRequest, type Operation } from '../admission/review.js';
import { refOf as refOfRequest } from '../admission/subject.js';
import { lineOf, type DocumentOrigin, type ManifestDocument } from '../files/manifest-file.js';
import { fieldOrigin, refKey } from '../files/origin-index.js';
import { parseYaml } from '../files/yaml/parse.js';
import { heldVersion } from '../mesh/held-kinds.js';
import { isHeld, kindOf, type JudgedObject } from '../mesh/judged-object.js';
import type { MeshObject } from '../mesh/mesh-object.js';
import type { ObjectRef, Origin } from '../mesh/metadata.js';
import { refOf } from '../mesh/read-object.js';
import type { MeshWorld } from '../mesh/world/mesh-world.js';
import type { ObjectChange } from '../policy/change.js';
import type { Finding } from '../policy/finding.js';
import type { Policy } from '../policy/policy.js';
import type { Reviewed } from '../report/reviewed.js';

export interface ReviewSessionOptions {
  /** It changes with what is allowed. */
  readonly world: MeshWorld;
  readonly policy: Policy;
  /** Where a field of an object of that world stands. */
  readonly locate: (object: ObjectRef, field?: string) => Origin | undefined;
  /** Of the manifests; unless given, what the world has tells. */
  readonly operation?: Operation;
  readonly dryRun: boolean;
  /** Milliseconds since the epoch: when all that is created is. */
  readonly now: number;
}

/** Answers about one document after another, each on top of the changes that were allowed before it. */
export class ReviewSession {
  readonly #options: ReviewSessionOptions;
  /** Where the objects stand that have come from a reviewed document. */
  readonly #origins = new Map<string, DocumentOrigin>();
  #count = 0;

  constructor(options: ReviewSessionOptions) {
    this.#options = options;
  }

  /**
   * What the server would answer about a manifest, or to an AdmissionReview.
   *
   * @throws ReviewError for an AdmissionReview that cannot be read
   */
  async review({ document, origin }: ManifestDocument): Promise<Reviewed> {
    const { world, policy, now } = this.#options;
    const { request, place } = this.#ask(document, origin);
    const changes: ObjectChange[] = [];
    const { response, patch, applied } = await rehearse(request, {
      world,
      policy,
      now,
      worldAge: 0,
      parseYaml,
      admitted: (change) => {
        changes.push(change);
      },
    });
    const object = refOfRequest(request);
    const locate = (ref: ObjectRef, field: string): Origin | undefined => this.#locate(ref, field, { object, place });
    const { judgement } = response;
    const findings = judgement !== undefined && 'decision' in judgement ? judgement.decision.findings : [];
    const faults = judgement !== undefined && 'faults' in judgement ? judgement.faults : [];
    const { allowed, status, warnings = [] } = toReview(response, (text) => text).response;
    const reviewed: Reviewed = {
      object,
      operation: OPERATIONS[request.operation],
      allowed,
      message: status?.message ?? '',
      findings: findings.map((finding) => placed(finding, locate(finding.object, finding.field))),
      warnings: [...this.#notes(request, object), ...warnings],
      patch,
      applied: applied.map(referenceTo),
      faults: faults.map((fault) => ({ ...fault, origin: fieldOrigin(place, fault.field) })),
      origin: { file: origin.file, line: lineOf(place, '') },
    };
    for (const change of changes) this.#carryOver(change, applied, place);
    return reviewed;
  }

  /** The request that a document is or stands for, and where its object stands. */
  #ask(
    document: unknown,
    origin: DocumentOrigin,
  ): { readonly request: AdmissionRequest; readonly place: DocumentOrigin } {
    const { world, operation, dryRun } = this.#options;
    if (isReview(document)) {
      const request = parseReview(document);
      const within = request.object === null ? 'request.oldObject' : 'request.object';
      const path = origin.path === '' ? within : `${origin.path}.${within}`;
      return { request: dryRun ? { ...request, dryRun } : request, place: { ...origin, path } };
    }
    const ref = refOf(document);
    if (ref === undefined) throw new Error('what is no object is no document of a file');
    const uid = `review-${++this.#count}`;
    const assumed = { uid, dryRun, world, ...(operation === undefined ? {} : { operation }) };
    return { request: assumedRequest(document, ref, assumed), place: origin };
  }

  /** What the API server would say without asking anybody. */
  #notes({ operation, kind, oldObject }: AdmissionRequest, ref: ObjectRef): readonly string[] {
    const held = heldVersion(ref.apiVersion, kind.kind)?.held;
    if (operation !== 'DELETE' || held === undefined || oldObject !== null) return [];
    const isThere = this.#options.world.object(held.kind, ref.namespace, ref.name) !== undefined;
    return isThere ? [] : ['there is no such object, so there is nothing to delete'];
  }

  /** What is allowed is there for the next one, with the rules that were to be there before it. */
  #carryOver({ old, object }: ObjectChange, applied: readonly MeshObject[], place: DocumentOrigin): void {
    const { world, now } = this.#options;
    for (const rule of applied) world.put(dated(rule, now));
    if (object !== undefined) {
      if (object.kind === 'ConfigMap') world.configure(object.mesh);
      else if (isHeld(object)) world.put(dated(object, now));
      this.#origins.set(refKey(referenceTo(object)), place);
    } else if (old !== undefined) {
      if (isHeld(old)) world.remove(old.kind, old.metadata.namespace, old.metadata.name);
      this.#origins.delete(refKey(referenceTo(old)));
    }
  }

  #locate(
    ref: ObjectRef,
    field: string,
    subject: { readonly object: ObjectRef; readonly place: DocumentOrigin },
  ): Origin | undefined {
    const own = refKey(ref) === refKey(subject.object) ? subject.place : this.#origins.get(refKey(ref));
    return own === undefined ? this.#options.locate(ref, field) : fieldOrigin(own, field);
  }
}

const OPERATIONS: Readonly<Record<Operation, Reviewed['operation']>> = {
  CREATE: 'create',
  UPDATE: 'update',
  DELETE: 'delete',
  CONNECT: 'connect',
};

/** Whether a document is to be read as a review, whatever is wrong with it otherwise. */
export function isReview(document: unknown): boolean {
  return typeof document === 'object' && document !== null && 'kind' in document && document.kind === 'AdmissionReview';
}

function placed(finding: Finding, origin: Origin | undefined): Finding {
  return origin === undefined ? finding : { ...finding, file: origin.file, line: origin.line };
}

function referenceTo(object: JudgedObject): ObjectRef {
  const { namespace, name } = object.metadata;
  return { apiVersion: object.apiVersion, kind: kindOf(object), namespace, name };
}
