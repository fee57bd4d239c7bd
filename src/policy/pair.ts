import { resolveGateway, resolveHost, serviceHost } from '../mesh/host.js';
import type { Gateway } from '../mesh/kinds/gateway.js';
import type { Destination, VirtualService } from '../mesh/kinds/virtual-service.js';
import type { Service } from '../mesh/kinds/service.js';
import { selects } from '../mesh/metadata.js';
import type { World } from '../mesh/world/world.js';
import type { CallProtocol } from '../routing/call.js';
import { mergedRules } from '../routing/delegates.js';
import type { Topology } from '../routing/trace.js';
import type { TracedCall } from './comparison.js';
import { isEgressGateway } from './leads.js';
import { SECTIONS, type Section } from './route-places.js';
import type { Scene } from './rule.js';

/** One match of one rule of a VirtualService, or a rule without matches: for whom it is, and where it leads. */
export interface Half {
  /** The VirtualService that it is written in: a delegate, or the very one. */
  readonly owner: VirtualService;
  readonly section: Section;
  readonly rule: number;
  /** In `owner`: `spec.http[0]`, or `spec.http[0].match[1]`. */
  readonly field: string;
  /** Undefined where it is for every port. */
  readonly port: number | undefined;
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
  readonly owner: VirtualService;
}

/** The rules of a VirtualService as halves of pairs: the mesh's half leads to an egress gateway, the gateway's half out of it. */
export function halvesOf(topology: Topology, route: VirtualService): readonly Half[] {
  const { world } = topology;
  const { spec } = route;
  const binding = bindingOf(topology, route);
  const http = mergedRules(world, route).map(({ rule, match, owner, index }): WrittenRule => {
    return { section: 'http', index, match, destinations: rule.route.map(({ destination }) => destination), owner };
  });
  const bytes = (['tls', 'tcp'] as const).flatMap((section) =>
    spec[section].map(({ match, route: to }, index): WrittenRule => {
      return { section, index, match, destinations: to.map(({ destination }) => destination), owner: route };
    }),
  );
  return [...http, ...bytes].flatMap(({ section, index, match: matches, destinations, owner }): readonly Half[] => {
    const leads = destinations.map((destination) => isEgressGateway(topology, destination, owner));
    const rule = { owner, section, rule: index, toGateway: leads.includes(true), toElsewhere: leads.includes(false) };
    const field = `spec.${section}[${index}]`;
    if (matches.length === 0) {
      return [{ ...rule, field, port: undefined, onMesh: binding.mesh, onGateways: binding.gateways }];
    }
    return matches.map(({ gateways, port }, match) => {
      const isOpen = gateways.length === 0;
      const named = gateways.map((name) => resolveGateway(name, route.metadata.namespace));
      return {
        ...rule,
        field: `${field}.match[${match}]`,
        port,
        onMesh: binding.mesh && (isOpen || gateways.includes('mesh')),
        onGateways: isOpen ? binding.gateways : binding.gateways.filter((one) => named.includes(gatewayKey(one))),
      };
    });
  });
}

/** Whether a rule of a section can be what takes calls of a protocol, on whichever side. */
export function serves(section: Section, protocol: CallProtocol): boolean {
  return section === 'tcp' || section === protocol;
}

/** What `spec.gateways` of a VirtualService binds. */
export interface Binding {
  readonly mesh: boolean;
  /** The Gateways listed that exist and select an egress gateway's pods. */
  readonly gateways: readonly Gateway[];
  /** The Gateways listed that do not exist: as written, with their place. */
  readonly unknown: readonly { readonly name: string; readonly index: number }[];
}

export function bindingOf(topology: Topology, { spec, metadata }: VirtualService): Binding {
  const gateways: Gateway[] = [];
  const unknown: { name: string; index: number }[] = [];
  for (const [index, name] of spec.gateways.entries()) {
    if (name === 'mesh') continue;
    const found = gatewayNamed(topology.world, resolveGateway(name, metadata.namespace));
    if (found === undefined) unknown.push({ name, index });
    else if (isServedByEgressGateway(topology, found)) gateways.push(found);
  }
  return { mesh: spec.gateways.length === 0 || spec.gateways.includes('mesh'), gateways, unknown };
}

function gatewayNamed(world: World, key: string): Gateway | undefined {
  const slash = key.indexOf('/');
  const found = world.object('Gateway', key.slice(0, slash), key.slice(slash + 1));
  return found?.kind === 'Gateway' ? found : undefined;
}

function gatewayKey({ metadata }: Gateway): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function isServedByEgressGateway(topology: Topology, { spec }: Gateway): boolean {
  return egressGatewaysOf(topology).some((service) => selects(spec.selector, service.spec.selector ?? {}));
}

const EGRESS_GATEWAYS = new WeakMap<Topology, readonly Service[]>();

/** Every egress gateway. All Services are looked at, so it is remembered as long as the judgement lasts. */
export function egressGatewaysOf(topology: Topology): readonly Service[] {
  const known = EGRESS_GATEWAYS.get(topology);
  if (known !== undefined) return known;
  const found = [...topology.world.all('Service')].filter(topology.isEgressGateway);
  EGRESS_GATEWAYS.set(topology, found);
  return found;
}

/** The host to write as a destination for the egress gateway, that of the first where there are several. */
export function egressHostOf(topology: Topology): string {
  const names = egressGatewaysOf(topology).map(({ metadata }) => {
    return serviceHost(metadata.name, metadata.namespace, topology.world.mesh.domain);
  });
  return names.toSorted()[0] ?? '(there is none)';
}

/** The calls to hosts of a VirtualService that do not arrive: they leak or break. A call that is refused harms nobody. */
export function harmedCalls({ calls, topology }: Scene, route: VirtualService): readonly TracedCall[] {
  const hosts = hostsInWords(topology, route);
  return calls.filter((call) => isHarmed(call, hosts));
}

/** Whether one call is among them. */
export function isHarmedCall(topology: Topology, route: VirtualService, call: TracedCall): boolean {
  return isHarmed(call, hostsInWords(topology, route));
}

function hostsInWords({ world }: Topology, { spec, metadata }: VirtualService): readonly string[] {
  return spec.hosts.map((host) => resolveHost(host, metadata.namespace, world.mesh.domain).toLowerCase());
}

function isHarmed({ verdict, touched }: TracedCall, hosts: readonly string[]): boolean {
  return (verdict === 'leaks' || verdict === 'broken') && hosts.includes(touched.hostInWords);
}

/** A gateway that a match names and `spec.gateways` does not list. */
export interface UnlistedGateway {
  /** As written. */
  readonly name: string;
  readonly section: Section;
  readonly field: string;
}

/** Every such name in a VirtualService: the match cannot apply there. */
export function unlistedGateways({ spec, metadata }: VirtualService): readonly UnlistedGateway[] {
  const keyOf = (name: string): string => resolveGateway(name, metadata.namespace);
  const listed = new Set((spec.gateways.length > 0 ? spec.gateways : ['mesh']).map(keyOf));
  return SECTIONS.flatMap((section) =>
    spec[section].flatMap(({ match }, rule) =>
      match.flatMap(({ gateways }, at) =>
        gateways.flatMap((name, index) =>
          listed.has(keyOf(name))
            ? []
            : [{ name, section, field: `spec.${section}[${rule}].match[${at}].gateways[${index}]` }],
        ),
      ),
    ),
  );
}

/** Whether `gateway-not-listed` has something to say of such a name. */
export function namesUnlisted(route: VirtualService, test: (name: string) => boolean): boolean {
  return unlistedGateways(route).some(({ name }) => test(name));
}
