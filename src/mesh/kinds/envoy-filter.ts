import { digestOf } from '../digest.js';
import type { Labels, Metadata } from '../metadata.js';
import type { Fields } from '../reading.js';

/** What Sallyport reads of an EnvoyFilter: where its patches apply. What they write is beyond any model of istiod's own output. */
export interface EnvoyFilter {
  readonly kind: 'EnvoyFilter';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: EnvoyFilterSpec;
}

export interface EnvoyFilterSpec {
  /** Undefined where it is for every proxy of its namespace, or of the mesh. */
  readonly workloadSelector: Labels | undefined;
  readonly patches: readonly EnvoyPatch[];
}

export interface EnvoyPatch {
  /** As written: `LISTENER`, `CLUSTER`, `HTTP_FILTER` and so on; empty where nothing is. */
  readonly applyTo: string;
  /** `ANY` where none is written. */
  readonly context: string;
  readonly operation: string;
  /** The same for the same patch. */
  readonly digest: string;
}

/** Reads the `spec` of an EnvoyFilter. */
export function readEnvoyFilterSpec(spec: Fields): EnvoyFilterSpec {
  return {
    workloadSelector: spec.object('workloadSelector')?.labels('labels', { nullAs: '' }),
    patches: spec.objects('configPatches', readPatch),
  };
}

function readPatch(patch: Fields): EnvoyPatch {
  return {
    applyTo: patch.text('applyTo') ?? '',
    context: patch.object('match')?.text('context') ?? 'ANY',
    operation: patch.object('patch')?.text('operation') ?? '',
    digest: digestOf(patch.raw()),
  };
}
