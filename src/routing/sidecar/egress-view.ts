import type { RouteView } from '../view/routes.js';
import type { EgressEntry } from '../view/scope.js';
import type { ServiceView } from '../view/services.js';

/** What one egress entry of a Sidecar, or its absence, lets a sidecar see. */
export interface EgressView {
  readonly entry: EgressEntry | undefined;
  readonly services: ServiceView;
  readonly routes: RouteView;
}
