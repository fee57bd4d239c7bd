import type { Labels } from '../../mesh/metadata.js';
import type { Sidecar } from '../../mesh/kinds/sidecar.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { SidecarProxy } from '../sidecar/sidecar-proxy.js';
import { exported, visibilityOf } from '../view/visibility.js';
import { bytesHost, type CallWay } from './call-way.js';
import { labelSets, type Choice } from './label-sets.js';
import type { SourceCondition } from './mesh-rules.js';
import { OTHER } from './other.js';
import { allTakingBytes, takesBytes } from './port-services.js';
import { ruleDigests } from './rule-digest.js';

export interface Choices {
  readonly choices: readonly Choice[];
  /** Whether these are all of them: false where the namespace has more Sidecars than are looked into. */
  readonly complete: boolean;
}

/** Says what tells the pods of one namespace apart on a call's way. */
export class ChoiceFinder {
  readonly #way: CallWay;
  readonly #takesBytes: boolean;
  /** The VirtualServices on the way that ask for labels. */
  readonly #selective: readonly Selective[];
  #bytesAsk: boolean | undefined;

  constructor(way: CallWay) {
    this.#way = way;
    this.#takesBytes = takesBytes(way.world, way.target.port);
    this.#selective = [way.routes, way.rivals].flatMap((routes) => [...routes].flatMap((route) => this.#asking(route)));
  }

  /**
   * Which of a namespace's Sidecars is a pod's, which of its DestinationRules, and which of the routes that it sees are for it.
   *
   * @param most - how many kinds of pods with different Sidecars are looked into
   */
  choicesIn(namespace: string, most: number): Choices {
    const { world, clusters } = this.#way;
    const sidecars = world.sidecars.of(namespace);
    const selectors = sidecars.map(({ spec }) => spec.workloadSelector).filter((selector) => selector !== undefined);
    const choices: Choice[] = [selectors];
    const own = new Set<string>();
    const asking = [...this.#selective];
    for (const { spec } of sidecars) {
      const proxy = spec.outboundTrafficPolicy?.egressProxy;
      if (proxy !== undefined) this.#way.sendTo(proxy.host, own);
    }
    const { sets, complete } = this.#sendsBytesElsewhere(namespace) ? labelSets(choices, most) : NOBODY;
    for (const labels of sets)
      this.#follow(bytesHost(new SidecarProxy(world, namespace, labels), this.#way.target), own, asking);
    for (const hosts of [clusters, own]) {
      for (const host of hosts) {
        for (const digest of ruleDigests(world, namespace, host)) choices.push(digest.selectors);
      }
    }
    for (const { route, sources } of asking) {
      const { spec, metadata } = route;
      const exportTo = exported(spec.exportTo, world.mesh.defaultVirtualServiceExportTo);
      if (visibilityOf(exportTo, metadata.namespace, namespace) === undefined) continue;
      for (const one of sources) {
        if (one.namespace === undefined || one.namespace === namespace) choices.push([one.labels]);
      }
    }
    return { choices, complete };
  }

  /**
   * Whether it is worth the walk to the service that takes whatever bytes a pod of this namespace sends to the port: it may be
   * another than for others, and something may be said of it that tells the namespace's pods apart.
   */
  #sendsBytesElsewhere(namespace: string): boolean {
    const { world, target } = this.#way;
    const own = world.sidecars.of(namespace);
    const imposes = (sidecar: Sidecar): boolean => sidecar.spec.egress.some(({ port }) => port?.number === target.port);
    if (own.some(imposes) || world.sidecars.of(world.mesh.rootNamespace).some(imposes)) return true;
    if (!this.#takesBytes) return false;
    if (own.length === 0) return namespace !== OTHER;
    return world.destinationRules(namespace).size > 0 || this.#someAskOfBytes();
  }

  /** Whether a VirtualService for a service that takes whatever bytes asks for labels. */
  #someAskOfBytes(): boolean {
    if (this.#bytesAsk === undefined) {
      const routes = new Set<VirtualService>();
      for (const { host } of allTakingBytes(this.#way.world, this.#way.target.port))
        this.#way.routeService(host, routes);
      this.#bytesAsk = [...routes].some((route) => this.#asking(route).length > 0);
    }
    return this.#bytesAsk;
  }

  /** What a Sidecar hides leaves the bytes to another service: its routes and its cluster are on the way of these pods alone. */
  #follow(host: string | undefined, clusters: Set<string>, asking: Selective[]): void {
    const way = this.#way;
    if (host === undefined || way.served.has(host)) return;
    way.sendTo(host, clusters);
    const routes = new Set<VirtualService>();
    way.routeService(host, routes);
    for (const route of routes) {
      asking.push(...this.#asking(route));
      for (const one of way.rulesOf(route).destinations) way.sendTo(one, clusters);
    }
  }

  #asking(route: VirtualService): readonly Selective[] {
    const sources = this.#way.rulesOf(route).sources.filter(({ labels }) => !isEmpty(labels));
    return sources.length === 0 ? [] : [{ route, sources }];
  }
}

interface Selective {
  readonly route: VirtualService;
  readonly sources: readonly SourceCondition[];
}

const NOBODY = { sets: [], complete: true } as const;

function isEmpty(labels: Labels): boolean {
  return Object.keys(labels).length === 0;
}
