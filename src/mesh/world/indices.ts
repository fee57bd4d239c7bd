import { DEFAULT_MESH, type MeshConfig } from '../kinds/mesh-config.js';
import type { MeshObject } from '../mesh-object.js';
import { GatewayIndices } from './gateway-indices.js';
import { GuardIndices } from './guard-indices.js';
import { RouteIndices } from './route-indices.js';
import { RuleIndices } from './rule-indices.js';
import { ServiceIndices } from './service-indices.js';
import { WorkloadIndices } from './workload-indices.js';

/** What stands in the place of indices that nothing was put into: a layer of one change makes those of its kind alone. */
export const NO_SERVICES = new ServiceIndices(DEFAULT_MESH);
export const NO_ROUTES = new RouteIndices(DEFAULT_MESH);
export const NO_RULES = new RuleIndices(DEFAULT_MESH);
export const NO_GATEWAYS = new GatewayIndices();
export const NO_GUARDS = new GuardIndices();
export const NO_WORKLOADS = new WorkloadIndices();

/** The indices of a world, or of one layer of changes. Every object must be taken out with the mesh that it was put in with. */
export class Indices {
  readonly #mesh: MeshConfig;
  #services: ServiceIndices | undefined;
  #routes: RouteIndices | undefined;
  #rules: RuleIndices | undefined;
  #gateways: GatewayIndices | undefined;
  #workloads: WorkloadIndices | undefined;
  #guards: GuardIndices | undefined;

  constructor(mesh: MeshConfig) {
    this.#mesh = mesh;
  }

  get services(): ServiceIndices {
    return this.#services ?? NO_SERVICES;
  }
  get routes(): RouteIndices {
    return this.#routes ?? NO_ROUTES;
  }
  get rules(): RuleIndices {
    return this.#rules ?? NO_RULES;
  }
  get gateways(): GatewayIndices {
    return this.#gateways ?? NO_GATEWAYS;
  }
  get workloads(): WorkloadIndices {
    return this.#workloads ?? NO_WORKLOADS;
  }
  get guards(): GuardIndices {
    return this.#guards ?? NO_GUARDS;
  }

  add(object: MeshObject): void {
    switch (object.kind) {
      case 'ServiceEntry':
      case 'Service':
        (this.#services ??= new ServiceIndices(this.#mesh)).add(object);
        return;
      case 'VirtualService':
        (this.#routes ??= new RouteIndices(this.#mesh)).add(object);
        return;
      case 'DestinationRule':
        (this.#rules ??= new RuleIndices(this.#mesh)).add(object);
        return;
      case 'Gateway':
        (this.#gateways ??= new GatewayIndices()).add(object);
        return;
      case 'Sidecar':
      case 'WorkloadEntry':
        (this.#workloads ??= new WorkloadIndices()).add(object);
        return;
      case 'EgressExemption':
      case 'NetworkPolicy':
        (this.#guards ??= new GuardIndices()).add(object);
        return;
      case 'Namespace':
      case 'EnvoyFilter':
        return;
    }
  }

  /** The very object that was put in. */
  remove(object: MeshObject): void {
    switch (object.kind) {
      case 'ServiceEntry':
      case 'Service':
        this.#services?.remove(object);
        return;
      case 'VirtualService':
        this.#routes?.remove(object);
        return;
      case 'DestinationRule':
        this.#rules?.remove(object);
        return;
      case 'Gateway':
        this.#gateways?.remove(object);
        return;
      case 'Sidecar':
      case 'WorkloadEntry':
        this.#workloads?.remove(object);
        return;
      case 'EgressExemption':
      case 'NetworkPolicy':
        this.#guards?.remove(object);
        return;
      case 'Namespace':
      case 'EnvoyFilter':
        return;
    }
  }
}
