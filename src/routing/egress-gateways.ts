import type { Service } from '../mesh/kinds/service.js';
import type { World } from '../mesh/world/world.js';

/** Which Services are egress gateways: the policy's to say. */
export type IsEgressGateway = (service: Service) => boolean;

/** The egress gateway whose Service has this host name, if there is such a Service and the policy names it. */
export function egressGatewayNamed(world: World, isEgressGateway: IsEgressGateway, host: string): Service | undefined {
  const suffix = `.svc.${world.mesh.domain}`;
  if (!host.endsWith(suffix)) return undefined;
  const [name, namespace, ...rest] = host.slice(0, -suffix.length).split('.');
  if (name === undefined || namespace === undefined || rest.length > 0) return undefined;
  const service = world.object('Service', namespace, name);
  return service?.kind === 'Service' && isEgressGateway(service) ? service : undefined;
}
