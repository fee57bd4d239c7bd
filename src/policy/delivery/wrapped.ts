import { covers } from '../../mesh/host.js';
import type { DestinationRule, PortTrafficPolicy } from '../../mesh/kinds/destination-rule.js';
import { ruleFor } from '../../routing/destination/destination-rules.js';
import { passesTls, isTaken } from '../../routing/gateway/bytes.js';
import type { Arrival } from '../../routing/arrival.js';
import { handshakes, terminates } from '../../routing/gateway/hop.js';
import { gatewaysOf } from '../../routing/gateway/http.js';
import { fits, isPlainHttp, serverHosts, type BoundServer } from '../../routing/gateway/servers.js';
import { nameOf } from '../object-name.js';
import type { Candidate } from './candidates.js';
import type { Cause, DeliveryRule, Telling } from './cause.js';
import { hostInWords, serviceName, type Arrived, type Hop } from './hop.js';

/** What the sidecar sends is of another kind than what the server takes, whatever rules stand at it. */
export function otherKind(hop: Hop, { arrival }: Arrived, { bound }: Candidate): Cause | undefined {
  if (bound === undefined) return undefined;
  const message = kindMessage(hop, arrival, bound);
  return message === undefined ? undefined : mismatch(bound, 'tls-mismatch', message);
}

function kindMessage(hop: Hop, { wrap, inside }: Arrival, bound: BoundServer): string | undefined {
  if (isPlainHttp(bound.server)) {
    if (wrap !== 'plain') return wrap === 'tls' ? 'tls-into-plain' : 'tls-into-plain/mutual';
    return inside === 'http' ? undefined : 'bytes-into-http/plain';
  }
  if (passesTls(bound)) {
    if (wrap === 'plain') return 'plain-into-tls/passthrough';
    return isWrapped(hop) && hop.cluster.tls?.mode === 'istio-mutual' ? 'mutual-into-passthrough' : undefined;
  }
  if (!terminates(bound)) return undefined;
  if (wrap === 'plain') return 'plain-into-tls';
  return bound.server.port.protocol === 'HTTPS' && inside === 'bytes' && isWrapped(hop) ? 'bytes-into-http' : undefined;
}

/** The TLS arrives with an SNI that the server or the match does not have, or without the certificate that the server asks for. */
export function otherName(hop: Hop, arrived: Arrived, candidate: Candidate): Cause | undefined {
  const { arrival } = arrived;
  const { bound } = candidate;
  if (bound === undefined) return undefined;
  if (passesTls(bound)) return passedName(arrived, candidate);
  if (!terminates(bound)) return undefined;
  const served = serverHosts(bound.server, bound.gateway);
  const isServed = served.some(({ host }) => covers(host.toLowerCase(), arrival.sni ?? ''));
  if (!isServed) return mismatch(bound, 'sni-mismatch', sniMessage(hop, arrival));
  if (!handshakes(bound, arrival)) return mismatch(bound, 'tls-mismatch', 'no-certificate');
  const takesHttp = bound.server.port.protocol === 'HTTPS';
  return takesHttp && arrival.inside === 'bytes' ? mismatch(bound, 'tls-mismatch', 'bytes-into-http') : undefined;
}

/** TLS passes through by its SNI, and the match has others. */
function passedName({ arrival }: Arrived, candidate: Candidate): Cause | undefined {
  const { sni = '' } = arrival;
  const names = candidate.match?.sniHosts ?? [];
  return names.some((name) => covers(name.toLowerCase(), sni)) ? undefined : otherRouteSni(candidate, sni);
}

/** The match has the SNI, and the gateway leaves it out, because an earlier one has one of its SNIs. */
export function takenName(_: Hop, { arrival, proxy, servers }: Arrived, candidate: Candidate): Cause | undefined {
  const { bound, route, rule, field } = candidate;
  if (bound === undefined || !passesTls(bound)) return undefined;
  const index = Number(/\.match\[(\d+)\]$/.exec(field)?.[1] ?? 0);
  const tls = route.spec.tls[rule]?.match[index];
  if (tls === undefined || !isTaken(proxy, servers, { bound, route, rule, index, match: tls })) return undefined;
  return takenSni(candidate, arrival.sni ?? '');
}

/** The sidecar itself puts the call into TLS. */
export function isWrapped({ cluster }: Hop): boolean {
  return cluster.tls !== undefined && cluster.tls.mode !== 'auto';
}

function sniMessage(hop: Hop, { sni }: Arrival): string {
  if (sni === undefined) return 'other-sni/none';
  if (!isWrapped(hop)) return 'other-sni/client';
  return sni.startsWith('outbound_') ? 'default-sni' : 'other-sni';
}

function mismatch(bound: BoundServer, rule: DeliveryRule, message: string): Cause {
  return { rule, message, tell: (hop) => tellMismatch(hop, bound) };
}

