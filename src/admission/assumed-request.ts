import { heldVersion } from '../mesh/held-kinds.js';
import { MESH_CONFIG_MAP } from '../mesh/kinds/mesh-map.js';
import type { MeshObject } from '../mesh/mesh-object.js';
import type { ObjectRef } from '../mesh/metadata.js';
import type { World } from '../mesh/world/world.js';
import type { AdmissionRequest, GroupVersionKind, Operation } from './review.js';

export interface Assumptions {
  readonly uid: string;
  /** Unless given, UPDATE of what the world has, and CREATE of what it has not. */
  readonly operation?: Operation;
  readonly dryRun: boolean;
  /** What the API server has stored. */
  readonly world: World;
}

/**
 * The request that the API server would make of a manifest, sent by somebody whom no rule knows.
 *
 * @param document - as written
 * @param ref - what names it
 */
export function assumedRequest(document: unknown, ref: ObjectRef, assumptions: Assumptions): AdmissionRequest {
  const { uid, dryRun, world } = assumptions;
  const held = heldVersion(ref.apiVersion, ref.kind)?.held;
  const old = held === undefined ? undefined : world.object(held.kind, ref.namespace, ref.name);
  // The mesh always has a configuration, if only Istio's defaults.
  const isNew = old === undefined && !(ref.kind === 'ConfigMap' && ref.name === MESH_CONFIG_MAP);
  const operation = assumptions.operation ?? (isNew ? 'CREATE' : 'UPDATE');
  const kind = groupVersionKind(ref);
  return {
    uid,
    kind,
    resource: { group: kind.group, version: kind.version, resource: held?.plural ?? '' },
    namespace: ref.namespace,
    name: ref.name,
    operation,
    username: '',
    dryRun,
    object: operation === 'DELETE' ? null : stored(document, old),
    // The judgement takes it from the world.
    oldObject: null,
    ...(holdsPoison(document) ? { keysDropped: true } : {}),
  };
}

function groupVersionKind({ apiVersion, kind }: ObjectRef): GroupVersionKind {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion, kind }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1), kind };
}

/** An update keeps the time of creation of what is stored, whatever the manifest says: Istio goes by it. */
function stored(document: unknown, old: MeshObject | undefined): unknown {
  if (old === undefined || !isRecord(document) || !isRecord(document['metadata'])) return document;
  const { createdAt } = old.metadata;
  const creationTimestamp = Number.isFinite(createdAt) ? new Date(createdAt).toISOString() : null;
  return { ...document, metadata: { ...document['metadata'], creationTimestamp } };
}

/** The keys that the server's reader of bytes drops, and says so (`keysDropped`). */
function holdsPoison(document: unknown): boolean {
  const left = [document];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (Array.isArray(value)) left.push(...value.filter((item: unknown) => item !== undefined));
    if (!isRecord(value)) continue;
    if (Object.hasOwn(value, '__proto__')) return true;
    const maker: unknown = Object.hasOwn(value, 'constructor') ? value.constructor : undefined;
    if (isRecord(maker) && Object.hasOwn(maker, 'prototype')) return true;
    left.push(...Object.values(value).filter((item) => item !== undefined));
  }
  return false;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
