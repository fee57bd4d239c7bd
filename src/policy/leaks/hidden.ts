import { covers } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { sidecarOf } from '../../routing/view/scope.js';
import { callerOf, openView } from '../leads.js';
import { nameOf } from '../object-name.js';
import { isSubject, type Leak, type LeakExplanation } from './leak.js';
import { viewOf, type Standing } from './standing.js';

/** What hides from the client's sidecar a VirtualService that leads to the gateway. */
export function hidden(leak: Leak, standing: Standing, route: VirtualService): LeakExplanation {
  const { object, field } = standing;
  const values = { ...standing.values, route: nameOf(route) };
  switch (openView(callerOf(leak)).hiddenBy(route)) {
    case 'mesh-not-listed':
      return { message: 'no-route/mesh-not-listed', object: route, field: 'spec.gateways', values };
    case undefined:
    case 'not-imported':
      return unimported(leak, standing, route) ?? { message: 'no-route', object, field, values };
    case 'not-exported':
    case 'delegate':
      return isSubject(leak, object)
        ? { message: 'not-exported', object, field, values }
        : { message: 'not-exported', object: route, field: 'spec.exportTo', values };
  }
}

/** The Sidecar's egress entry through which the client sees the service does not show it the VirtualService. */
function unimported(leak: Leak, standing: Standing, route: VirtualService): LeakExplanation | undefined {
  const { namespace, labels } = leak.traced.client;
  const { host } = leak.traced.touched.call;
  const sidecar = sidecarOf(leak.scene.topology.world, namespace, labels);
  const entry = viewOf(leak, standing)?.entry;
  if (sidecar === undefined || entry === undefined) return undefined;
  const name = route.spec.hosts.find((one) => covers(one.toLowerCase(), host.toLowerCase())) ?? host;
  return {
    message: 'sidecar-scope',
    object: sidecar,
    field: `spec.egress[${entry.index}].hosts`,
    values: {
      ...standing.values,
      route: nameOf(route),
      sidecar: nameOf(sidecar),
      import: `${route.metadata.namespace}/${name}`,
    },
  };
}
