import { covers, overlaps } from '../../mesh/host.js';
import type { OutboundTrafficPolicy, Sidecar } from '../../mesh/kinds/sidecar.js';
import { selects, type Labels } from '../../mesh/metadata.js';
import type { Protocol } from '../../mesh/protocol.js';
import type { World } from '../../mesh/world/world.js';

/** What the Sidecar object of a pod, or its absence, lets it see. */
export interface Scope {
  /** The object that decides; undefined where none does. */
  readonly sidecar: Sidecar | undefined;
  /** Undefined: everything. */
  readonly egress: readonly EgressEntry[] | undefined;
  readonly policy: OutboundTrafficPolicy;
}

/** One `egress` entry of a Sidecar. */
export interface EgressEntry {
  readonly index: number;
  readonly port: { readonly number: number; readonly protocol: Protocol } | undefined;
  readonly bind: string | undefined;
  readonly imports: readonly Import[];
}

export interface Import {
  /** A namespace, or `*` for any. */
  readonly namespace: string;
  readonly host: string;
}

/**
 * The Sidecar of a pod (T1.1): of its namespace, those whose selector fits, oldest first, else those without one; else the oldest
 * of the root namespace without one (`getSidecarScope` in istiod).
 */
export function sidecarOf(world: World, namespace: string, labels: Labels): Sidecar | undefined {
  const own = world.sidecars.of(namespace);
  const { rootNamespace } = world.mesh;
  if (own.length > 0) {
    const fitting = own.find(
      ({ spec }) => spec.workloadSelector !== undefined && selects(spec.workloadSelector, labels),
    );
    const chosen = fitting ?? own.find(({ spec }) => spec.workloadSelector === undefined);
    if (chosen !== undefined) return chosen;
  }
  return world.sidecars.of(rootNamespace).find(({ spec }) => spec.workloadSelector === undefined);
}

/** What `sidecar` lets a pod of `namespace` see (`convertToSidecarScope`). */
export function scopeOf(world: World, sidecar: Sidecar | undefined, namespace: string): Scope {
  const standard = { mode: world.mesh.outboundTrafficPolicy, egressProxy: undefined };
  if (sidecar === undefined) return { sidecar, egress: undefined, policy: standard };
  const { egress, outboundTrafficPolicy } = sidecar.spec;
  return {
    sidecar,
    egress:
      egress.length === 0
        ? undefined
        : egress.map(({ port, bind, hosts }, index) => ({
            index,
            port,
            bind,
            imports: hosts.flatMap((host) => importOf(host, namespace)),
          })),
    policy: outboundTrafficPolicy ?? standard,
  };
}

function importOf(written: string, namespace: string): readonly Import[] {
  const slash = written.indexOf('/');
  const from = written.slice(0, slash);
  if (from === '~') return [];
  return [{ namespace: from === '.' ? namespace : from, host: written.slice(slash + 1) }];
}

/** Whether an entry imports the service `host` of `owner` (T1.3): containment. */
export function importsService(entry: EgressEntry | undefined, owner: string, host: string): boolean {
  return entry === undefined || entry.imports.some((one) => isFrom(one, owner) && covers(one.host, host));
}

/** Whether an entry imports a VirtualService of `owner` with these hosts (T1.5): overlap with any of them. */
export function importsRoute(entry: EgressEntry | undefined, owner: string, hosts: readonly string[]): boolean {
  if (entry === undefined) return true;
  return entry.imports.some((one) => isFrom(one, owner) && hosts.some((host) => overlaps(one.host, host)));
}

/** As `importsRoute` for a VirtualService with gateway semantics (A3): containment. */
export function importsDerivedRoute(entry: EgressEntry | undefined, owner: string, hosts: readonly string[]): boolean {
  if (entry === undefined) return true;
  return entry.imports.some((one) => isFrom(one, owner) && hosts.some((host) => covers(one.host, host)));
}

function isFrom(one: Import, owner: string): boolean {
  return one.namespace === '*' || one.namespace === owner;
}
