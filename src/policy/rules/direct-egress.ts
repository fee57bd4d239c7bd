import type { Way } from '../../routing/way.js';
import type { TracedCall } from '../comparison.js';
import { leakReason, type LeakReason } from '../leak-reason.js';
import type { Observation, ReasonText, Rule, Scene } from '../rule.js';

const TEXTS: Readonly<Record<LeakReason, ReasonText>> = {
  'no-route': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: no VirtualService takes them to the egress gateway',
    mend: 'write a VirtualService for {host} with a mesh rule that sends port {port} to the egress gateway and a gateway rule that sends it out, and apply it before the entry',
  },
  'port-uncovered': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: {route} routes other ports of the host, not this one',
    mend: 'add a mesh rule and a gateway rule for port {port} to {route}, or take the port out of the entry',
  },
  weight: {
    message:
      'a part of the calls to {host}:{port} leaves the mesh directly from {clients}: it is weighted to {destination}',
    mend: 'give all weight to the egress gateway',
  },
  mirror: {
    message:
      'a copy of the calls to {host}:{port} leaves the mesh directly from {clients}: it is mirrored to {destination}',
    mend: 'mirror from the rule of the gateway, or remove the mirror',
  },
  fallthrough: {
    message:
      'calls to {host}:{port} that no earlier rule matches leave the mesh directly from {clients}: this rule sends them to {destination}',
    mend: 'send this rule to the egress gateway too, or limit it to the gateway with match.gateways',
  },
  shadowed: {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: this rule goes before whatever leads to the egress gateway and sends them to {destination}',
    mend: 'send this rule to the egress gateway, or limit it to the gateway with match.gateways',
  },
  'unscoped-rule': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: this rule is for the sidecars as well as for the gateway',
    mend: 'write match.gateways with the name of the Gateway into every match of the rule, and a rule with match.gateways [mesh] that goes to the egress gateway before it',
  },
  'wrong-section': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: port {port} speaks {protocol}, which obeys the section {section} of a VirtualService, and {route} has no such rule for it',
    mend: 'write the rules of {route} for port {port} under {section}',
  },
  'source-scope': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: sourceLabels or sourceNamespace leaves them without a rule in {route}',
    mend: 'add a mesh rule without sourceLabels and sourceNamespace behind the others in {route}',
  },
  delegate: {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: the rule is delegated, and the delegate is missing, hidden or direct',
    mend: 'let the delegate send the calls to the egress gateway and export it to the namespace of {route}',
  },
  'not-exported': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: {route} is not exported to them, the entry is',
    mend: 'export {route} wherever the entry is exported',
  },
  'sidecar-scope': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: their Sidecar imports the entry and not {route}',
    mend: 'add {routeNamespace}/{host} to the egress hosts of the Sidecar',
  },
  'private-rival': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: this VirtualService is private to their namespace, so it goes before {route}',
    mend: 'send it to the egress gateway, or delete it',
  },
  alias: {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: the entry dials an outside address under this name',
    mend: 'route {host} through the egress gateway as the outside host that it is, or give it endpoints inside the mesh',
  },
  'address-capture': {
    message:
      'calls on port {port} to an address that this entry declares leave the mesh directly from {clients}, whatever host they name',
    mend: 'route the entry through the egress gateway in the section tcp, or take the addresses out of it',
  },
  'external-name': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: a Service of type ExternalName leads to {destination}',
    mend: 'name the egress gateway by its full host name, or delete the Service',
  },
  'passthrough-lb': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: the route names the egress gateway, and a DestinationRule with the load balancer PASSTHROUGH makes the sidecar dial the original address',
    mend: 'remove loadBalancer.simple PASSTHROUGH from the DestinationRule of the egress gateway',
  },
  'gateway-shadowed': {
    message:
      'calls to {host}:{port} leave the mesh directly from {clients}: another object gives the host name of the egress gateway an outside address',
    mend: 'take the host name of the egress gateway, or its labels, out of that object',
  },
  'deleted-route': {
    message:
      'calls to {host}:{port} would leave the mesh directly from {clients}: {route} takes them to the egress gateway, and the ServiceEntry stays',
    mend: 'delete the ServiceEntry first',
  },
};

/** Every way out of the mesh that does not pass an egress gateway, for its host and port. */
export const directEgress: Rule = {
  id: 'direct-egress',
  reasons: TEXTS,
  *check(scene: Scene): Generator<Observation> {
    for (const traced of scene.calls) {
      if (traced.verdict !== 'leaks') continue;
      for (const way of traced.ways) {
        if (way.outcome.type === 'cluster' && way.outcome.external === true) yield observed(scene, traced, way);
      }
    }
  },
};

function observed(scene: Scene, traced: TracedCall, way: Way): Observation {
  const { touched, client } = traced;
  const { host, port } = way.outcome.type === 'cluster' ? way.outcome : { host: '', port: 0 };
  const { reason, object, field, values } = leakReason(scene, traced, way);
  const { address = '', protocol } = touched.call;
  return {
    rule: 'direct-egress',
    reason,
    object,
    field,
    host: touched.shownHost,
    port: touched.call.port,
    client,
    identity: [touched.shownHost, touched.call.port, protocol, address, client.description, host, port].join(' '),
    values,
  };
}
