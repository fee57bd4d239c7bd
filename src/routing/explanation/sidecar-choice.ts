import type { Sidecar } from '../../mesh/kinds/sidecar.js';
import { selects } from '../../mesh/metadata.js';
import type { SidecarProxy } from '../sidecar/sidecar-proxy.js';
import { step, type Loser, type StepOf } from './step.js';

/** Which Sidecar object says what the pod sees, and which others there are (T1.1). */
export function sidecarStep(proxy: SidecarProxy): StepOf<'sidecar'> {
  const { world, namespace, scope } = proxy;
  const { sidecar } = scope;
  if (sidecar === undefined) return step('sidecar', 'everything', undefined, { namespace }, losers(proxy, sidecar));
  const { workloadSelector } = sidecar.spec;
  if (workloadSelector !== undefined) {
    const at = { object: sidecar, field: 'spec.workloadSelector' };
    return step('sidecar', 'sidecar-for-pods', at, { namespace }, losers(proxy, sidecar));
  }
  const isOwn = sidecar.metadata.namespace === namespace;
  const reason = isOwn ? 'sidecar-of-namespace' : 'sidecar-of-root';
  const values = { namespace, root: world.mesh.rootNamespace };
  return step('sidecar', reason, { object: sidecar, field: 'spec.egress' }, values, losers(proxy, sidecar));
}

function losers(proxy: SidecarProxy, winner: Sidecar | undefined): readonly Loser[] {
  const { world, namespace } = proxy;
  const { rootNamespace } = world.mesh;
  // One of the root namespace that has a selector is for the root namespace's own pods.
  const ofRoot = world.sidecars.of(rootNamespace).filter(({ spec }) => spec.workloadSelector === undefined);
  const all = [...world.sidecars.of(namespace), ...(namespace === rootNamespace ? [] : ofRoot)];
  return all.filter((one) => one !== winner).map((one) => loser(one, winner, proxy));
}

function loser(object: Sidecar, winner: Sidecar | undefined, { labels }: SidecarProxy): Loser {
  const { workloadSelector } = object.spec;
  const field = placeOf(object);
  if (winner === undefined || (workloadSelector !== undefined && !selects(workloadSelector, labels))) {
    return { object, field, reason: 'other-pods' };
  }
  const by = { object: winner, field: 'metadata.creationTimestamp' };
  const closer =
    winner.metadata.namespace !== object.metadata.namespace ||
    (winner.spec.workloadSelector !== undefined && workloadSelector === undefined);
  return closer
    ? { object, field, reason: 'less-specific', by: { object: winner, field: placeOf(winner) } }
    : { object, field: 'metadata.creationTimestamp', reason: 'younger', by };
}

function placeOf({ spec }: Sidecar): string {
  return spec.workloadSelector === undefined ? 'metadata.namespace' : 'spec.workloadSelector';
}
