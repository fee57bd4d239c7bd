import { covers } from '../../mesh/host.js';
import type { Gateway } from '../../mesh/kinds/gateway.js';
import type { Service } from '../../mesh/kinds/service.js';
import { selects } from '../../mesh/metadata.js';
import { familyOf } from '../../mesh/protocol.js';
import { GatewayProxy } from '../gateway/gateway-proxy.js';
import { gatewaysOf } from '../gateway/http.js';
import { handshakes, terminates } from '../gateway/hop.js';
import { isPlainHttp, serverHosts, type BoundServer } from '../gateway/servers.js';
import { overlappingNames } from '../view/routes.js';
import { portField } from './fields.js';
import { closeness } from './precedence.js';
import type { Recording } from './recording.js';
import { step, type Loser, type LossReason, type StepOf, type StepReasons } from './step.js';

export type Arrived = NonNullable<Recording['arrived']>;

/** Where a port of the gateway's Service leads (T7). */
export function portStep(gateway: Service, port: number): StepOf<'port'> {
  const target = GatewayProxy.targetPort(gateway, port);
  const ports = gateway.spec.ports.map(({ number }) => String(number)).join(', ');
  const values = { port: String(port), target: String(target ?? ''), ports };
  if (target === undefined) return step('port', 'no-service-port', { object: gateway, field: 'spec.ports' }, values);
  return step('port', 'service-port', { object: gateway, field: portField(gateway, port) }, values);
}

/**
 * The server that the connection is for: the one that takes it, or else one that would if it had a rule. Undefined where there is
 * neither.
 */
export function meantServer(arrived: Arrived, served: BoundServer | undefined): BoundServer | undefined {
  if (served !== undefined && reasonOf(arrived, served) !== 'tls-on-plaintext') return served;
  const bound = [...candidates(arrived)].flatMap((gateway) => arrived.servers.of(gateway));
  return bound.find((one) => lossOf(arrived, one, undefined)?.reason === 'no-rule') ?? served;
}

/** The server that the connection is for, and those that it is not for (T8.1, T8.2, T8.4). */
export function serverStep(
  arrived: Arrived,
  bound: BoundServer | undefined,
  served: BoundServer | undefined,
): StepOf<'server'> {
  const { arrival } = arrived;
  const values = {
    wrap: arrival.wrap,
    inside: arrival.inside,
    sni: arrival.sni ?? '',
    host: arrival.host,
    mode: bound?.server.tls?.mode ?? '',
    protocol: bound?.server.port.protocol ?? '',
  };
  const losers = [...candidates(arrived)].flatMap((gateway) => lossesOf(arrived, gateway, bound));
  if (bound === undefined) return step('server', 'no-server', undefined, values, losers);
  const at = { object: bound.gateway, field: `spec.servers[${bound.index}]` };
  return step('server', bound === served ? reasonOf(arrived, bound) : 'no-rule', at, values, losers);
}

function reasonOf({ arrival }: Arrived, bound: BoundServer): StepReasons['server'] {
  const { server } = bound;
  if (terminates(bound)) {
    if (!handshakes(bound, arrival)) return 'no-certificate';
    return server.port.protocol === 'HTTPS' && arrival.inside !== 'http' ? 'no-http-inside' : 'terminates';
  }
  if (familyOf(server.port.protocol) === 'tls') return 'passes';
  if (!isPlainHttp(server)) return 'plaintext';
  if (arrival.wrap !== 'plain') return 'tls-on-plaintext';
  return arrival.inside === 'http' ? 'plaintext' : 'no-http-inside';
}

/** The Gateways with a server for one of the names, and those that a VirtualService for one of them binds. */
function candidates({ proxy, arrival }: Arrived): ReadonlySet<Gateway> {
  const { servedHosts, routes } = proxy.world;
  const names = new Set([arrival.sni ?? '', arrival.host].filter((name) => name !== ''));
  const found = new Set<Gateway>();
  for (const name of names) {
    for (const served of overlappingNames(servedHosts, name)) {
      for (const gateway of servedHosts.of(served)) found.add(gateway);
    }
    for (const host of overlappingNames(routes, name)) {
      for (const route of routes.of(host)) for (const gateway of gatewaysOf(proxy, route)) found.add(gateway);
    }
  }
  return found;
}

function lossesOf(arrived: Arrived, gateway: Gateway, winner: BoundServer | undefined): readonly Loser[] {
  const { proxy, servers } = arrived;
  if (!selects(gateway.spec.selector, proxy.labels)) {
    return [{ object: gateway, field: 'spec.selector', reason: 'other-pods' }];
  }
  const bound = servers.of(gateway);
  return gateway.spec.servers.flatMap((server, index): readonly Loser[] => {
    if (winner?.gateway === gateway && winner.index === index) return [];
    const field = `spec.servers[${index}]`;
    const here = bound.find((one) => one.index === index);
    if (here === undefined) return [{ object: gateway, field: `${field}.port.number`, reason: 'other-port' }];
    const loss = lossOf(arrived, here, winner);
    if (loss === undefined) return [];
    const lost = { object: gateway, field: `${field}.${loss.field}`, reason: loss.reason };
    if (winner === undefined || loss.reason !== 'less-specific') return [lost];
    return [{ ...lost, by: { object: winner.gateway, field: `spec.servers[${winner.index}].hosts` } }];
  });
}

function lossOf(
  { arrival, servers }: Arrived,
  one: BoundServer,
  winner: BoundServer | undefined,
): { readonly reason: LossReason; readonly field: string } | undefined {
  const { server, gateway } = one;
  const refusal = servers.refusal(one);
  if (refusal !== undefined) return { reason: refusal, field: refusal === 'host-taken' ? 'hosts' : 'port' };
  const isTls = familyOf(server.port.protocol) === 'tls';
  if (arrival.wrap === 'plain') {
    if (isTls) return { reason: 'wants-tls', field: 'tls' };
    // All plaintext HTTP servers of a port answer together: whether one has the host is for the routes to say.
    return undefined;
  }
  if (!isTls)
    return winner !== undefined || isPlainHttp(server) ? { reason: 'plaintext-only', field: 'port' } : undefined;
  const hosts = serverHosts(server, gateway).map(({ host }) => host);
  const sni = arrival.sni ?? '';
  if (!hosts.some((host) => covers(host.toLowerCase(), sni))) return { reason: 'other-sni', field: 'hosts' };
  if (winner === undefined) return { reason: 'no-rule', field: 'port.protocol' };
  const theirs = serverHosts(winner.server, winner.gateway).map(({ host }) => host);
  if (closeness(hosts, sni) < closeness(theirs, sni)) return { reason: 'less-specific', field: 'hosts' };
  return { reason: 'no-rule', field: 'port.protocol' };
}
