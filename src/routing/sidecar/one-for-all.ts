import { parseAddress } from '../../mesh/address.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { hasGatewaySemantics } from '../../mesh/route-semantics.js';
import type { World } from '../../mesh/world/world.js';
import { exported } from '../view/visibility.js';
import { isEverybodys } from '../view/services.js';
import { serviceNames } from './aliases.js';
import { hostOf } from './http-host.js';

/**
 * Whether a name is one service's and one VirtualService's for all pods without a Sidecar, may mean nothing else to any of them, and
 * has routes that ask for nothing of the pod.
 */
export function isOneForAll(world: World, host: string): boolean {
  const { mesh, routes, shoutedRoutes, shoutedDeclarations } = world;
  if (host !== hostOf(host) || parseAddress(host) !== undefined) return false;
  // A name without a dot means another service in each namespace; one with a dot can mean a service beside the host.
  if (!host.includes('.') || !serviceNames(host, '', mesh.domain).every((name) => isNoOther(world, name, host)))
    return false;
  if (shoutedDeclarations.of(host).length > 0 || shoutedRoutes.of(host).length > 0) return false;
  const [route, ...others] = routes.of(host);
  return isDeclaredForAll(world, host) && route !== undefined && others.length === 0 && isRouteForAll(world, route);
}

/** Whether `name` is that of no service, or the host's own and no alias's. */
function isNoOther(world: World, name: string, host: string): boolean {
  return world.declarations.of(name).every(({ resolution }) => name === host && resolution !== 'ALIAS');
}

/** Whether every pod without a Sidecar sees the same of a host's declarations: none, or the only one. */
export function isDeclaredForAll(world: World, host: string): boolean {
  const declarations = world.declarations.of(host);
  return declarations.length < 2 && declarations.every(isEverybodys);
}

function isRouteForAll(world: World, route: VirtualService): boolean {
  if (hasGatewaySemantics(route)) return false;
  if (!exported(route.spec.exportTo, world.mesh.defaultVirtualServiceExportTo).includes('*')) return false;
  return route.spec.http.every(
    ({ delegate, match }) =>
      delegate === undefined &&
      match.every(
        ({ sourceNamespace, sourceLabels }) => sourceNamespace === undefined && Object.keys(sourceLabels).length === 0,
      ),
  );
}
