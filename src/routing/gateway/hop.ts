import { covers } from '../../mesh/host.js';
import type { Service } from '../../mesh/kinds/service.js';
import { familyOf } from '../../mesh/protocol.js';
import type { World } from '../../mesh/world/world.js';
import type { Arrival } from '../arrival.js';
import type { Call } from '../call.js';
import { remembered } from '../memory.js';
import type { ClusterOutcome } from '../outcome.js';
import type { Trail } from '../trail.js';
import type { Way } from '../way.js';
import { passthroughChains, tcpWays } from './bytes.js';
import { GatewayProxy } from './gateway-proxy.js';
import { httpHostWays } from './http.js';
import { isPlainHttp, PortServers, serverHosts, type BoundServer } from './servers.js';

/** How a probe of the gateway itself arrives. */
export function arrivalOf({ protocol, host, port }: Call): Arrival {
  const name = host.toLowerCase();
  switch (protocol) {
    case 'http':
      return { port, wrap: 'plain', sni: undefined, inside: 'http', host: name };
    case 'tcp':
      return { port, wrap: 'plain', sni: undefined, inside: 'bytes', host: name };
    case 'tls':
      return { port, wrap: 'tls', sni: name, inside: 'bytes', host: name };
    case 'mtls-http':
      return { port, wrap: 'mtls', sni: name, inside: 'http', host: name };
    case 'mtls-tcp':
      return { port, wrap: 'mtls', sni: name, inside: 'bytes', host: name };
  }
}

/** How a call arrives that a sidecar sends to the gateway's cluster (T7); undefined where the Service has no such port. */
export function hopOf(
  gateway: Service,
  cluster: ClusterOutcome,
  call: Call,
  rewritten: string | undefined,
): Arrival | undefined {
  const { port, tls } = cluster;
  if (GatewayProxy.targetPort(gateway, port) === undefined) return undefined;
  const plain = arrivalOf({ ...call, port, host: call.host.replace(/:\d+$/, '') });
  const host = rewritten?.replace(/:\d+$/, '').toLowerCase() ?? plain.host;
  const inside = call.protocol === 'http' ? 'http' : 'bytes';
  switch (tls?.mode) {
    case undefined:
    case 'auto':
      return { ...plain, host };
    case 'simple':
      return { port, wrap: 'tls', sni: tls.sni?.toLowerCase(), inside, host };
    case 'mutual':
    case 'istio-mutual':
      return { port, wrap: 'mtls', sni: tls.sni?.toLowerCase(), inside, host };
  }
}

const NONE: readonly Way[] = [{ outcome: { type: 'none' }, source: undefined }];

/** What the pods of an egress gateway's Service do with a connection (T8). */
export function gatewayWays(world: World, service: Service, arrival: Arrival, trail?: Trail): readonly Way[] {
  const target = GatewayProxy.targetPort(service, arrival.port);
  if (target === undefined) return NONE;
  const proxy = GatewayProxy.of(world, service);
  if (trail !== undefined) return arrivedWays(proxy, target, arrival, trail);
  const { wrap, sni, inside, host } = arrival;
  // What a gateway does is the same whoever calls.
  const key = `${target} ${wrap} ${sni ?? ''} ${inside} ${host}`;
  return remembered(proxy.arrivals, key, () => arrivedWays(proxy, target, arrival, undefined));
}

function arrivedWays(proxy: GatewayProxy, target: number, arrival: Arrival, trail: Trail | undefined): readonly Way[] {
  const servers = serversOf(proxy, target);
  trail?.arrival(arrival, proxy, servers);
  if (arrival.wrap !== 'plain') {
    const wrapped = tlsWays(proxy, servers, arrival, trail);
    if (wrapped !== undefined) return wrapped;
  }
  return plaintextWays(proxy, servers, arrival, trail);
}

const SERVERS = new WeakMap<GatewayProxy, Map<number, PortServers>>();

