import type { Service } from '../../mesh/kinds/service.js';
import type { GatewayProxy } from '../gateway/gateway-proxy.js';
import type { Contribution } from '../gateway/contribution.js';
import type { Arrival } from '../arrival.js';
import type { BoundServer, PortServers } from '../gateway/servers.js';
import type { ClusterOutcome } from '../outcome.js';
import type { EgressView } from '../sidecar/egress-view.js';
import type { Chain } from '../sidecar/filter-chains.js';
import type { Listener } from '../sidecar/listener.js';
import type { SidecarProxy } from '../sidecar/sidecar-proxy.js';
import type { VirtualHost } from '../sidecar/virtual-host.js';
import type { Trail } from '../trail.js';

/** A trail that keeps what it is told. What it was not told is undefined. */
export class Recording implements Trail {
  proxy: SidecarProxy | undefined;
  listening: Listener | undefined;
  taken: Chain | undefined;
  /** Undefined where no Host was asked for. */
  asked: { readonly view: EgressView; readonly host: VirtualHost | undefined } | undefined;
  arrived: { readonly arrival: Arrival; readonly proxy: GatewayProxy; readonly servers: PortServers } | undefined;
  served: BoundServer | undefined;
  parts: readonly Contribution[] = [];
  /** Of an egress gateway: the outcome of the ways to it. */
  outcome: ClusterOutcome | undefined;
  /** What happens behind the ways that lead to egress gateways. */
  readonly hops: { readonly gateway: Service; readonly recording: Recording }[] = [];

  sidecar(proxy: SidecarProxy): void {
    this.proxy = proxy;
  }

  listener(listener: Listener | undefined): void {
    this.listening = listener;
  }

  chain(chain: Chain | undefined): void {
    this.taken = chain;
  }

  virtualHost(view: EgressView, host: VirtualHost | undefined): void {
    this.asked = { view, host };
  }

  behind(gateway: Service): Trail {
    const recording = new Recording();
    this.hops.push({ gateway, recording });
    return recording;
  }

  arrival(arrival: Arrival, proxy: GatewayProxy, servers: PortServers): void {
    this.arrived = { arrival, proxy, servers };
  }

  server(bound: BoundServer | undefined): void {
    this.served = bound;
  }

  domain(parts: readonly Contribution[]): void {
    this.parts = parts;
  }

  ended(outcome: ClusterOutcome): void {
    this.outcome = outcome;
  }
}
