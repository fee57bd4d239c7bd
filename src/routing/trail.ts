import type { Service } from '../mesh/kinds/service.js';
import type { Contribution } from './gateway/contribution.js';
import type { Arrival } from './arrival.js';
import type { GatewayProxy } from './gateway/gateway-proxy.js';
import type { BoundServer, PortServers } from './gateway/servers.js';
import type { ClusterOutcome } from './outcome.js';
import type { Chain } from './sidecar/filter-chains.js';
import type { EgressView } from './sidecar/egress-view.js';
import type { Listener } from './sidecar/listener.js';
import type { SidecarProxy } from './sidecar/sidecar-proxy.js';
import type { VirtualHost } from './sidecar/virtual-host.js';

/**
 * Is told, while a call is traced, what each step decided. It gets the step's own results and nothing that is made for it, so that
 * a trace for which nobody brings a trail pays nothing. Who lost, and why, is worked out from there: see `explain`.
 */
export interface Trail {
  /** T1: whose sidecar it is, with its Sidecar object. */
  sidecar(proxy: SidecarProxy): void;
  /** T3: undefined where nothing listens. */
  listener(listener: Listener | undefined): void;
  /** T4: undefined where no chain takes the call. */
  chain(chain: Chain | undefined): void;
  /** T5: undefined where no virtual host has the Host. */
  virtualHost(view: EgressView, host: VirtualHost | undefined): void;
  /** T7: a way leads to an egress gateway; gives the trail of what happens there. */
  behind(gateway: Service): Trail;
  /** T8.1: how the call arrives, and which servers there are on the port that it reaches. */
  arrival(arrival: Arrival, proxy: GatewayProxy, servers: PortServers): void;
  /** T8.4: the server that takes the connection; undefined where none does. */
  server(bound: BoundServer | undefined): void;
  /** T8.6: the parts of the VirtualServices in the domain that answers; not told where none does. */
  domain(parts: readonly Contribution[]): void;
  /** The very outcome that ways to this gateway have in the end: what it does is in `then`. */
  ended(outcome: ClusterOutcome): void;
}
