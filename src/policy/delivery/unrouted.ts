import { isOtherPort } from '../../routing/http-routes.js';
import { sectionOf } from '../../routing/explanation/gateway-rivals.js';
import type { Section } from '../route-places.js';
import { nameOf } from '../object-name.js';
import type { Candidate } from './candidates.js';
import type { Cause } from './cause.js';
import { hostInWords, type Arrived, type Hop } from './hop.js';

/** The VirtualService is not exported to the namespace of the gateway's pods. */
export function hiddenRoute(_: Hop, { proxy }: Arrived, { route }: Candidate): Cause | undefined {
  if (proxy.routes.hiddenBy(route) !== 'not-exported') return undefined;
  return {
    rule: 'not-exported-to-gateway',
    message: 'route',
    tell: (hop) => ({
      object: route,
      field: 'spec.exportTo',
      values: { route: nameOf(route), host: hostInWords(hop), namespace: proxy.namespace },
    }),
  };
}

/** An earlier server of the port has the host, or keeps others off the port. */
export function refusedServer(_: Hop, { servers }: Arrived, { bound, route }: Candidate): Cause | undefined {
  if (bound === undefined) return undefined;
  const refusal = servers.refusal(bound);
  if (refusal === undefined) return undefined;
  const { gateway, index, server } = bound;
  const others = server.hosts
    .flatMap((host) => servers.withHost(host.slice(host.indexOf('/') + 1)))
    .filter((one) => one.gateway !== gateway || one.index !== index);
  const rival = refusal === 'port-taken' ? servers.plaintext : others[0];
  const tell = (hop: Hop) => ({
    object: gateway,
    field: `spec.servers[${index}].${refusal === 'port-taken' ? 'port' : 'hosts'}`,
    values: {
      gateway: nameOf(gateway),
      rival: rival === undefined ? 'an earlier server' : nameOf(rival.gateway),
      host: hostInWords(hop),
      port: String(server.port.number),
      protocol: rival?.server.port.protocol ?? '',
      route: nameOf(route),
    },
  });
  return refusal === 'port-taken'
    ? { rule: 'tcp-port-shared', message: 'port-taken', tell }
    : { rule: 'overlapping-sni', message: 'server-refused', tell };
}

/** The server reads another section of the VirtualService than the one in which the rules for it stand. */
export function unreadSection(_: Hop, __: Arrived, { bound, route, section }: Candidate): Cause | undefined {
  if (bound === undefined) return undefined;
  const read = sectionOf(bound);
  if (read === section) return undefined;
  const { gateway, index } = bound;
  return {
    rule: 'tls-mismatch',
    message: 'section',
    tell: () => ({
      object: gateway,
      field: `spec.servers[${index}].${bound.server.tls === undefined ? 'port.protocol' : 'tls.mode'}`,
      values: { gateway: nameOf(gateway), route: nameOf(route), read, written: section },
    }),
  };
}

/** The match is for another port than the server's. */
export function otherMatchPort(_: Hop, __: Arrived, { bound, match, owner, field }: Candidate): Cause | undefined {
  if (bound === undefined || !isOtherPort(match?.port, bound.server.port.number)) return undefined;
  const values = {
    gateway: nameOf(bound.gateway),
    served: String(bound.server.port.number),
    written: String(match?.port ?? ''),
  };
  return {
    rule: 'missing-gateway-match',
    message: 'no-gateway-rule/port',
    tell: ({ traced }) => ({
      object: owner,
      field: `${field}.port`,
      values: { ...values, host: traced.touched.hostInWords, port: String(traced.touched.call.port) },
    }),
  };
}

/** Nothing that the gateway has takes the call and sends it out. */
export function noRule({ removed }: Hop['scene'], section: Section, gateway: string | undefined): Cause {
  const isDeleted = removed?.kind === 'VirtualService' && removed.spec.gateways.some((name) => name !== 'mesh');
  const message = gateway === undefined ? 'gateway-not-bound' : 'no-gateway-rule';
  return {
    rule: 'missing-gateway-match',
    message: isDeleted ? 'gateway-not-bound/deleted' : message,
    tell: ({ roots, sender, traced }) => ({
      object: roots[0] ?? sender,
      field: gateway === undefined ? 'spec.gateways' : `spec.${section}`,
      values: {
        host: traced.touched.hostInWords,
        port: String(traced.touched.call.port),
        gateway: gateway ?? removed?.metadata.name ?? 'the Gateway',
        removed: removed === undefined ? '' : nameOf(removed),
        section,
      },
    }),
  };
}
