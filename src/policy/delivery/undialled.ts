import { addressKey } from '../../mesh/address.js';
import { isWildcard } from '../../mesh/host.js';
import type { Declaration } from '../../mesh/world/declaration.js';
import { ruleFor } from '../../routing/destination/destination-rules.js';
import { endpointsFor } from '../../routing/destination/dial.js';
import { egressGatewayNamed } from '../../routing/egress-gateways.js';
import type { ClusterOutcome } from '../../routing/outcome.js';
import { nameOf } from '../object-name.js';
import { halvesOf } from '../pair.js';
import { placeAt } from '../route-places.js';
import { definerOf } from '../subset-lack.js';
import type { Cause, DeliveryRule, Telling } from './cause.js';
import { hostInWords, rootsOf, type Arrived, type Hop } from './hop.js';

/** Why the gateway cannot dial what a rule for it names: it leads back, the gateway does not know it, or there is nothing to dial. */
export function undialled(hop: Hop, arrived: Arrived, outcome: ClusterOutcome): Cause | undefined {
  const { world, isEgressGateway } = hop.scene.topology;
  if (egressGatewayNamed(world, isEgressGateway, outcome.host) !== undefined) return loop(hop, arrived);
  if (outcome.missing === true) return missing(hop, arrived, outcome);
  return outcome.external === true ? undefined : inside(hop, arrived, outcome);
}

function loop({ scene }: Hop, { next }: Arrived): Cause {
  const route = next.source?.object;
  const place = route?.kind === 'VirtualService' ? placeAt(route, next.source?.field ?? '') : undefined;
  const isUnscoped =
    route?.kind === 'VirtualService' &&
    rootsOf(scene.topology.world, route)
      .flatMap((root) => halvesOf(scene.topology, root))
      .some(
        ({ owner, section, rule, onMesh, onGateways }) =>
          owner === route && section === place?.section && rule === place.rule && onMesh && onGateways.length > 0,
      );
  return {
    rule: 'gateway-loop',
    message: isUnscoped ? 'unscoped' : 'back-to-gateway',
    tell: (hop) => atNext(hop, 'host', { host: hostInWords(hop) }),
  };
}

function missing({ scene }: Hop, arrived: Arrived, outcome: ClusterOutcome): Cause | undefined {
  const { world } = scene.topology;
  const { proxy } = arrived;
  const { host, port, subset } = outcome;
  const declared = world.declarations.of(host);
  // An entry that only this judgement assumes has the ports that the clients dial; the real one will have what its author needs.
  if (declared.length > 0 && declared.every(({ object }) => isImagined(scene, object))) return undefined;
  if (declared.length === 0) return undeclared(scene, outcome);
  const seen = proxy.services.declared(host);
  const service = proxy.clusterService(host, port);
  if (service === undefined) {
    const other = declared.find((one) => !seen.includes(one) && one.ports.some(({ number }) => number === port));
    if (other !== undefined && proxy.services.hiddenBy(other) !== undefined) return hiddenEntry(arrived, other);
    const [first] = seen;
    if (first === undefined) return declared[0] === undefined ? undefined : hiddenEntry(arrived, declared[0]);
    return withoutPort(outcome, first, other);
  }
  const { rule } = ruleFor(world, proxy.namespace, proxy.labels, host, service.declaration.namespace);
  if (subset === undefined || rule?.subsets.get(subset) !== undefined) return noEndpoint(service.declaration);
  return lackingSubset(scene, arrived, outcome, service.declaration.namespace);
}

function isImagined({ imagined }: Hop['scene'], object: Declaration['object']): boolean {
  return object.kind === 'ServiceEntry' && imagined.has(object);
}

function undeclared({ removed }: Hop['scene'], { host, port }: ClusterOutcome): Cause {
  const isRemoved =
    removed?.kind === 'ServiceEntry' && removed.spec.hosts.some((one) => one.toLowerCase() === host.toLowerCase());
  return {
    rule: 'not-exported-to-gateway',
    message: isRemoved ? 'not-declared/deleted' : 'not-declared',
    tell: (hop) => atNext(hop, 'host', { destination: host, port: String(port), route: sourceName(hop) }),
  };
}

function hiddenEntry({ proxy }: Arrived, { object, host }: Declaration): Cause {
  const isHidden = ({ roots }: Hop): boolean => roots.some((route) => proxy.routes.hiddenBy(route) === 'not-exported');
  const tell = (hop: Hop): Telling => ({
    object,
    field: object.kind === 'Service' ? 'metadata.annotations' : 'spec.exportTo',
    values: {
      entry: nameOf(object),
      destination: host,
      namespace: proxy.namespace,
      route: hop.roots[0] === undefined ? '' : nameOf(hop.roots[0]),
      also: isHidden(hop) ? `, after it is in that of ${nameOf(hop.roots[0] ?? hop.sender)}` : '',
    },
  });
  return { rule: 'not-exported-to-gateway', message: 'entry', tell };
}

