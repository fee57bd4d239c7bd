import { dialsClientsAddress } from '../leaks/dialled-address.js';
import { explainLeak } from '../leaks/explain-leak.js';
import { leakOf, type Leak, type LeakMessage } from '../leaks/leak.js';
import type { MessageText, Observation, Rule, Scene } from '../rule.js';

const MESSAGES = {
  'no-route': {
    message: '{calls} from {clients} leave the mesh directly: no VirtualService takes {declared} to the egress gateway',
    mend: 'first apply a VirtualService for {declared} with two rules for port {port}: match.gateways [mesh] to the egress gateway {egress}, and match.gateways [the Gateway for {declared}] to {declared}',
  },
  'no-route/mesh-not-listed': {
    message:
      '{calls} from {clients} leave the mesh directly: {route} leads to the egress gateway, but its spec.gateways does not list mesh',
    mend: 'add mesh to spec.gateways',
  },
  'no-route/no-mesh-rule': {
    message: '{calls} from {clients} leave the mesh directly: no rule of {route} for mesh leads to the egress gateway',
    mend: 'add a rule to spec.{section} with match.gateways [mesh] and port {port} whose destination is the egress gateway {egress}',
  },
  'no-route/direct': {
    message:
      '{calls}{requests} from {clients} leave the mesh directly: this rule sends them to {destination}, and none leads to the egress gateway',
    mend: 'send this rule to the egress gateway {egress}, and add one with match.gateways [{gateway}] that goes out from there',
  },
  'no-route/headless': {
    message:
      '{calls} from {clients} leave the mesh directly: {service} has no cluster IP, so the sidecar dials whatever address the client dialled',
    mend: 'give the Service a cluster IP',
  },
  'port-uncovered': {
    message:
      '{calls} from {clients} leave the mesh directly: {route} takes other ports of the host to the egress gateway, not {port}',
    mend: 'give {route} rules for port {port} as for the others, or take the port out of {entry}',
  },
  'port-uncovered/undeclared-name': {
    message:
      '{calls} from {clients} leave the mesh directly: only {declared} is declared, and then Istio reads {route} on port 80 alone',
    mend: 'declare {host} itself in a ServiceEntry',
  },
  weight: {
    message:
      'a share of the {calls}{requests} from {clients} leaves the mesh directly: weight {weight} goes to {destination}',
    mend: 'remove this destination, so that all goes to the egress gateway',
  },
  mirror: {
    message: 'a copy of the {calls}{requests} from {clients} leaves the mesh directly: it is mirrored to {destination}',
    mend: 'remove the mirror, or move it to the rule with match.gateways [{gateway}]',
  },
  fallthrough: {
    message: '{calls}{requests} from {clients} leave the mesh directly: this rule sends them to {destination}',
    mend: 'send this rule to the egress gateway {egress} too; if it is meant for the gateway, give it match.gateways [{gateway}]',
  },
  'fallthrough/subnets': {
    message:
      '{calls} from {clients} leave the mesh directly unless they go to {subnets}: the rule of {route} is for these addresses only',
    mend: 'remove destinationSubnets, or add a rule without it behind this one',
  },
  'fallthrough/egress-proxy': {
    message:
      '{calls} from {clients} leave the mesh directly: what nothing else takes goes to the egressProxy of this Sidecar, {destination}',
    mend: 'remove egressProxy, or name the egress gateway in it',
  },
  shadowed: {
    message:
      '{calls}{requests} from {clients} leave the mesh directly: this rule sends them to {destination}, and goes before {rival}, which leads to the egress gateway',
    mend: 'send this rule to the egress gateway {egress}, or remove it',
  },
  'shadowed/address': {
    message:
      '{calls} from {clients} leave the mesh directly: this rule names addresses, so it goes before {rival}, which leads to the egress gateway',
    mend: 'send this rule to the egress gateway {egress}, or remove it',
  },
  'shadowed/owner': {
    message:
      '{calls} from {clients} leave the mesh directly: the host belongs to this VirtualService, which has no rule for them, and not to {rival}, which leads to the egress gateway',
    mend: 'give it a rule for port {port} to the egress gateway {egress}, or take the host out of it',
  },
  'unscoped-rule': {
    message:
      '{calls}{requests} from {clients} leave the mesh directly: this rule to {destination} is for the sidecars as well as for {gateway}',
    mend: 'write match.gateways [{gateway}] into it, and before it have a rule with match.gateways [mesh] to the egress gateway {egress}',
  },
  'wrong-section': {
    message:
      '{calls} from {clients} leave the mesh directly: the port is {protocol}, for which Istio reads {read}, and {route} has its rules in spec.{written}',
    mend: 'move the rules for port {port} to spec.{section}',
  },
  'wrong-section/protocol': {
    message:
      '{calls} from {clients} leave the mesh directly: the port is {protocol}, for which Istio reads {read}, and {route} has its rules in spec.{written}',
    mend: 'declare the port with protocol {wanted}, or move those rules to spec.{section}',
  },
  'source-scope': {
    message: '{calls} from {clients} leave the mesh directly: {condition} limits the rule of {route} to other pods',
    mend: 'remove {condition}, or add a rule without it behind this one',
  },
  delegate: {
    message: '{calls} from {clients} leave the mesh directly: this rule is delegated to {delegate}, which {problem}',
    mend: 'apply {delegate} without hosts, exported to namespace {namespace}, with a rule to the egress gateway',
  },
  'delegate/direct': {
    message:
      '{calls}{requests} from {clients} leave the mesh directly: this rule, to which others delegate, sends them to {destination}',
    mend: 'send this rule to the egress gateway {egress}',
  },
  'not-exported': {
    message:
      '{calls} from {clients} leave the mesh directly: {route} leads to the egress gateway, but is not exported to them as {entry} is',
    mend: 'give {route} and {entry} the same exportTo',
  },
  'sidecar-scope': {
    message:
      '{calls} from {clients} leave the mesh directly: their {sidecar} imports the host and not {route}, which leads to the egress gateway',
    mend: 'add {import} to these hosts',
  },
  'private-rival': {
    message:
      '{calls}{requests} from {clients} leave the mesh directly: this rule sends them to {destination}, and for these clients goes before {rival}, which leads to the egress gateway',
    mend: 'send this rule to the egress gateway {egress}, or remove it',
  },
  alias: {
    message:
      '{calls} from {clients} leave the mesh directly: {entry} dials {address}, which is outside, under this name',
    mend: 'give it endpoints inside the mesh, or route {declared} through the egress gateway as an outside host',
  },
  'alias/joined': {
    message:
      '{calls} from {clients} leave the mesh directly: {stranger} gives {service} the address {address}, which is outside',
    mend: 'take the address out, or reach it by a host of its own through the egress gateway',
  },
  'address-capture': {
    message:
      'calls to {address} on port {port} from {clients} leave the mesh directly, whatever host they name: {entry} declares the address',
    mend: 'take the address out, or send port {port} of {declared} to the egress gateway in spec.tcp of a VirtualService',
  },
  'address-capture/port': {
    message:
      '{calls} from {clients} leave the mesh directly: {entry} takes whatever nothing else takes on port {port}, which is {protocol} and has no address',
    mend: 'declare the protocol that the port speaks (TLS, HTTP), or send it to the egress gateway in spec.tcp of a VirtualService',
  },
  'external-name': {
    message:
      '{calls}{requests} from {clients} leave the mesh directly: the destination is {service}, an ExternalName that stands for {destination}',
    mend: 'write the full name of the egress gateway as the destination, or remove that Service',
  },
  'external-name/dialled': {
    message:
      '{calls} from {clients} leave the mesh directly: the name stands for {destination}, and Istio routes it like an entry without a VirtualService',
    mend: 'remove the Service, and let clients call the outside host by its own name',
  },
  'passthrough-lb': {
    message:
      '{calls} from {clients} leave the mesh directly: this makes the sidecar dial the address that the client dialled, not {destination}',
    mend: 'remove PASSTHROUGH',
  },
  'gateway-shadowed': {
    message:
      '{calls} from {clients} leave the mesh directly: {entry} declares the name of the egress gateway, and is dialled in its place',
    mend: 'take the name out of {entry}',
  },
  'gateway-shadowed/joined': {
    message:
      '{calls} from {clients} leave the mesh directly: {stranger} gives the egress gateway the address {address}, which is outside',
    mend: 'take the address out, or the name or labels by which it joins the egress gateway',
  },
  'gateway-shadowed/headless': {
    message:
      '{calls} from {clients} leave the mesh directly: the egress gateway has no cluster IP, so the sidecar dials whatever address the client dialled',
    mend: 'give the Service of the egress gateway a cluster IP',
  },
  'deleted-route': {
    message:
      '{calls} from {clients} would leave the mesh directly: {route} takes them to the egress gateway, and {entry} stays',
    mend: 'delete {entry} first',
  },
} as const satisfies Readonly<Record<LeakMessage, MessageText>>;

/** Every way out of the mesh that does not pass an egress gateway, for its host and port. */
export const directEgress: Rule = {
  id: 'direct-egress',
  messages: MESSAGES,
  *check(scene: Scene): Generator<Observation> {
    for (const traced of scene.calls) {
      if (traced.verdict !== 'leaks') continue;
      for (const way of traced.ways) {
        const leak = leakOf(scene, traced, way);
        if (leak !== undefined) yield observed(leak);
      }
    }
  },
};

function observed(leak: Leak): Observation {
  const { traced, outcome, source } = leak;
  const { call, shownHost } = traced.touched;
  const { port, protocol, address } = call;
  const who = traced.client.description;
  const at = (dialled: string): string =>
    [shownHost, port, protocol, dialled, who, outcome.host, outcome.port].join(' ');
  return {
    identity: at(address ?? ''),
    ...(address === undefined || dialsClientsAddress(leak) ? {} : { wider: at('') }),
    decider: source.object,
    call: traced,
    host: shownHost,
    port,
    explain: () => explainLeak(leak),
  };
}
