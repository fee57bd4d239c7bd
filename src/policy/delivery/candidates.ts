import { covers, resolveGateway, resolveHost } from '../../mesh/host.js';
import type { Gateway } from '../../mesh/kinds/gateway.js';
import type { Destination, VirtualService } from '../../mesh/kinds/virtual-service.js';
import { mergedRules } from '../../routing/delegates.js';
import type { BoundServer } from '../../routing/gateway/servers.js';
import type { Topology } from '../../routing/trace.js';
import { isEgressGateway } from '../leads.js';
import { serves } from '../pair.js';
import type { Section } from '../route-places.js';
import type { Arrived, Hop } from './hop.js';

/** One match of a rule that could send a call out at the gateway, with one server at which it could stand. */
export interface Candidate {
  readonly route: VirtualService;
  /** The one in which the rule is written: a delegate, or the same. */
  readonly owner: VirtualService;
  readonly section: Section;
  readonly rule: number;
  /** In `owner`. */
  readonly field: string;
  readonly match: WrittenMatch | undefined;
  /** The Gateway that `route` binds: as resolved, and where it exists. */
  readonly name: string;
  readonly gateway: Gateway | undefined;
  /** Undefined where the Gateway has no server on the port at which the call arrives, or not on these pods. */
  readonly bound: BoundServer | undefined;
}

interface WrittenMatch {
  readonly gateways: readonly string[];
  readonly port: number | undefined;
  readonly sniHosts?: readonly string[];
}

/**
 * What could send a call out at the gateway: rules of the VirtualService that sends it there, else of those with the very host, else
 * of those with a wildcard over it.
 */
export function candidatesOf(hop: Hop, arrived: Arrived): readonly Candidate[] {
  const { world } = hop.scene.topology;
  const { host } = arrived.arrival;
  const { domain } = world.mesh;
  const own = hop.roots.filter(({ spec, metadata }) =>
    spec.hosts.some((one) => covers(resolveHost(one, metadata.namespace, domain).toLowerCase(), host)),
  );
  const groups = [own, ...[host, ...world.routes.covering(host)].map((name) => world.routes.of(name))];
  for (const routes of groups) {
    const found = [...new Set(routes)].flatMap((route) => candidatesIn(hop, arrived, route));
    if (found.length > 0) return found;
  }
  return [];
}

function candidatesIn({ scene, traced }: Hop, { servers }: Arrived, route: VirtualService): readonly Candidate[] {
  const { topology } = scene;
  const { protocol } = traced.touched.call;
  const names = [...new Set(route.spec.gateways.filter((name) => name !== 'mesh').map((name) => keyOf(name, route)))];
  if (names.length === 0) return [];
  return matchesIn(topology, route)
    .filter(({ section }) => serves(section, protocol))
    .flatMap((written) =>
      names
        .filter((name) => isFor(written.match, route, name))
        .flatMap((name): readonly Candidate[] => {
          const gateway = gatewayNamed(topology, name);
          const bound = gateway === undefined ? [] : servers.of(gateway);
          const one = { ...written, route, name, gateway };
          return bound.length === 0
            ? [{ ...one, bound: undefined }]
            : bound.map((server) => ({ ...one, bound: server }));
        }),
    );
}

type Written = Pick<Candidate, 'owner' | 'section' | 'rule' | 'field' | 'match'>;

/** Every match whose rule leads elsewhere than to an egress gateway. */
function matchesIn(topology: Topology, route: VirtualService): readonly Written[] {
  const leadsOut = (to: readonly { readonly destination: Destination }[], owner: VirtualService): boolean =>
    to.some(({ destination }) => !isEgressGateway(topology, destination, owner));
  const of = (section: Section, rule: number, owner: VirtualService, match: readonly WrittenMatch[]): Written[] => {
    const at = { owner, section, rule };
    const field = `spec.${section}[${rule}]`;
    if (match.length === 0) return [{ ...at, field, match: undefined }];
    return match.map((one, index) => ({ ...at, field: `${field}.match[${index}]`, match: one }));
  };
  return [
    ...mergedRules(topology.world, route)
      .filter(({ rule, owner }) => leadsOut(rule.route, owner))
      .flatMap(({ match, owner, index }) => of('http', index, owner, match)),
    ...(['tls', 'tcp'] as const).flatMap((section) =>
      route.spec[section].flatMap(({ match, route: to }, index) =>
        leadsOut(to, route) ? of(section, index, route, match) : [],
      ),
    ),
  ];
}

function isFor(match: WrittenMatch | undefined, route: VirtualService, name: string): boolean {
  if (match === undefined || match.gateways.length === 0) return true;
  return match.gateways.some((one) => keyOf(one, route) === name);
}

function keyOf(name: string, { metadata }: VirtualService): string {
  return resolveGateway(name, metadata.namespace);
}

function gatewayNamed({ world }: Topology, key: string): Gateway | undefined {
  const slash = key.indexOf('/');
  const found = world.object('Gateway', key.slice(0, slash), key.slice(slash + 1));
  return found?.kind === 'Gateway' ? found : undefined;
}
