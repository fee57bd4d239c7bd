import type { Service } from '../../mesh/kinds/service.js';
import { selects, type Labels } from '../../mesh/metadata.js';
import type { World } from '../../mesh/world/world.js';
import { mergedService, type ClusterProxy, type ClusterService } from '../destination/cluster.js';
import { namedBy, type NamedService } from '../destination/route-ways.js';
import { remembered, WorldMemory } from '../memory.js';
import type { ClusterOutcome } from '../outcome.js';
import { RouteView } from '../view/routes.js';
import { ServiceView } from '../view/services.js';
import type { Way } from '../way.js';

/** The pods behind an egress gateway's Service: their labels are its selector. */
export class GatewayProxy implements ClusterProxy {
  readonly kind = 'gateway';
  readonly world: World;
  readonly namespace: string;
  readonly labels: Labels;
  readonly services: ServiceView;
  readonly routes: RouteView;
  readonly clusters = new Map<string, ClusterOutcome>();
  /** What becomes of the connections that arrive, by all that is known of one. */
  readonly arrivals = new Map<string, readonly Way[]>();
  readonly #services = new Map<string, readonly ClusterService[]>();

  /** The configuration of a Service's pods, remembered as long as the world does not change. */
  static of(world: World, service: Service): GatewayProxy {
    const { namespace, name } = service.metadata;
    return PROXIES.get(world, `${namespace}/${name}`, () => new GatewayProxy(world, service));
  }

  private constructor(world: World, service: Service) {
    this.world = world;
    this.namespace = service.metadata.namespace;
    this.labels = service.spec.selector ?? {};
    this.services = new ServiceView(world, this.namespace, undefined, false);
    this.routes = new RouteView(world, this.namespace, 'gateway', undefined);
  }

  clusterService(host: string, port: number): ClusterService | undefined {
    const services = remembered(this.#services, host, () => mergedService(this.services.declared(host)));
    const found = services.find((one) => one.port.number === port);
    return found?.declaration.resolution === 'ALIAS' ? undefined : found;
  }

  /** The service that a destination means; for HTTP the one of the VirtualService's own namespace, where it is visible (T8.7). */
  namedService(host: string, owner?: string): NamedService | undefined {
    const visible = this.services.visible(this.world.declarations.of(host));
    const own = owner === undefined ? [] : visible.filter(({ namespace }) => namespace === owner);
    return namedBy(mergedService(own.length > 0 ? own : this.services.declared(host)));
  }

  /** The port that a Service's port reaches on the pods; undefined where the Service has no such port. */
  static targetPort(service: Service, port: number): number | undefined {
    const found = service.spec.ports.find(({ number }) => number === port);
    return found === undefined ? undefined : (found.targetPort ?? found.number);
  }

  /** The port numbers of servers that bind to `target` on these pods (T8.1; `resolvePorts` in istiod). */
  numbersBoundTo(target: number): readonly number[] {
    const ports = this.world.services
      .of(this.namespace)
      .filter(({ spec }) => spec.selector !== undefined && selects(spec.selector, this.labels))
      .flatMap(({ spec }) => spec.ports);
    const mapped = ports.filter((port) => (port.targetPort ?? port.number) === target).map(({ number }) => number);
    const own = ports.some(({ number }) => number === target) ? [] : [target];
    return [...new Set([...mapped, ...own])];
  }
}

const PROXIES = new WorldMemory<GatewayProxy>();
