import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { exported, visibilityOf } from '../../routing/view/visibility.js';
import { callerOf, httpElimination } from '../leads.js';
import { nameOf } from '../object-name.js';
import type { Leak, LeakExplanation } from './leak.js';
import type { Standing } from './standing.js';

/** A rule that is for the client and the port, and is delegated to nobody: it vanishes, and what is behind it decides. */
export function undelegated(
  leak: Leak,
  standing: Standing,
  routes: readonly VirtualService[],
): LeakExplanation | undefined {
  for (const route of routes) {
    for (const [index, { match, delegate }] of route.spec.http.entries()) {
      if (delegate === undefined) continue;
      const isFor =
        match.length === 0 || match.some((one) => httpElimination(callerOf(leak), route, one) === undefined);
      if (!isFor) continue;
      const namespace = delegate.namespace ?? route.metadata.namespace;
      const values = {
        ...standing.values,
        route: nameOf(route),
        delegate: `VirtualService ${namespace}/${delegate.name}`,
        namespace: route.metadata.namespace,
        problem: problemOf(leak, route, namespace, delegate.name),
      };
      return { message: 'delegate', object: route, field: `spec.http[${index}].delegate`, values };
    }
  }
  return undefined;
}

/** Why istiod merges nothing of a delegate in, or nothing that takes the call (A6.8). */
function problemOf({ scene }: Leak, root: VirtualService, namespace: string, name: string): string {
  const { world } = scene.topology;
  const found = world.object('VirtualService', namespace, name);
  if (found?.kind !== 'VirtualService') return 'does not exist';
  if (found.spec.hosts.length > 0) return 'has hosts of its own, so it is no delegate';
  const exportTo = exported(found.spec.exportTo, world.mesh.defaultVirtualServiceExportTo);
  if (visibilityOf(exportTo, namespace, root.metadata.namespace) === undefined) {
    return `is not exported to namespace ${root.metadata.namespace}`;
  }
  return 'has no rule for the gateway that lies within the match of this one';
}
