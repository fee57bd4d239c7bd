import type { Gateway, GatewayServer } from '../../mesh/kinds/gateway.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { covers } from '../../mesh/host.js';
import { familyOf } from '../../mesh/protocol.js';
import { serverHosts } from '../../routing/gateway/servers.js';
import { egressGatewayNamed } from '../../routing/egress-gateways.js';
import type { TracedCall } from '../comparison.js';
import { bindingOf, halvesOf, harmedCalls, namesUnlisted, serves, type Half } from '../pair.js';
import { placeAt, type Section } from '../route-places.js';
import type { Explanation, Observation, Rule, Scene } from '../rule.js';

/** A VirtualService that sends calls to the egress gateway, where nothing tells the gateway what to do with them. */
export const missingGatewayMatch: Rule = {
  id: 'missing-gateway-match',
  messages: {
    'no-gateway-rule': {
      message:
        'it sends {host}:{port} to the egress gateway, and no rule tells the gateway where to send that on, so calls fail',
      mend: 'add a rule to spec.{section} with match.gateways [{gateway}] whose destination is {host}',
    },
    'no-gateway-rule/section': {
      message:
        "it sends {host}:{port} to the egress gateway, where {gateway}'s server reads spec.{section} and the rule stands in spec.{written}, so calls fail",
      mend: 'move the rule to spec.{section}',
    },
    'gateway-not-bound': {
      message:
        'it sends {host}:{port} to the egress gateway, and no VirtualService tells the gateway where to send that on, so calls fail',
      mend: 'add the Gateway for {host} to spec.gateways, and a rule with match.gateways [that Gateway] whose destination is {host}',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject } = scene;
    if (subject?.kind !== 'VirtualService' || isTold(scene, subject)) return;
    const told = new Set<string>();
    for (const harmed of harmedCalls(scene, subject)) {
      const section = sentBy(scene, subject, harmed);
      if (section === undefined) continue;
      const halves = gatewayHalves(scene, subject, harmed);
      if (halves.some((half) => isRead(half, harmed))) continue;
      const { shownHost, hostInWords, call } = harmed.touched;
      const identity = `${hostInWords} ${call.port} ${section}`;
      if (told.has(identity)) continue;
      told.add(identity);
      const unread = halves.find(({ owner }) => owner === subject);
      yield {
        identity,
        host: shownHost,
        port: call.port,
        explain: () => explain(scene, subject, harmed, section, unread),
      };
    }
  },
};

function explain(
  scene: Scene,
  object: VirtualService,
  { touched }: TracedCall,
  section: Section,
  unread: Half | undefined,
): Explanation {
  const { gateways, unknown } = bindingOf(scene.topology, object);
  const { hostInWords: host, call } = touched;
  const [gateway] = unread?.onGateways ?? gateways;
  const name = gateway?.metadata.name ?? unknown[0]?.name;
  const read = gateway === undefined ? [] : sectionsOf(gateway, call.host, undefined);
  const values = { host, port: String(call.port), gateway: name ?? '', section: read[0] ?? section };
  if (unread !== undefined) {
    const named = { ...values, written: unread.section };
    return { message: 'no-gateway-rule/section', object, field: unread.field, values: named };
  }
  return name === undefined
    ? { message: 'gateway-not-bound', object, field: 'spec.gateways', values }
    : { message: 'no-gateway-rule', object, field: `spec.${section}`, values };
}

/** The section by which a VirtualService sends a call to an egress gateway that does not send it out. */
function sentBy({ topology }: Scene, route: VirtualService, { ways }: TracedCall): Section | undefined {
  const { world, isEgressGateway } = topology;
  for (const { source, outcome } of ways) {
    if (source?.object !== route || outcome.type !== 'cluster') continue;
    if (egressGatewayNamed(world, isEgressGateway, outcome.host) === undefined) continue;
    const place = placeAt(route, source.field);
    if (place !== undefined) return place.section;
  }
  return undefined;
}

/** The rules of any VirtualService over a host that could take the call at an egress gateway, and lead out of it. */
function gatewayHalves(scene: Scene, subject: VirtualService, { touched, ways }: TracedCall): readonly Half[] {
  const { world } = scene.topology;
  const { host, protocol } = touched.call;
  const names = [host, ...world.routes.covering(host)];
  const routes = new Set([subject, ...names.flatMap((name) => world.routes.of(name))]);
  const ports = ways.flatMap(({ outcome }) => (outcome.type === 'cluster' ? [outcome.port] : []));
  return [...routes]
    .flatMap((route) => halvesOf(scene.topology, route))
    .filter(({ onGateways, toElsewhere }) => onGateways.length > 0 && toElsewhere)
    .filter(({ section, port }) => serves(section, protocol) && (port === undefined || ports.includes(port)));
}

/** Whether a server of its Gateways looks for the rule in its section; where there is no server, that is not the rule's fault. */
function isRead({ onGateways, section, port }: Half, { touched }: TracedCall): boolean {
  const read = onGateways.map((gateway) => sectionsOf(gateway, touched.call.host, port));
  return read.some((sections) => sections.length === 0 || sections.includes(section));
}

/** The sections in which the servers of a Gateway for a host and a port look for routes (B2). */
function sectionsOf(gateway: Gateway, host: string, port: number | undefined): readonly Section[] {
  return gateway.spec.servers
    .filter((server) => port === undefined || server.port.number === port)
    .filter((server) => serverHosts(server, gateway).some((own) => covers(own.host, host)))
    .map(sectionReadBy);
}

function sectionReadBy({ port, tls }: GatewayServer): Section {
  switch (familyOf(port.protocol)) {
    case 'http':
      return 'http';
    case 'tls':
      if (tls?.mode === 'PASSTHROUGH') return 'tls';
      return port.protocol === 'TLS' ? 'tcp' : 'http';
    case 'tcp':
    case 'sniffed':
    case 'udp':
      return 'tcp';
  }
}

/** The rule is there, for a Gateway that `unknown-gateway` or `gateway-not-listed` tells. */
function isTold({ topology }: Scene, route: VirtualService): boolean {
  const unknown = new Set(bindingOf(topology, route).unknown.map(({ name }) => name));
  return namesUnlisted(route, (name) => name !== 'mesh') || namesAny(route, (name) => unknown.has(name));
}

function namesAny({ spec }: VirtualService, test: (gateway: string) => boolean): boolean {
  return [...spec.http, ...spec.tls, ...spec.tcp].some(({ match }) =>
    match.some(({ gateways }) => gateways.some(test)),
  );
}
