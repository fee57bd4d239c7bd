import { resolveGateway, resolveHost } from '../mesh/host.js';
import type { Gateway } from '../mesh/kinds/gateway.js';
import type { Destination, VirtualService } from '../mesh/kinds/virtual-service.js';
import { selects } from '../mesh/metadata.js';
import type { World } from '../mesh/world/world.js';
import type { CallProtocol } from '../routing/call.js';
import { mergedRules } from '../routing/delegates.js';
import { egressGatewayNamed } from '../routing/egress-gateways.js';
import type { Topology } from '../routing/trace.js';
import type { TracedCall } from './comparison.js';
import type { Scene } from './rule.js';

export type Section = 'http' | 'tls' | 'tcp';

/** One match of one rule of a VirtualService, or a rule without matches: for whom it is, and where it leads. */
export interface Half {
  readonly section: Section;
  readonly rule: number;
  readonly match: number | undefined;
  /** `spec.http[0]` or `spec.http[0].match[1]`. */
  readonly field: string;
  readonly port: number | undefined;
  /** As written. */
  readonly gateways: readonly string[];
  readonly onMesh: boolean;
  /** It is for an egress gateway's pods: through which of its Gateways. */
  readonly onGateways: readonly Gateway[];
  /** Some destination is an egress gateway's Service. */
  readonly toGateway: boolean;
  /** Some destination is something else. */
  readonly toElsewhere: boolean;
}

interface WrittenRule {
  readonly section: Section;
  readonly index: number;
  readonly match: readonly { readonly gateways: readonly string[]; readonly port: number | undefined }[];
  readonly destinations: readonly Destination[];
  /** The VirtualService that it is written in. */
  readonly owner: VirtualService;
}

/** The rules of a VirtualService as halves of pairs: the mesh's half leads to an egress gateway, the gateway's half out of it. */
export function halvesOf(topology: Topology, route: VirtualService): readonly Half[] {
  const { world } = topology;
  const { spec } = route;
  const binding = bindingOf(topology, route);
  const http: readonly WrittenRule[] = mergedRules(world, route).map(({ rule, match, owner }, index) => {
    const at = owner === route ? spec.http.indexOf(rule) : index;
    return { section: 'http', index: at, match, destinations: rule.route.map(({ destination }) => destination), owner };
  });
  const bytes: readonly WrittenRule[] = (['tls', 'tcp'] as const).flatMap((section) =>
    spec[section].map((rule, index) => ({
      section,
      index,
      match: rule.match,
      destinations: rule.route.map(({ destination }) => destination),
      owner: route,
    })),
  );
  return [...http, ...bytes].flatMap(({ section, index, match: matches, destinations, owner }): readonly Half[] => {
    const leads = destinations.map((destination) => isEgressGateway(topology, destination, owner));
    const shared = {
      section,
      rule: index,
      toGateway: leads.includes(true),
      toElsewhere: leads.includes(false),
    };
    const field = `spec.${section}[${index}]`;
    const all = { match: undefined, field, port: undefined, gateways: [] };
    if (matches.length === 0) {
      return [{ ...shared, ...all, onMesh: binding.mesh, onGateways: binding.gateways }];
    }
    return matches.map(({ gateways, port }, match) => {
      const open = gateways.length === 0;
      const named = gateways.map((name) => resolveGateway(name, route.metadata.namespace));
      return {
        ...shared,
        match,
        field: `${field}.match[${match}]`,
        port: port === 0 ? undefined : port,
        gateways,
        onMesh: binding.mesh && (open || gateways.includes('mesh')),
        onGateways: open ? binding.gateways : binding.gateways.filter((one) => named.includes(gatewayKey(one))),
      };
    });
  });
}

/** Whether a rule of a section can be what takes calls of a protocol, on whichever side. */
export function serves(section: Section, protocol: CallProtocol): boolean {
  return section === 'tcp' || section === protocol;
}

export interface Binding {
  readonly mesh: boolean;
  /** The Gateways listed that exist and select an egress gateway's pods. */
  readonly gateways: readonly Gateway[];
  /** The Gateways listed that do not exist: as written, with their place. */
  readonly unknown: readonly { readonly name: string; readonly index: number }[];
}

export function bindingOf({ world, isEgressGateway: test }: Topology, route: VirtualService): Binding {
  const { spec, metadata } = route;
  const gateways: Gateway[] = [];
  const unknown: { name: string; index: number }[] = [];
  spec.gateways.forEach((name, index) => {
    if (name === 'mesh') return;
    const found = gatewayNamed(world, resolveGateway(name, metadata.namespace));
    if (found === undefined) unknown.push({ name, index });
    else if (selectsEgressGateway(world, test, found)) gateways.push(found);
  });
  return { mesh: spec.gateways.length === 0 || spec.gateways.includes('mesh'), gateways, unknown };
}

export function gatewayNamed(world: World, key: string): Gateway | undefined {
  const slash = key.indexOf('/');
  const found = world.object('Gateway', key.slice(0, slash), key.slice(slash + 1));
  return found?.kind === 'Gateway' ? found : undefined;
}

/** Whether a Gateway is served by the pods of some egress gateway. */
function selectsEgressGateway(world: World, test: Topology['isEgressGateway'], { spec }: Gateway): boolean {
  for (const service of world.all('Service')) {
    if (test(service) && selects(spec.selector, service.spec.selector ?? {})) return true;
  }
  return false;
}

function isEgressGateway(topology: Topology, destination: Destination, owner: VirtualService): boolean {
  const { world } = topology;
  const host = resolveHost(destination.host, owner.metadata.namespace, world.mesh.domain);
  return egressGatewayNamed(world, topology.isEgressGateway, host) !== undefined;
}

export function gatewayKey({ metadata }: Gateway): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** The calls to hosts of a VirtualService that do not arrive: they leak or break. A call that is refused harms nobody. */
export function harmedCalls({ calls, topology }: Scene, route: VirtualService): readonly TracedCall[] {
  const { domain } = topology.world.mesh;
  const hosts = route.spec.hosts.map((host) => resolveHost(host, route.metadata.namespace, domain).toLowerCase());
  return calls.filter(
    ({ verdict, touched }) => (verdict === 'leaks' || verdict === 'broken') && hosts.includes(touched.shownHost),
  );
}
