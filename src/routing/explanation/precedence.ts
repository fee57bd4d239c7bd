import { covers } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { RouteView } from '../view/routes.js';
import type { Loser } from './step.js';

/** Why one of two VirtualServices that a proxy sees goes after the other (A3). */
export function outranked(view: RouteView, loser: VirtualService, winner: VirtualService): Loser {
  const [lower, higher] = [view.rank(loser), view.rank(winner)];
  if (visibilityClass(lower) > visibilityClass(higher)) {
    return { object: loser, field: 'spec.exportTo', reason: 'public', by: { object: winner, field: 'spec.exportTo' } };
  }
  if (lower > higher) {
    const by = { object: winner, field: 'metadata.annotations' };
    return { object: loser, field: 'metadata.annotations', reason: 'route-semantics', by };
  }
  const field = 'metadata.creationTimestamp';
  return { object: loser, field, reason: 'younger', by: { object: winner, field } };
}

/** Private, exported by name, public: in each, those with Istio's annotation have a rank of their own, before the others. */
function visibilityClass(rank: number): number {
  return Math.floor(rank / 2);
}

/** How close a pattern comes to a name: higher is closer, -1 where it does not cover it. Both are in lower case. */
export function closeness(patterns: readonly string[], name: string): number {
  let best = -1;
  for (const pattern of patterns) {
    const lower = pattern.toLowerCase();
    if (lower === name) return Number.POSITIVE_INFINITY;
    if (covers(lower, name) && lower.length > best) best = lower.length;
  }
  return best;
}
