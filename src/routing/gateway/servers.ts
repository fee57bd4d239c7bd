import { overlaps } from '../../mesh/host.js';
import type { Gateway, GatewayServer } from '../../mesh/kinds/gateway.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { byAge, selects } from '../../mesh/metadata.js';
import { familyOf } from '../../mesh/protocol.js';
import { gatewayKeysOf, terminatesOrPasses } from '../../mesh/world/facets.js';
import { namesGateway } from '../http-routes.js';
import type { GatewayProxy } from './gateway-proxy.js';

/** One server of a Gateway that is bound to a port of the gateway's pods. */
export interface BoundServer {
  readonly gateway: Gateway;
  readonly index: number;
  readonly server: GatewayServer;
}

/** `host-taken`: an earlier server with `tls` has a host of it. `port-taken`: an earlier plaintext server shares with no such one. */
export type Refusal = 'host-taken' | 'port-taken';

/** The order in which istiod merges servers: by the age of their Gateways, then as written. */
export function byPlace(a: BoundServer, b: BoundServer): number {
  return byAge(a.gateway, b.gateway) || a.index - b.index;
}

/** The servers of all Gateways that bind to one port of the gateway's pods (T8.1, T8.2; `mergeGateways` in istiod). */
export class PortServers {
  readonly #proxy: GatewayProxy;
  readonly #numbers: readonly number[];
  readonly #accepted = new WeakMap<Gateway, readonly BoundServer[]>();
  /** The first plaintext server: it decides what the port's bytes are when they are no TLS. */
  readonly plaintext: BoundServer | undefined;

  constructor(proxy: GatewayProxy, target: number) {
    this.#proxy = proxy;
    this.#numbers = proxy.numbersBoundTo(target);
    this.plaintext = this.#firstPlaintext();
  }

  /** The servers of a Gateway on this port that istiod does not refuse. */
  accepted(gateway: Gateway): readonly BoundServer[] {
    const known = this.#accepted.get(gateway);
    if (known !== undefined) return known;
    const accepted = this.of(gateway).filter((one) => this.refusal(one) === undefined);
    this.#accepted.set(gateway, accepted);
    return accepted;
  }

  /** The servers of a Gateway on this port; none where the Gateway does not select these pods. */
  of(gateway: Gateway): readonly BoundServer[] {
    if (!selects(gateway.spec.selector, this.#proxy.labels)) return [];
    return gateway.spec.servers
      .map((server, index) => ({ gateway, index, server }))
      .filter(({ server }) => this.#numbers.includes(server.port.number));
  }

  /** The accepted servers with this very host, in order. */
  withHost(host: string): readonly BoundServer[] {
    const gateways = this.#proxy.world.servedHosts.of(host);
    if (gateways.length === 0) return NO_SERVERS;
    return gateways
      .flatMap((gateway) => this.accepted(gateway))
      .filter(({ server, gateway }) => serverHosts(server, gateway).some((one) => one.host === host))
      .sort(byPlace);
  }

  #firstPlaintext(): BoundServer | undefined {
    let first: BoundServer | undefined;
    for (const number of this.#numbers) {
      for (const key of gatewayKeysOf(this.#proxy.labels, number)) {
        for (const gateway of this.#proxy.world.gateways.of(key)) {
          const found = this.of(gateway).find((one) => !terminatesOrPasses(one.server) && !this.#repeatsHost(one));
          if (found === undefined) continue;
          if (first === undefined || byPlace(found, first) < 0) first = found;
          break;
        }
      }
    }
    return first;
  }

  /** Why istiod refuses a server that binds to this port; undefined where it does not. */
  refusal(one: BoundServer): Refusal | undefined {
    if (this.#repeatsHost(one)) return 'host-taken';
    const first = this.plaintext;
    if (first === undefined || byPlace(first, one) >= 0) return undefined;
    return isPlainHttp(first.server) && isPlainHttp(one.server) ? undefined : 'port-taken';
  }

  /** A server with `tls` may not repeat a host that an earlier one with `tls` has. */
  #repeatsHost(one: BoundServer): boolean {
    if (one.server.tls === undefined) return false;
    return serverHosts(one.server, one.gateway).some((mine) =>
      this.#proxy.world.servedHosts
        .of(mine.host)
        .some((gateway) =>
          this.of(gateway).some(
            (other) =>
              other.server.tls !== undefined &&
              byPlace(other, one) < 0 &&
              serverHosts(other.server, gateway).some(
                (its) => its.host === mine.host && its.namespace === mine.namespace,
              ),
          ),
        ),
    );
  }
}

const NO_SERVERS: readonly BoundServer[] = Object.freeze([]);

export function isPlainHttp(server: GatewayServer): boolean {
  return familyOf(server.port.protocol) === 'http';
}

export interface ServerHost {
  /** The only namespace whose VirtualServices may have the host; undefined: any. */
  readonly namespace: string | undefined;
  readonly host: string;
}

/** The hosts of a server: `./h` is for the Gateway's namespace, and `*` before the slash for any. */
export function serverHosts(server: GatewayServer, { metadata }: Gateway): readonly ServerHost[] {
  return server.hosts.map((written) => {
    const slash = written.indexOf('/');
    if (slash < 0) return { namespace: undefined, host: written };
    const namespace = written.slice(0, slash);
    const host = written.slice(slash + 1);
    if (namespace === '*') return { namespace: undefined, host };
    return { namespace: namespace === '.' ? metadata.namespace : namespace, host };
  });
}

export function gatewayName({ metadata }: Gateway): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Whether a VirtualService is bound to a server: it lists the Gateway, and a host of it overlaps one of the server's (T8.3). */
export function fits(route: VirtualService, hosts: readonly string[], bound: BoundServer): boolean {
  return misfit(route, hosts, bound) === undefined;
}

/** Why a VirtualService is not bound to a server; undefined where it is. */
export function misfit(
  route: VirtualService,
  hosts: readonly string[],
  { gateway, server }: BoundServer,
): 'gateway-not-listed' | 'other-host' | undefined {
  if (!namesGateway(route.spec.gateways, route, gatewayName(gateway))) return 'gateway-not-listed';
  const isBound = serverHosts(server, gateway).some(
    ({ namespace, host }) =>
      (namespace === undefined || namespace === route.metadata.namespace) && hosts.some((one) => overlaps(one, host)),
  );
  return isBound ? undefined : 'other-host';
}
