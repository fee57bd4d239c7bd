import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { TracedCall } from '../comparison.js';
import type { Observation, Rule, Scene } from '../rule.js';
import { bindingOf, halvesOf, harmedCalls, serves, type Half, type Section } from '../pair.js';

/** A VirtualService that sends calls to the egress gateway, where nothing tells the gateway what to do with them. */
export const missingGatewayMatch: Rule = {
  id: 'missing-gateway-match',
  reasons: {
    'no-gateway-rule': {
      message: 'it sends {host}:{port} to the egress gateway, and no rule tells the gateway where to send it on',
      mend: 'add a rule with match.gateways [{gateway}] whose destination is {host}',
    },
    'gateway-not-bound': {
      message:
        'it sends {host}:{port} to the egress gateway and binds no Gateway, and no other VirtualService tells the gateway where to send it on',
      mend: 'add the Gateway to spec.gateways and a rule with match.gateways [<the Gateway>] whose destination is {host}',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject } = scene;
    if (subject?.kind !== 'VirtualService') return;
    const told = new Set<string>();
    for (const harmed of harmedCalls(scene, subject)) {
      const section = sentBy(subject, harmed);
      if (section === undefined || hasGatewayHalf(scene, subject, harmed)) continue;
      const { shownHost, call } = harmed.touched;
      const identity = `${shownHost} ${call.port} ${section}`;
      if (told.has(identity)) continue;
      told.add(identity);
      const { gateways, unknown } = bindingOf(scene.topology, subject);
      const bound = gateways.length + unknown.length > 0;
      yield {
        rule: 'missing-gateway-match',
        reason: bound ? 'no-gateway-rule' : 'gateway-not-bound',
        object: subject,
        field: bound ? `spec.${section}` : 'spec.gateways',
        host: shownHost,
        port: call.port,
        identity,
        values: {
          host: harmed.touched.hostInWords,
          port: String(call.port),
          gateway: gateways[0]?.metadata.name ?? unknown[0]?.name ?? '',
        },
      };
    }
  },
};

/** The section by which a VirtualService sends a call to an egress gateway that does not send it out. */
function sentBy(route: VirtualService, { ways }: TracedCall): Section | undefined {
  for (const { source, next, outcome } of ways) {
    const toGateway = next !== undefined || (outcome.type === 'cluster' && outcome.missing === true);
    if (source?.object !== route || !toGateway) continue;
    const section = /^spec\.(http|tls|tcp)\[/.exec(source.field)?.[1];
    if (section === 'http' || section === 'tls' || section === 'tcp') return section;
  }
  return undefined;
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
  return [...routes].some((route) => halvesOf(scene.topology, route).some(fits)) || bindsUnknown(scene, subject);
}

/** A Gateway that does not exist yet may be what the rule is for: `unknown-gateway` tells it. */
function bindsUnknown({ topology }: Scene, route: VirtualService): boolean {
  const { unknown } = bindingOf(topology, route);
  const names = new Set(unknown.map(({ name }) => name));
  return [...route.spec.http, ...route.spec.tls, ...route.spec.tcp].some(({ match }) =>
    match.some(({ gateways }) => gateways.some((name) => names.has(name))),
  );
}
