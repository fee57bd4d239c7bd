import { covers } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { scopeOf, sidecarOf } from '../../routing/view/scope.js';
import { callerOf, openView } from '../leads.js';
import { nameOf } from '../object-name.js';
import { isSubject, type Leak, type LeakExplanation } from './leak.js';
import type { Standing } from './standing.js';

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

/** The egress entry of the client's Sidecar through which it looks for routes on the port. */
function unimported(leak: Leak, standing: Standing, route: VirtualService): LeakExplanation | undefined {
  const { world } = leak.scene.topology;
  const { namespace, labels } = leak.traced.client;
  const { host, port } = leak.traced.touched.call;
  const sidecar = sidecarOf(world, namespace, labels);
  if (sidecar === undefined) return undefined;
  const entries = scopeOf(world, sidecar, namespace).egress ?? [];
  const entry = entries.find((one) => one.port?.number === port) ?? entries.find((one) => one.port === undefined);
  const name = route.spec.hosts.find((one) => covers(one.toLowerCase(), host.toLowerCase())) ?? host;
  return {
    message: 'sidecar-scope',
    object: sidecar,
    field: entry === undefined ? 'spec.egress' : `spec.egress[${entry.index}].hosts`,
    values: {
      ...standing.values,
      route: nameOf(route),
      sidecar: nameOf(sidecar),
      import: `${route.metadata.namespace}/${name}`,
    },
  };
}
