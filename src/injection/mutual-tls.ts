import { isWildcard } from '../mesh/host.js';
import type { PortLevelSettings } from '../mesh/kinds/destination-rule.js';
import type { Service } from '../mesh/kinds/service.js';
import type { World } from '../mesh/world/world.js';
import { GatewayProxy } from '../routing/gateway/gateway-proxy.js';
import { PortServers } from '../routing/gateway/servers.js';

/**
 * What the ports of an egress gateway ask of a sidecar that calls `host` there: the mesh's mutual TLS where the server for the host
 * ends it, with the SNI by which that server is found. It depends on the world and the host alone, so that all routes of a host wish
 * for the same.
 */
export function mutualTlsSettings(world: World, gateway: Service, host: string): readonly PortLevelSettings[] {
  const proxy = GatewayProxy.of(world, gateway);
  const numbers = [...new Set(gateway.spec.ports.map(({ number }) => number))].sort((a, b) => a - b);
  return numbers.flatMap((port) => {
    if (!asksForMutualTls(world, new PortServers(proxy, GatewayProxy.targetPort(gateway, port) ?? port), host))
      return [];
    const tls = { mode: 'ISTIO_MUTUAL' as const, sni: sniFor(host), credentialName: undefined };
    return [{ port, tls, loadBalancer: undefined }];
  });
}

/** The server with the closest host decides. */
function asksForMutualTls(world: World, servers: PortServers, host: string): boolean {
  for (const name of [host, ...world.servedHosts.covering(host)]) {
    const [bound] = servers.withHost(name);
    if (bound !== undefined) return bound.server.tls?.mode === 'ISTIO_MUTUAL';
  }
  return false;
}

/** A name that the client can send: for a wildcard one that it covers. */
function sniFor(host: string): string {
  return isWildcard(host) ? `any${host.slice(1)}` : host;
}
