import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { TracedCall } from '../comparison.js';
import { observed } from '../delivery/observed.js';
import { gatewayHalfLack, isToldOtherwise, sectionsOf } from '../gateway-half.js';
import { bindingOf, harmedCalls, type Half } from '../pair.js';
import type { Section } from '../route-places.js';
import type { Explanation, Observation, Rule, Scene } from '../rule.js';

/** A VirtualService that sends calls to the egress gateway, where nothing tells the gateway what to do with them. */
export const missingGatewayMatch: Rule = {
  id: 'missing-gateway-match',
  messages: {
    'no-gateway-rule': {
      message:
        'this VirtualService sends {host}:{port} to the egress gateway, but no rule tells the gateway where to send that on, so calls fail',
      mend: 'add a rule to spec.{section} with match.gateways [{gateway}] whose destination is {host}',
    },
    'no-gateway-rule/section': {
      message:
        "this VirtualService sends {host}:{port} to the egress gateway, where {gateway}'s server reads spec.{section} and the rule stands in spec.{written}, so calls fail",
      mend: 'move the rule to spec.{section}',
    },
    'no-gateway-rule/port': {
      message:
        'it sends {host}:{port} to the egress gateway, where its rule is for port {written} and the server of {gateway} has port {served}, so calls fail',
      mend: 'write port {served} here',
    },
    'gateway-not-bound': {
      message:
        'this VirtualService sends {host}:{port} to the egress gateway, but no VirtualService tells the gateway where to send that on, so calls fail',
      mend: 'add the Gateway for {host} to spec.gateways, and a rule with match.gateways [that Gateway] whose destination is {host}',
    },
    'gateway-not-bound/deleted': {
      message:
        'it sends {host}:{port} to the egress gateway, and {removed} tells the gateway where to send that on, so calls would fail',
      mend: 'delete this before {removed}, or give it a rule with match.gateways [{gateway}] whose destination is {host}',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    // What another object's change leaves behind is an outage that its author may well mean.
    yield* observed(scene, 'missing-gateway-match', 'warn');
    const { subject, topology } = scene;
    if (subject?.kind !== 'VirtualService' || isToldOtherwise(topology, subject)) return;
    const told = new Set<string>();
    for (const harmed of harmedCalls(scene, subject)) {
      const lack = gatewayHalfLack(scene, subject, harmed);
      if (lack === undefined) continue;
      const { section, unread } = lack;
      const { shownHost, hostInWords, call } = harmed.touched;
      const identity = `${hostInWords} ${call.port} ${section}`;
      if (told.has(identity)) continue;
      told.add(identity);
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
