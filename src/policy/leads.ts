import { resolveHost } from '../mesh/host.js';
import type { Destination, HttpMatch, TcpMatch, VirtualService } from '../mesh/kinds/virtual-service.js';
import type { World } from '../mesh/world/world.js';
import type { Call } from '../routing/call.js';
import type { ClientClass } from '../routing/classes.js';
import { mergedRules } from '../routing/delegates.js';
import { egressGatewayNamed } from '../routing/egress-gateways.js';
import { eliminated as eliminatedHttp, type Elimination } from '../routing/http-routes.js';
import { eliminated as eliminatedBytes } from '../routing/sidecar/filter-chains.js';
import type { EgressView } from '../routing/sidecar/egress-view.js';
import { SidecarProxy } from '../routing/sidecar/sidecar-proxy.js';
import type { Topology } from '../routing/trace.js';
import { RouteView } from '../routing/view/routes.js';
import type { TracedCall } from './comparison.js';
import type { Section } from './route-places.js';
import type { Scene } from './rule.js';

/** Who calls on which port: what keeps a match from a client depends on both. */
export interface Caller {
  readonly topology: Topology;
  readonly client: ClientClass;
  readonly port: number;
}

export function callerOf({ scene, traced }: { readonly scene: Scene; readonly traced: TracedCall }): Caller {
  return { topology: scene.topology, client: traced.client, port: traced.touched.call.port };
}

/** One match of a rule that leads to an egress gateway, or the rule itself where it has none. */
export interface Lead {
  /** The VirtualService that has the hosts. */
  readonly route: VirtualService;
  /** The one in which the rule is written: a delegate, or the same. */
  readonly owner: VirtualService;
  readonly section: Section;
  readonly rule: number;
  /** In `owner`: `spec.http[0].match[1]`, or `spec.http[0]`. */
  readonly field: string;
  readonly match: HttpMatch | TcpMatch | undefined;
  /** What keeps it from this client on this port; undefined where it is kept. */
  readonly elimination: Elimination | undefined;
}

/** Everything in a VirtualService that would take some sidecar's call to an egress gateway. */
export function leadsOf(caller: Caller, route: VirtualService): readonly Lead[] {
  const { topology } = caller;
  const leads: Lead[] = [];
  for (const { rule, match: matches, owner, index } of mergedRules(topology.world, route)) {
    if (!rule.route.some(({ destination }) => isEgressGateway(topology, destination, owner))) continue;
    const at = { route, owner, section: 'http', rule: index } as const;
    const field = `spec.http[${index}]`;
    if (matches.length === 0) leads.push({ ...at, field, match: undefined, elimination: undefined });
    for (const [place, match] of matches.entries()) {
      leads.push({
        ...at,
        field: `${field}.match[${place}]`,
        match,
        elimination: httpElimination(caller, route, match),
      });
    }
  }
  for (const section of ['tls', 'tcp'] as const) {
    for (const [index, rule] of route.spec[section].entries()) {
      if (!rule.route.some(({ destination }) => isEgressGateway(topology, destination, route))) continue;
      const at = { route, owner: route, section, rule: index };
      const field = `spec.${section}[${index}]`;
      // A `tcp` rule without matches takes everything, a `tls` rule nothing.
      if (rule.match.length === 0 && section === 'tcp') {
        leads.push({ ...at, field, match: undefined, elimination: undefined });
      }
      for (const [place, match] of rule.match.entries()) {
        leads.push({
          ...at,
          field: `${field}.match[${place}]`,
          match,
          elimination: byteElimination(caller, route, match),
        });
      }
    }
  }
  return leads;
}

/** What keeps an HTTP match of a VirtualService from a client on its port; undefined where it is kept. */
export function httpElimination(
  { client, port }: Caller,
  route: VirtualService,
  match: HttpMatch,
): Elimination | undefined {
  const { namespace, labels } = client;
  return eliminatedHttp(match, route, { gateway: 'mesh', port, namespace, labels });
}

/** As `httpElimination`, for a match of `tls` or `tcp`. */
export function byteElimination(caller: Caller, route: VirtualService, match: TcpMatch): Elimination | undefined {
  return eliminatedBytes(match, route, sidecarOf(caller), caller.port);
}

/** The VirtualServices with a host over the call's, whoever sees them. Case counts as for istiod: in HTTP it does not. */
export function routesOver(world: World, { host, protocol }: Call): readonly VirtualService[] {
  const found = [host, ...world.routes.covering(host)].flatMap((name) => world.routes.of(name));
  if (protocol !== 'http') return [...new Set(found)];
  const lower = host.toLowerCase();
  const plain = [lower, ...world.routes.covering(lower)].flatMap((name) => world.routes.of(name));
  const shouted = [lower, ...world.shoutedRoutes.covering(lower)].flatMap((name) => world.shoutedRoutes.of(name));
  return [...new Set([...found, ...plain, ...shouted])];
}

/**
 * The view through which a client sees the routes of its calls on a port: of the Sidecar's entry with the port, else of the one
 * without, the first through which it sees what decides the call. Undefined where no entry is for the port.
 */
export function routeView(caller: Caller, decides: (view: EgressView) => boolean): EgressView | undefined {
  const { ported, portless } = sidecarOf(caller).viewsForPort(caller.port);
  const views = [ported, portless].filter((view) => view !== undefined);
  return views.find(decides) ?? views[0];
}

/** What the client would see without a Sidecar. */
export function openView({ topology, client }: Caller): RouteView {
  return new RouteView(topology.world, client.namespace, 'sidecar', undefined);
}

function sidecarOf({ topology, client }: Caller): SidecarProxy {
  return new SidecarProxy(topology.world, client.namespace, client.labels);
}

/** Whether a destination, as `owner` writes it, is an egress gateway's Service. */
export function isEgressGateway(topology: Topology, { host }: Destination, owner: VirtualService): boolean {
  const { world, isEgressGateway: test } = topology;
  return egressGatewayNamed(world, test, resolveHost(host, owner.metadata.namespace, world.mesh.domain)) !== undefined;
}
