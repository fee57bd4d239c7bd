import { clusterOn, groundOf, type ClusterGround, type ClusterKey, type ClusterProxy } from '../destination/cluster.js';
import type { ClusterOutcome } from '../outcome.js';

/** The services to whose clusters the ways of a host lead, and the grounds on which pods have these. */
export class Footing {
  readonly #services: readonly Pick<ClusterKey, 'host' | 'port'>[];
  /** All different. Most pods have the same: DestinationRules of a client's own namespace are rare. */
  #found: Foothold[] = [];

  constructor(services: readonly Pick<ClusterKey, 'host' | 'port'>[]) {
    this.#services = services;
  }

  /** The same for two pods where they have all clusters alike. */
  of(proxy: ClusterProxy): Foothold {
    const grounds: ClusterGround[] = [];
    for (const { host, port } of this.#services) grounds.push(groundOf(proxy, host, port));
    for (const one of this.#found) if (one.is(grounds)) return one;
    const made = new Foothold(this, grounds);
    if (this.#found.length >= MOST) this.#found = [];
    this.#found.push(made);
    return made;
  }
}

const MOST = 64;

/** For each service of a footing the ground on which a pod has its clusters. */
export class Foothold {
  readonly footing: Footing;
  readonly #grounds: readonly ClusterGround[];

  constructor(footing: Footing, grounds: readonly ClusterGround[]) {
    this.footing = footing;
    this.#grounds = grounds;
  }

  is(grounds: readonly ClusterGround[]): boolean {
    for (let at = 0; at < grounds.length; at++) {
      const [one, mine] = [grounds[at], this.#grounds[at]];
      if (one?.declaration !== mine?.declaration || one?.port !== mine?.port || one?.rule !== mine?.rule) return false;
    }
    return true;
  }

  /** The cluster of the service at a place of the footing. */
  cluster(proxy: ClusterProxy, place: number, key: ClusterKey, mirror: boolean): ClusterOutcome {
    return clusterOn(proxy, this.#grounds[place] ?? groundOf(proxy, key.host, key.port), key, mirror);
  }
}
