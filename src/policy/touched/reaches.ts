import { overlaps, serviceHost } from '../../mesh/host.js';
import type { DestinationRule } from '../../mesh/kinds/destination-rule.js';
import type { Gateway } from '../../mesh/kinds/gateway.js';
import type { ServiceEntry } from '../../mesh/kinds/service-entry.js';
import type { Service } from '../../mesh/kinds/service.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { JudgedObject } from '../../mesh/judged-object.js';
import { selects, type Labels } from '../../mesh/metadata.js';
import { declarationsOf } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import { overlappingNames } from '../../routing/view/routes.js';
import type { ObjectChange, Worlds } from '../change.js';
import { changedSubsets, hostOf } from './changed-subsets.js';
import { changedServerHosts } from './changed-servers.js';
import { movedRoutes } from './moved-routes.js';
import { neighbourReaches } from './port-neighbours.js';
import { Reach, rootsOf } from './reach.js';

/** What a change reaches, a reach for what it is about and one for each VirtualService that it moves. */
export function reachesOf(worlds: Worlds, change: ObjectChange): Iterable<Reach> {
  const reaches = new Reaches(worlds);
  const objects = [change.old, change.object].filter((one) => one !== undefined);
  const rules = objects.filter((one) => one.kind === 'DestinationRule');
  if (rules.length > 0) reaches.addRules(rules, change);
  const gateways = objects.filter((one) => one.kind === 'Gateway');
  if (gateways.length > 0) reaches.addGateways(gateways);
  for (const object of objects) reaches.add(object);
  return reaches.all();
}

class Reaches {
  readonly #worlds: readonly World[];
  readonly #both: Worlds;
  readonly #own = new Reach();
  readonly #beside: Reach[] = [];
  readonly #routes = new Map<VirtualService, Reach>();

  constructor(worlds: Worlds) {
    this.#both = worlds;
    this.#worlds = [worlds.before, worlds.after];
  }

  all(): Iterable<Reach> {
    return [this.#own, ...this.#beside, ...this.#routes.values()];
  }

  add(object: JudgedObject): void {
    for (const world of this.#worlds) {
      switch (object.kind) {
        case 'ServiceEntry':
        case 'Service':
          this.#addService(world, object);
          break;
        case 'VirtualService':
          for (const root of rootsOf(world, object)) this.#own.addRoute(world, root);
          break;
        case 'WorkloadEntry':
          for (const host of selectedBy(world, object.metadata.namespace, object.spec.labels)) {
            this.#own.addHost(world, host);
            this.#addRoutesTo(host, undefined);
          }
          break;
        default:
          break;
      }
    }
  }

  /** The services of a host that DestinationRules are for, and what is routed to the subsets that change. */
  addRules(rules: readonly DestinationRule[], change: ObjectChange): void {
    const subsets = changedSubsets(this.#both, change);
    const names = new Set<string>();
    for (const world of this.#worlds) {
      for (const rule of rules) {
        for (const name of overlappingNames(world.declarations, hostOf(rule, world))) {
          names.add(name);
          // The service itself is called without a subset.
          if (subsets === undefined) this.#own.addHost(world, name);
        }
      }
    }
    for (const name of names) this.#addRoutesTo(name, subsets);
  }

  /** What is routed through Gateways, as far as their servers change. */
  addGateways(gateways: readonly Gateway[]): void {
    const hosts = changedServerHosts(gateways);
    for (const world of this.#worlds) {
      for (const { metadata } of gateways) {
        let count = 0;
        for (const route of world.boundRoutes.of(`${metadata.namespace}/${metadata.name}`)) {
          if (!route.spec.hosts.some((host) => hosts.some((one) => overlaps(one, host)))) continue;
          for (const root of rootsOf(world, route)) this.#addRoute(root);
          // No change behind the gateway makes a call leave from the sidecar: only warnings are counted here.
          if (++count >= MOST_ROUTES_BEHIND) break;
        }
      }
    }
  }

  #addService(world: World, object: ServiceEntry | Service): void {
    for (const declaration of declarationsOf(object, world.mesh)) {
      this.#own.addDeclaration(declaration);
      this.#own.addHost(world, declaration.host);
      this.#addRoutesTo(declaration.host, undefined);
      for (const reach of neighbourReaches(world, declaration)) this.#beside.push(reach);
      // A VirtualService acts for its other hosts and SNIs where one of its hosts is a service.
      for (const name of overlappingNames(world.routes, declaration.host)) {
        for (const route of world.routes.of(name)) this.#addRoute(route);
      }
    }
    if (object.kind === 'Service' && object.spec.externalName !== undefined)
      this.#own.addHost(world, object.spec.externalName);
  }

  /** All that is routed to a host: what changes with its clusters. */
  #addRoutesTo(host: string, subsets: ReadonlySet<string> | undefined): void {
    for (const route of movedRoutes(this.#both, host, subsets)) this.#addRoute(route);
  }

  #addRoute(route: VirtualService): void {
    if (this.#routes.has(route)) return;
    const reach = new Reach();
    for (const world of this.#worlds) reach.addRoute(world, route);
    this.#routes.set(route, reach);
  }
}

/** A Gateway for everybody's hosts has as many routes as the mesh has hosts. */
const MOST_ROUTES_BEHIND = 200;

/** The hosts of the services that a workload of these labels joins. */
function selectedBy(world: World, namespace: string, labels: Labels): readonly string[] {
  const entries = world.selectingEntries
    .of(namespace)
    .filter(({ spec }) => spec.workloadSelector !== undefined && selects(spec.workloadSelector, labels))
    .flatMap(({ spec }) => spec.hosts);
  const services = world.services
    .of(namespace)
    .filter(({ spec }) => spec.selector !== undefined && selects(spec.selector, labels))
    .map(({ metadata }) => serviceHost(metadata.name, namespace, world.mesh.domain));
  return [...entries, ...services];
}
