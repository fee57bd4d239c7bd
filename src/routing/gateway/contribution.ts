import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { KeptRoute } from '../http-routes.js';
import type { BoundServer } from './servers.js';

/** One VirtualService's part in a domain of a server. */
export interface Contribution {
  readonly domain: string;
  readonly bound: BoundServer;
  readonly route: VirtualService;
  readonly kept: readonly KeptRoute[];
}