/** What the gateway takes for the host has not the port; `other` has it, and is not taken. */
function withoutPort({ host, port }: ClusterOutcome, first: Declaration, other: Declaration | undefined): Cause {
  const tell = (hop: Hop): Telling => {
    const values = {
      entry: nameOf(first.object),
      other: other === undefined ? '' : nameOf(other.object),
      destination: host,
      port: String(port),
    };
    return hop.scene.subject === first.object
      ? { object: first.object, field: 'spec.ports', values }
      : atNext(hop, 'port', values);
  };
  return { rule: 'not-exported-to-gateway', message: other === undefined ? 'not-declared/port' : 'other-entry', tell };
}

function lackingSubset(
  { topology }: Hop['scene'],
  { proxy }: Arrived,
  { host, subset = '' }: ClusterOutcome,
  home: string,
): Cause {
  const definer = definerOf(topology.world, { host, subset, namespace: home });
  const values = { destination: host, subset, namespace: proxy.namespace, home };
  if (definer === undefined) {
    const tell = (hop: Hop): Telling => atNext(hop, 'subset', { ...values, namespace: home });
    return { rule: 'missing-subset', message: 'not-defined', tell };
  }
  const tell = (): Telling => ({ object: definer, field: 'spec', values: { ...values, rule: nameOf(definer) } });
  return { rule: 'not-exported-to-gateway', message: 'rule/subset', tell };
}

/** A cluster that is there, and dials nothing outside: what is dialled inside on purpose is nobody's mistake. */
function inside({ scene }: Hop, { proxy }: Arrived, outcome: ClusterOutcome): Cause | undefined {
  const service = proxy.clusterService(outcome.host, outcome.port);
  if (service === undefined || service.declaration.object.kind === 'Service') return undefined;
  const { declaration, port } = service;
  const endpoints = endpointsFor(proxy.world, declaration, port, undefined);
  const back = endpoints.find(({ address }) => isGatewayAt(scene, address));
  if (back !== undefined) return atEntry('gateway-loop', 'entry', declaration);
  if (endpoints.length > 0) return undefined;
  if (declaration.resolution !== 'NONE') return noEndpoint(declaration);
  return isWildcard(outcome.host)
    ? atEntry('wildcard-unreachable', 'none', declaration)
    : atEntry('resolution-none', 'none', declaration);
}

function isGatewayAt({ topology }: Hop['scene'], address: string): boolean {
  const { world, isEgressGateway } = topology;
  if (egressGatewayNamed(world, isEgressGateway, address) !== undefined) return true;
  return world.addresses
    .of(addressKey(address))
    .some(({ object }) => object.kind === 'Service' && isEgressGateway(object));
}

function noEndpoint(declaration: Declaration): Cause | undefined {
  if (declaration.object.kind === 'Service') return undefined;
  return atEntry('resolution-none', 'no-endpoint', declaration);
}

/** A wildcard that the gateway is told to dial as it is (B9). */
export function unreachableWildcard({ proxy }: Arrived, { host, port }: ClusterOutcome): Cause | undefined {
  if (!isWildcard(host)) return undefined;
  const service = proxy.clusterService(host, port);
  const object = service?.declaration.object;
  if (service === undefined || object?.kind !== 'ServiceEntry') return undefined;
  const { resolution } = service.declaration;
  if (resolution === 'DYNAMIC_DNS') return atEntry('wildcard-unreachable', 'dynamic-dns', service.declaration);
  const isNamed = endpointsFor(proxy.world, service.declaration, service.port, undefined).every(({ address }) =>
    isWildcard(address),
  );
  return isNamed ? atEntry('wildcard-unreachable', 'dns', service.declaration) : undefined;
}

/** Where the mend of what an entry gives to dial begins: in the entry, where that is what changes, else at the rule for the gateway. */
function atEntry(rule: DeliveryRule, message: string, { object, host, resolution }: Declaration): Cause {
  return {
    rule,
    message,
    tell: (hop) => {
      const values = { entry: nameOf(object), destination: host, resolution };
      const isFixed = rule === 'wildcard-unreachable' && hop.scene.subject !== object;
      return isFixed ? atNext(hop, 'host', values) : { object, field: FIELDS[message] ?? 'spec.resolution', values };
    },
  };
}

/** What of an entry leaves the gateway nothing to dial, where it is not the resolution. */
const FIELDS: Readonly<Record<string, string>> = { entry: 'spec.endpoints' };

/** The field of the destination at the gateway. */
function atNext(hop: Hop, name: string, values: Telling['values']): Telling {
  const { source } = hop.arrived?.next ?? {};
  return source === undefined
    ? { object: hop.sender, field: 'spec', values }
    : { object: source.object, field: `${source.field}.${name}`, values };
}

function sourceName({ arrived, sender }: Hop): string {
  return nameOf(arrived?.next.source?.object ?? sender);
}
