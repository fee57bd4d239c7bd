import type { Gateway } from '../../mesh/kinds/gateway.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { covers } from '../../mesh/host.js';
import { serverHosts } from '../../routing/gateway/servers.js';
import { egressGatewayNamed } from '../../routing/egress-gateways.js';
import type { TracedCall } from '../comparison.js';
import { bindingOf, halvesOf, harmedCalls, namesUnlisted, serves, type Half } from '../pair.js';
import { placeAt, type Section } from '../route-places.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** A VirtualService that sends calls to the egress gateway, where nothing tells the gateway what to do with them. */
export const missingGatewayMatch: Rule = {
  id: 'missing-gateway-match',
  messages: {
    'no-gateway-rule': {
      message:
        'it sends {host}:{port} to the egress gateway, and no rule tells the gateway where to send that on, so calls fail',
      mend: 'add a rule to spec.{section} with match.gateways [{gateway}] whose destination is {host}',
    },
    'gateway-not-bound': {
      message:
        'it sends {host}:{port} to the egress gateway, and no VirtualService tells the gateway where to send that on, so calls fail',
      mend: 'add the Gateway for {host} to spec.gateways, and a rule with match.gateways [that Gateway] whose destination is {host}',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject } = scene;
    if (subject?.kind !== 'VirtualService') return;
    const told = new Set<string>();
    for (const harmed of harmedCalls(scene, subject)) {
      const section = sentBy(scene, subject, harmed);
      if (section === undefined || hasGatewayHalf(scene, subject, harmed)) continue;
      const { shownHost, hostInWords, call } = harmed.touched;
      const identity = `${hostInWords} ${call.port} ${section}`;
      if (told.has(identity)) continue;
      told.add(identity);
      yield {
        identity,
        host: shownHost,
        port: call.port,
        explain: () => {
          const { gateways, unknown } = bindingOf(scene.topology, subject);
          const [gateway] = gateways;
          const name = gateway?.metadata.name ?? unknown[0]?.name;
          const values = {
            host: hostInWords,
            port: String(call.port),
            gateway: name ?? '',
            section: gateway === undefined ? section : gatewaySection(gateway, call.host, section),
          };
          return name === undefined
            ? { message: 'gateway-not-bound', object: subject, field: 'spec.gateways', values }
            : { message: 'no-gateway-rule', object: subject, field: `spec.${section}`, values };
        },
      };
    }
  },
};

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

/** The section in which a Gateway's server for a host looks for routes (B2). */
function gatewaySection(gateway: Gateway, host: string, otherwise: Section): Section {
  const server = gateway.spec.servers.find((one) => serverHosts(one, gateway).some((own) => covers(own.host, host)));
  switch (server?.port.protocol) {
    case undefined:
      return otherwise;
    case 'TLS':
      return server.tls?.mode === 'PASSTHROUGH' ? 'tls' : 'tcp';
    case 'HTTPS':
      return server.tls?.mode === 'PASSTHROUGH' ? 'tls' : 'http';
    case 'TCP':
    case 'Mongo':
    case 'MySQL':
    case 'Redis':
      return 'tcp';
    default:
      return 'http';
  }
}

/** Whether any VirtualService has a rule for an egress gateway that could take the call there. */
function hasGatewayHalf(scene: Scene, subject: VirtualService, { touched, ways }: TracedCall): boolean {
  const { world } = scene.topology;
  const { host, protocol } = touched.call;
  const names = [host, ...world.routes.covering(host)];
  const routes = new Set([subject, ...names.flatMap((name) => world.routes.of(name))]);
  const ports = ways.flatMap(({ outcome }) => (outcome.type === 'cluster' ? [outcome.port] : []));
  const fits = ({ section, port, onGateways, toElsewhere }: Half): boolean =>
    onGateways.length > 0 && toElsewhere && serves(section, protocol) && (port === undefined || ports.includes(port));
  return [...routes].some((route) => halvesOf(scene.topology, route).some(fits)) || isTold(scene, subject);
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