/** A mend may begin at either end: at the object that the change is about, else where the sidecar's TLS is set, else at the server. */
function tellMismatch(hop: Hop, bound: BoundServer): Telling {
  const { gateway, index, server } = bound;
  const { subject } = hop.scene;
  const { arrival } = hop.arrived ?? {};
  const rule = tlsPlace(hop);
  const field = server.tls === undefined ? 'port.protocol' : 'tls.mode';
  const atServer = { object: gateway, field: `spec.servers[${index}].${field}` };
  const atSender = { object: hop.sender, field: hop.way.source?.field ?? 'spec' };
  const places = [...(rule === undefined ? [] : [rule]), atServer, atSender];
  const place = places.find(({ object }) => object === subject) ?? (isWrapped(hop) ? places[0] : undefined) ?? atServer;
  const subset = hop.cluster.subset === undefined ? '' : ` of subset ${hop.cluster.subset}`;
  return {
    ...place,
    values: {
      gateway: nameOf(gateway),
      service: serviceName(hop),
      rule: rule === undefined ? 'the DestinationRule' : nameOf(rule.object),
      subset,
      host: hostInWords(hop),
      port: String(hop.cluster.port),
      sni: arrival?.sni ?? '',
      hosts: server.hosts.slice(0, MOST_HOSTS).join(', '),
      server: server.tls === undefined ? server.port.protocol : `${server.port.protocol} with ${server.tls.mode}`,
      sent: arrival === undefined ? '' : sentInWords(arrival),
    },
  };
}

const MOST_HOSTS = 3;

function sentInWords({ wrap, inside }: Arrival): string {
  switch (wrap) {
    case 'plain':
      return inside === 'http' ? 'plain HTTP' : 'bytes without TLS';
    case 'tls':
      return 'TLS without a client certificate';
    case 'mtls':
      return 'mutual TLS';
  }
}

/** Where the DestinationRule that the client reads sets the TLS to the gateway, or would have to. */
function tlsPlace(hop: Hop): { readonly object: DestinationRule; readonly field: string } | undefined {
  const { scene, traced, cluster, gateway } = hop;
  const { namespace, labels } = traced.client;
  const { rule } = ruleFor(scene.topology.world, namespace, labels, cluster.host, gateway.metadata.namespace);
  const from = rule?.from ?? [];
  for (const object of from) {
    const field = tlsField(object, cluster);
    if (field !== undefined) return { object, field };
  }
  for (const object of from) {
    const index = object.spec.subsets.findIndex(({ name }) => name === cluster.subset);
    if (index >= 0) return { object, field: `spec.subsets[${index}]` };
  }
  const [object] = from;
  return object === undefined ? undefined : { object, field: 'spec.trafficPolicy' };
}

function tlsField({ spec }: DestinationRule, { port, subset }: Hop['cluster']): string | undefined {
  const index = spec.subsets.findIndex(({ name }) => name === subset);
  const policies = [
    { path: `spec.subsets[${index}].trafficPolicy`, policy: spec.subsets[index]?.trafficPolicy },
    { path: 'spec.trafficPolicy', policy: spec.trafficPolicy },
  ];
  const hasTls = ({ tls }: PortTrafficPolicy): boolean => tls !== undefined;
  for (const { path, policy } of policies) {
    const level = policy?.portLevelSettings.findIndex((one) => one.port === port && hasTls(one)) ?? -1;
    if (level >= 0) return `${path}.portLevelSettings[${level}].tls`;
    if (policy !== undefined && hasTls(policy)) return `${path}.tls`;
  }
  return undefined;
}

/** The client's own TLS passes through by its SNI, which no match for the gateway has. */
function otherRouteSni({ owner, field, match, gateway }: Candidate, sni: string): Cause {
  return {
    rule: 'sni-mismatch',
    message: 'no-match',
    tell: (hop) => ({
      object: owner,
      field: `${field}.sniHosts`,
      values: {
        sni,
        host: hostInWords(hop),
        hosts: (match?.sniHosts ?? []).slice(0, MOST_HOSTS).join(', '),
        gateway: gateway === undefined ? '' : nameOf(gateway),
      },
    }),
  };
}

function takenSni({ owner, field, route }: Candidate, sni: string): Cause {
  return {
    rule: 'overlapping-sni',
    message: 'match-skipped',
    tell: () => ({ object: owner, field: `${field}.sniHosts`, values: { sni, route: nameOf(route) } }),
  };
}

/** Mutual TLS of the mesh that the gateway passes on as it is, to a host that cannot end it. */
export function passedOn({ cluster }: Hop, { next, servers, proxy }: Arrived): Cause | undefined {
  const { source } = next;
  if (cluster.tls?.mode !== 'istio-mutual' || source?.object.kind !== 'VirtualService') return undefined;
  if (!source.field.startsWith('spec.tls[')) return undefined;
  const route = source.object;
  const bound = gatewaysOf(proxy, route)
    .flatMap((gateway) => servers.accepted(gateway))
    .find((one) => passesTls(one) && fits(route, proxy.routes.hosts(route), one));
  return bound === undefined ? undefined : mismatch(bound, 'tls-mismatch', 'mutual-into-passthrough');
}

/** The server sends plain HTTP away, to HTTPS. */
export function redirected({ next }: Arrived): Cause | undefined {
  const { source } = next;
  if (source?.object.kind !== 'Gateway') return undefined;
  const { object, field } = source;
  return {
    rule: 'tls-mismatch',
    message: 'redirect',
    tell: (hop) => ({ object, field, values: { gateway: nameOf(object), port: String(hop.cluster.port) } }),
  };
}
