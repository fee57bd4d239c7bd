import type { Call } from '../call.js';
import { plannedWays, type DestinationReading, type PlannedWay } from '../destination/route-ways.js';
import { hopped, withHop } from '../hop.js';
import { rulesOf } from '../http-routes.js';
import { WorldMemory } from '../memory.js';
import type { Topology } from '../topology.js';
import type { Way } from '../way.js';
import { Footing, type Foothold } from './footing.js';
import type { EgressView } from './egress-view.js';
import { httpReading, unrouted } from './http-host.js';
import { httpListens } from './listener.js';
import { isDeclaredForAll, isOneForAll } from './one-for-all.js';
import type { SidecarProxy } from './sidecar-proxy.js';
import { VirtualHosts } from './virtual-host.js';

/**
 * HTTP hosts of one world whose routes are the same for every pod without a Sidecar, whatever its namespace and labels: nearly all
 * that a mesh has for outside names. As istiod makes the routes of such a host once for all proxies, so are they made once here, and
 * kept as long as the world does not change. What is asked for each pod is only on what ground it has their clusters.
 *
 * A trace of another host waits mostly for memory, as it goes from index to index and from object to object. So what a call reads of
 * a host that is kept here stands in arrays, at the host's number: no object of the host is touched but its name.
 */
export class CommonHosts {
  static of({ world, isEgressGateway }: Topology): CommonHosts {
    const memory = MEMORY.of(world);
    const known = memory.get('');
    if (known !== undefined && known.#isEgressGateway === isEgressGateway) return known;
    // Another policy: others are egress gateways.
    const made = new CommonHosts(isEgressGateway);
    memory.set('', made);
    return made;
  }

  readonly #isEgressGateway: Topology['isEgressGateway'];
  readonly #ports = new Map<number, HostsOfPort>();
  #asked = 0;

  private constructor(isEgressGateway: Topology['isEgressGateway']) {
    this.#isEgressGateway = isEgressGateway;
  }

  /** The ways of plaintext HTTP to such a host; undefined for any other call. */
  ways(topology: Topology, proxy: SidecarProxy, call: Call): readonly Way[] | undefined {
    if (call.protocol !== 'http' || call.address !== undefined) return undefined;
    if (this.#asked < SEVERAL) {
      this.#asked++;
      return undefined;
    }
    const view = proxy.wholeView;
    if (view === undefined || !httpListens(view.services, call.port)) return undefined;
    let hosts = this.#ports.get(call.port);
    if (hosts === undefined) this.#ports.set(call.port, (hosts = new HostsOfPort()));
    return hosts.ways(topology, proxy, view, call);
  }
}

const MEMORY = new WorldMemory<CommonHosts>();

/** After so many calls a world is one of which more will be asked: in most overlays nothing is worth keeping. */
export const SEVERAL = 8;

/** How many hosts are kept: beyond it all are forgotten, which costs only that they are found again. */
const MOST = 30_000;
/** Of one host: a VirtualService with very many rules is not kept a second time. */
const MOST_WAYS = 16;
/** Stands in the place of the number of a host that pods have in different ways. */
const DIFFERS = -1;
const NOT_YET: readonly Way[] = Object.freeze([]);

class HostsOfPort {
  readonly #numbers = new Map<string, number>();
  readonly #footings = new Map<string, Footing>();
  /** By number: the ground on which a pod last had the clusters of the ways, */
  #foothold: Foothold[] = [];
  /** the ways on that ground, */
  #ways: (readonly Way[])[] = [];
  /** and the ways as they are written. */
  #planned: (readonly PlannedWay[])[] = [];

  ways(topology: Topology, proxy: SidecarProxy, view: EgressView, call: Call): readonly Way[] | undefined {
    const number = this.#numbers.get(call.host) ?? this.#numbered(proxy, view, call);
    const last = number === DIFFERS ? undefined : this.#foothold[number];
    if (last === undefined) return undefined;
    const foothold = last.footing.of(proxy);
    if (last !== foothold || this.#ways[number] === NOT_YET) {
      this.#foothold[number] = foothold;
      this.#ways[number] = waysOn(topology, proxy, foothold, this.#planned[number] ?? [], call);
    }
    return this.#ways[number];
  }

  #numbered(proxy: SidecarProxy, view: EgressView, { host, port }: Call): number {
    // Names that no object declares, which whoever calls may invent, are not remembered.
    const name = proxy.world.declarations.of(host)[0]?.host;
    if (name === undefined) return DIFFERS;
    if (this.#numbers.size >= MOST) this.#forget();
    const planned = plannedForAll(proxy, view, name, port);
    if (planned === undefined) {
      this.#numbers.set(host, DIFFERS);
      return DIFFERS;
    }
    const number = this.#planned.push(planned) - 1;
    this.#foothold[number] = this.#footing(planned).of(proxy);
    this.#ways[number] = NOT_YET;
    this.#numbers.set(host, number);
    return number;
  }

  /** One for all hosts whose ways lead to the same services. */
  #footing(planned: readonly PlannedWay[]): Footing {
    const services = planned.flatMap((way) => ('key' in way ? [way.key] : []));
    const key = services.map(({ host, port }) => `${host}:${port}`).join();
    const known = this.#footings.get(key);
    if (known !== undefined) return known;
    const made = new Footing(services);
    this.#footings.set(key, made);
    return made;
  }

  #forget(): void {
    this.#numbers.clear();
    this.#footings.clear();
    this.#foothold = [];
    this.#ways = [];
    this.#planned = [];
  }
}

/** The ways of a host as one pod has them, which are those of all where nothing that was asked on the way depends on the pod. */
function plannedForAll(
  proxy: SidecarProxy,
  view: EgressView,
  host: string,
  port: number,
): readonly PlannedWay[] | undefined {
  const { world, labels } = proxy;
  if (!isOneForAll(world, host)) return undefined;
  const found = new VirtualHosts(view, port, labels).find(host);
  if (found?.route === undefined || found.service === undefined) return undefined;
  const named = new Set<string>();
  const reading = httpReading(proxy, view, port);
  const noted: DestinationReading = {
    ...reading,
    service: (name, route) => {
      named.add(name);
      return reading.service(name, route);
    },
  };
  const ways = rulesOf(found.kept).flatMap((kept) => plannedWays(kept, noted));
  if (ways.length > MOST_WAYS || ![...named].every((name) => isDeclaredForAll(world, name))) return undefined;
  const rest = unrouted(found);
  return rest === undefined ? ways : [...ways, rest];
}

function waysOn(
  topology: Topology,
  proxy: SidecarProxy,
  foothold: Foothold,
  planned: readonly PlannedWay[],
  call: Call,
): readonly Way[] {
  let cluster = 0;
  const ways = planned.map((way) =>
    'key' in way
      ? { outcome: foothold.cluster(proxy, cluster++, way.key, way.mirror), source: way.source, host: way.host }
      : way,
  );
  return hopped(ways, (way) => withHop(topology, way, call, undefined));
}
