import type { DestinationRule, PortTrafficPolicy, TrafficPolicy } from '../../mesh/kinds/destination-rule.js';
import type { Endpoint } from '../../mesh/kinds/service-entry.js';
import type { JudgedObject } from '../../mesh/judged-object.js';
import { selects, type Labels } from '../../mesh/metadata.js';
import type { Declaration } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import { ruleFor, type EffectiveRule } from '../../routing/destination/destination-rules.js';
import { dialOf, isOutside } from '../../routing/destination/dial.js';
import { policyFor } from '../../routing/destination/traffic-policy.js';
import { egressGatewayNamed } from '../../routing/egress-gateways.js';
import type { ClusterOutcome } from '../../routing/outcome.js';
import { SidecarProxy } from '../../routing/sidecar/sidecar-proxy.js';
import { nameOf } from '../object-name.js';
import { isSubject, leakValues, type Leak, type LeakExplanation } from './leak.js';

/**
 * A leak that is no route's fault: the cluster has the name of a Service of the mesh, and dials something else. Undefined where the
 * name itself is an outside host's.
 */
export function dialled(leak: Leak): LeakExplanation | undefined {
  const { outcome, traced, scene } = leak;
  const { world, isEgressGateway } = scene.topology;
  const { namespace, labels } = traced.client;
  const service = new SidecarProxy(world, namespace, labels).clusterService(outcome.host, outcome.port);
  if (service === undefined) return undefined;
  const { declaration, port } = service;
  const { rule } = ruleFor(world, namespace, labels, outcome.host, declaration.namespace);
  const subset = outcome.subset === undefined ? undefined : rule?.subsets.get(outcome.subset);
  const leavesAnyway = dialOf(world, 'sidecar', declaration, port, subset, false).external;
  if (rule !== undefined && policyFor(rule, subset, outcome.port).passthrough && !leavesAnyway) {
    const place = passthroughPlace(leak, rule);
    if (place !== undefined) {
      const values = { ...leakValues(leak), rule: nameOf(place.object) };
      return { message: 'passthrough-lb', ...place, values };
    }
  }
  const isGateway = egressGatewayNamed(world, isEgressGateway, outcome.host) !== undefined;
  return isGateway || declaration.kubernetes ? misdialled(leak, declaration, port.name, isGateway) : undefined;
}

type Place = Pick<LeakExplanation, 'object' | 'field'>;

/** Where a DestinationRule asks for the address that the client dialled. */
function passthroughPlace(leak: Leak, { from }: EffectiveRule): Place | undefined {
  const places = from.flatMap((object) => passthroughFields(object, leak.outcome).map((field) => ({ object, field })));
  return places.find(({ object }) => isSubject(leak, object)) ?? places[0];
}

/** The balancers of one DestinationRule that have a say in a cluster and ask for it. */
function passthroughFields({ spec }: DestinationRule, { port, subset }: ClusterOutcome): readonly string[] {
  const own = fieldsOf(spec.trafficPolicy, 'spec.trafficPolicy', port);
  const ofSubset = spec.subsets.flatMap(({ name, trafficPolicy }, index) =>
    name === subset ? fieldsOf(trafficPolicy, `spec.subsets[${index}].trafficPolicy`, port) : [],
  );
  return [...own, ...ofSubset];
}

function fieldsOf(policy: TrafficPolicy | undefined, path: string, port: number): readonly string[] {
  if (policy === undefined) return [];
  const ported = policy.portLevelSettings.flatMap((settings, index) =>
    settings.port === port && isPassthrough(settings)
      ? [`${path}.portLevelSettings[${index}].loadBalancer.simple`]
      : [],
  );
  return isPassthrough(policy) ? [...ported, `${path}.loadBalancer.simple`] : ported;
}

function isPassthrough({ loadBalancer }: PortTrafficPolicy): boolean {
  return loadBalancer?.simple === 'PASSTHROUGH';
}

/** A Service's name under which something outside is dialled: another object declares the name, or joins the Service. */
function misdialled(
  leak: Leak,
  declaration: Declaration,
  port: string,
  isGateway: boolean,
): LeakExplanation | undefined {
  const { world } = leak.scene.topology;
  const { object, host, namespace, resolution } = declaration;
  const values = { ...leakValues(leak), service: host };
  if (object.kind === 'ServiceEntry') {
    const field = `spec.hosts[${object.spec.hosts.indexOf(host)}]`;
    return { message: 'gateway-shadowed', object, field, values: { ...values, entry: nameOf(object) } };
  }
  if (resolution === 'HEADLESS') {
    const message = isGateway ? 'gateway-shadowed/headless' : 'no-route/headless';
    return { message, object, field: 'spec.clusterIP', values };
  }
  const strangers = world.declarations
    .of(host)
    .filter((one) => one.namespace === namespace && one.ports.some(({ name }) => name === port))
    .flatMap((one) => outsideEndpoints(world, one));
  const stranger = strangers.find((one) => isSubject(leak, one.object)) ?? strangers[0];
  if (stranger === undefined) return undefined;
  return {
    message: isGateway ? 'gateway-shadowed/joined' : 'alias/joined',
    object: stranger.object,
    field: stranger.field,
    values: { ...values, stranger: nameOf(stranger.object), address: stranger.address },
  };
}

export interface OutsideEndpoint {
  readonly object: JudgedObject;
  readonly field: string;
  readonly address: string;
}

/** The endpoints outside the mesh that one declaration brings to a host, each with the object in which it is written. */
export function outsideEndpoints(world: World, { object, namespace }: Declaration): readonly OutsideEndpoint[] {
  if (object.kind === 'Service') return selectedOutside(world, namespace, object.spec.selector);
  const { endpoints, workloadSelector } = object.spec;
  if (workloadSelector !== undefined) return selectedOutside(world, namespace, workloadSelector);
  return endpoints.flatMap(({ address }: Endpoint, index) =>
    isOutside(world, address) ? [{ object, field: `spec.endpoints[${index}].address`, address }] : [],
  );
}

function selectedOutside(world: World, namespace: string, selector: Labels | undefined): readonly OutsideEndpoint[] {
  if (selector === undefined) return [];
  return world.workloadEntries
    .of(namespace)
    .filter(({ spec }) => selects(selector, spec.labels) && isOutside(world, spec.address))
    .map((object) => ({ object, field: 'spec.address', address: object.spec.address }));
}