/** The servers on a port of the gateway's pods, remembered with the gateway. */
export function serversOf(proxy: GatewayProxy, target: number): PortServers {
  let ports = SERVERS.get(proxy);
  if (ports === undefined) SERVERS.set(proxy, (ports = new Map<number, PortServers>()));
  return remembered(ports, target, () => new PortServers(proxy, target));
}

/** The chain without an SNI: the plaintext server's. */
function plaintextWays(
  proxy: GatewayProxy,
  servers: PortServers,
  arrival: Arrival,
  trail: Trail | undefined,
): readonly Way[] {
  const { plaintext } = servers;
  trail?.server(plaintext);
  if (plaintext === undefined) return NONE;
  if (!isPlainHttp(plaintext.server)) return tcpWays(proxy, plaintext) ?? NONE;
  if (arrival.wrap !== 'plain' || arrival.inside !== 'http') return NONE;
  return httpHostWays(proxy, servers, arrival.host, undefined, trail);
}

/** A chain that is chosen by SNI; `pattern` is the SNI that it asks for. */
interface SniChain {
  readonly pattern: string;
  readonly bound: BoundServer;
  readonly ways: () => readonly Way[];
}

/** The chain whose SNI is the closest to the connection's; undefined where none fits. */
function tlsWays(
  proxy: GatewayProxy,
  servers: PortServers,
  arrival: Arrival,
  trail: Trail | undefined,
): readonly Way[] | undefined {
  const sni = arrival.sni ?? '';
  const chains: SniChain[] = [
    ...terminatingChains(proxy, servers, arrival, sni, trail),
    ...passthroughChains(proxy, servers, sni),
  ];
  let best: SniChain | undefined;
  for (const chain of chains) {
    if (best === undefined || specificity(chain.pattern, sni) > specificity(best.pattern, sni)) best = chain;
  }
  if (best === undefined) return undefined;
  trail?.server(best.bound);
  return best.ways();
}

function specificity(pattern: string, sni: string): number {
  return pattern === sni ? Number.POSITIVE_INFINITY : pattern.length;
}

/** Servers that end the TLS themselves: HTTP routes inside for HTTPS, one target from `tcp` for TLS. */
function* terminatingChains(
  proxy: GatewayProxy,
  servers: PortServers,
  arrival: Arrival,
  sni: string,
  trail: Trail | undefined,
): Generator<SniChain> {
  for (const name of [sni, ...proxy.world.servedHosts.covering(sni)]) {
    for (const bound of servers.withHost(name)) {
      if (!terminates(bound)) continue;
      if (!serverHosts(bound.server, bound.gateway).some(({ host }) => covers(host.toLowerCase(), sni))) continue;
      if (bound.server.port.protocol === 'HTTPS') {
        yield { pattern: name, bound, ways: () => insideHttps(proxy, servers, bound, arrival, trail) };
      } else {
        const ways = tcpWays(proxy, bound);
        if (ways !== undefined) yield { pattern: name, bound, ways: () => (handshakes(bound, arrival) ? ways : NONE) };
      }
    }
  }
}

export function terminates({ server }: BoundServer): boolean {
  if (familyOf(server.port.protocol) !== 'tls') return false;
  const mode = server.tls?.mode;
  return mode === 'SIMPLE' || mode === 'MUTUAL' || mode === 'ISTIO_MUTUAL' || mode === 'OPTIONAL_MUTUAL';
}

function insideHttps(
  proxy: GatewayProxy,
  servers: PortServers,
  bound: BoundServer,
  arrival: Arrival,
  trail: Trail | undefined,
): readonly Way[] {
  if (!handshakes(bound, arrival) || arrival.inside !== 'http') return NONE;
  return httpHostWays(proxy, servers, arrival.host, bound, trail);
}

/** Whether the server's TLS takes the client: MUTUAL and ISTIO_MUTUAL ask for a certificate. */
export function handshakes({ server }: BoundServer, { wrap }: Arrival): boolean {
  const mode = server.tls?.mode;
  return wrap === 'mtls' || mode === 'SIMPLE' || mode === 'OPTIONAL_MUTUAL';
}
