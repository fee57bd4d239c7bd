import type { Labels } from '../../mesh/metadata.js';
import type { World } from '../../mesh/world/world.js';
import { mergedService, type ClusterProxy, type ClusterService } from '../destination/cluster.js';
import { namedBy, type NamedService } from '../destination/route-ways.js';
import { remembered, WorldMemory } from '../memory.js';
import type { ClusterOutcome } from '../outcome.js';
import { RouteView } from '../view/routes.js';
import { scopeOf, sidecarOf, type Scope } from '../view/scope.js';
import { ServiceView } from '../view/services.js';
import type { EgressView } from './egress-view.js';
import { importedDestination, preferred } from './imported-destinations.js';

/** A pod's sidecar: its scope and, opened as they are needed, the views through its egress entries. */
export class SidecarProxy implements ClusterProxy {
  readonly kind = 'sidecar';
  readonly world: World;
  readonly namespace: string;
  readonly labels: Labels;
  readonly scope: Scope;
  readonly #views: ScopeViews;
  #clusters: Map<string, ClusterOutcome> | undefined;

  constructor(world: World, namespace: string, labels: Labels) {
    const sidecar = sidecarOf(world, namespace, labels);
    this.world = world;
    this.namespace = namespace;
    this.labels = labels;
    const key =
      sidecar === undefined ? namespace : `${namespace} ${sidecar.metadata.namespace}/${sidecar.metadata.name}`;
    const known = VIEWS.of(world);
    this.#views =
      known.get(key) ??
      remembered(known, key, () => new ScopeViews(world, namespace, scopeOf(world, sidecar, namespace)));
    this.scope = this.#views.scope;
  }

  get clusters(): Map<string, ClusterOutcome> {
    return (this.#clusters ??= new Map());
  }

  /** The entry that names the port, and the one that names none (T1.2). Without a Sidecar all is seen through one view. */
  viewsForPort(port: number): { readonly ported: EgressView | undefined; readonly portless: EgressView | undefined } {
    return {
      ported: this.#views.all.find(({ entry }) => entry?.port?.number === port),
      portless: this.#views.all.find(({ entry }) => entry?.port === undefined),
    };
  }

  /** The view of a sidecar whose scope no Sidecar narrows. */
  get wholeView(): EgressView | undefined {
    return this.scope.egress === undefined ? this.#views.all[0] : undefined;
  }

  clusterService(host: string, port: number): ClusterService | undefined {
    return this.#views.clusterService(host, port);
  }

  /** The service that a TLS or TCP destination means (`SidecarScope.GetService`). */
  namedService(host: string): NamedService | undefined {
    const imported = this.#views.services(host);
    if (imported.length > 0) return namedBy(imported);
    const hidden = preferred(this.world, this.namespace, host);
    return hidden === undefined ? undefined : namedBy(hidden.ports.map((port) => ({ declaration: hidden, port })));
  }
}

/** The views of all pods that share a namespace and a Sidecar. */
class ScopeViews {
  readonly scope: Scope;
  readonly all: readonly EgressView[];
  readonly #world: World;
  readonly #namespace: string;
  readonly #services = new Map<string, readonly ClusterService[]>();

  constructor(world: World, namespace: string, scope: Scope) {
    this.#world = world;
    this.#namespace = namespace;
    this.scope = scope;
    this.all = (scope.egress ?? [undefined]).map((entry) => ({
      entry,
      services: new ServiceView(world, namespace, entry, true),
      routes: new RouteView(world, namespace, 'sidecar', entry),
    }));
  }

  /** The ports of a service that is imported, each with the declaration that gives its cluster. */
  services(host: string): readonly ClusterService[] {
    return this.#services.get(host) ?? remembered(this.#services, host, () => mergedService(this.#declared(host)));
  }

  clusterService(host: string, port: number): ClusterService | undefined {
    const imported = this.services(host);
    for (const one of imported) if (one.port.number === port) return aliasless(one);
    const base = imported[0]?.declaration;
    return aliasless(importedDestination(this.#world, this.#namespace, this.all, base, host, port));
  }

  /** Through an entry with a port a service has that port alone. */
  *#declared(host: string) {
    for (const { entry, services } of this.all) {
      for (const declaration of services.declared(host)) {
        const only = entry?.port?.number;
        yield only === undefined
          ? declaration
          : { ...declaration, ports: declaration.ports.filter(({ number }) => number === only) };
      }
    }
  }
}

/** An ExternalName Service has no cluster of its own. */
function aliasless(service: ClusterService | undefined): ClusterService | undefined {
  return service?.declaration.resolution === 'ALIAS' ? undefined : service;
}

/** The views of a scope are remembered as long as the world does not change. */
const VIEWS = new WorldMemory<ScopeViews>();
