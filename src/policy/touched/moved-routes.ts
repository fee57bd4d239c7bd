import { resolveHost } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { destinationsOf, subsetKey } from '../../mesh/world/facets.js';
import type { World } from '../../mesh/world/world.js';
import { classesOf } from '../../routing/classes.js';
import { clusterOf, type ClusterKey } from '../../routing/destination/cluster.js';
import type { ClusterOutcome } from '../../routing/outcome.js';
import { SidecarProxy } from '../../routing/sidecar/sidecar-proxy.js';
import type { Worlds } from '../change.js';
import { sameValue } from './changes-nothing.js';
import { rootsOf } from './reach.js';

/** With so few routes all are traced: that costs less than to find out which ones move. */
const FEW = 64;

/** How many of the routes whose calls do not leave the mesh are traced for the sake of warnings. */
const MOST_TOLD = 100;

/** A route and the clusters of one host that it sends calls to. */
interface Led {
  readonly route: VirtualService;
  readonly keys: readonly ClusterKey[];
}

/**
 * The VirtualServices that route to a host whose clusters may have changed, those that delegate to them included. A gateway's host has
 * as many as the mesh has hosts: of many, only those count whose own clusters come out differently. All that now lead outside come
 * first; of the others no more than a message can name.
 *
 * @param subsets - the only ones that changed; undefined where all may have
 */
export function movedRoutes(
  { before, after }: Worlds,
  host: string,
  subsets: ReadonlySet<string> | undefined,
): readonly VirtualService[] {
  const led = [before, after].flatMap((world) => ledTo(world, host, subsets));
  const moved = led.length <= FEW ? led : mostMoved({ before, after }, host, led);
  const roots = new Set(moved.flatMap(({ route }) => [before, after].flatMap((world) => rootsOf(world, route))));
  return [...roots];
}

function ledTo(world: World, host: string, subsets: ReadonlySet<string> | undefined): readonly Led[] {
  const found: Led[] = [];
  for (const route of candidates(world, host, subsets)) {
    const keys: ClusterKey[] = [];
    for (const { host: written, port, subset } of destinationsOf(route)) {
      if (subsets !== undefined && (subset === undefined || !subsets.has(subset))) continue;
      if (resolveHost(written, route.metadata.namespace, world.mesh.domain) !== host) continue;
      keys.push({ host, port: port ?? UNSAID, subset });
    }
    if (keys.length > 0) found.push({ route, keys });
  }
  return found;
}

function candidates(world: World, host: string, subsets: ReadonlySet<string> | undefined): Iterable<VirtualService> {
  if (subsets === undefined) return world.routesTo.of(host);
  return new Set([...subsets].flatMap((subset) => [...world.routesToSubset.of(subsetKey(host, subset))]));
}

/** A destination without a port: it is the one that the client dials. */
const UNSAID = 0;

function mostMoved({ before, after }: Worlds, host: string, led: readonly Led[]): readonly Led[] {
  const ports = after.declarations.of(host).flatMap((declaration) => declaration.ports.map(({ number }) => number));
  const clients = classesOf([before, after], host, ports[0] ?? UNSAID, undefined);
  const proxies = clients.map(({ namespace, labels }) => ({
    was: new SidecarProxy(before, namespace, labels),
    is: new SidecarProxy(after, namespace, labels),
  }));
  const known = new Map<string, Movement>();
  const movementOf = (key: ClusterKey): Movement => {
    const name = `${key.port} ${key.subset ?? ''}`;
    const found =
      known.get(name) ??
      worst(proxies.map(({ was, is }) => movement(clusterOf(was, key, false), clusterOf(is, key, false))));
    known.set(name, found);
    return found;
  };
  const outside: Led[] = [];
  const elsewhere: Led[] = [];
  for (const one of led) {
    const found = worst(
      one.keys
        .flatMap((key) => (key.port === UNSAID ? ports.map((port) => ({ ...key, port })) : [key]))
        .map(movementOf),
    );
    if (found === 'outside') outside.push(one);
    else if (found === 'elsewhere' && elsewhere.length < MOST_TOLD) elsewhere.push(one);
  }
  return [...outside, ...elsewhere];
}

type Movement = 'none' | 'elsewhere' | 'outside';

function movement(was: ClusterOutcome, is: ClusterOutcome): Movement {
  if (sameValue(was, is)) return 'none';
  return is.external === true && was.external !== true ? 'outside' : 'elsewhere';
}

function worst(all: readonly Movement[]): Movement {
  if (all.includes('outside')) return 'outside';
  return all.includes('elsewhere') ? 'elsewhere' : 'none';
}
