import type { Metadata } from '../metadata.js';
import type { Fields } from '../reading.js';

/** What Sallyport reads of a route of the Gateway API: what it is attached to. */
export interface GatewayApiRoute {
  readonly kind: GatewayApiRouteKind;
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly parents: readonly RouteParent[];
}

export interface RouteParent {
  /** `Gateway` where none is written. */
  readonly kind: string;
  readonly name: string;
}

/** A Gateway of the Gateway API: the name `Gateway` is Istio's own kind here. */
export interface KubernetesGateway {
  readonly kind: 'KubernetesGateway';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly gatewayClass: string;
}

export const GATEWAY_API = 'gateway.networking.k8s.io';

const ROUTE_KINDS = ['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'] as const;

export type GatewayApiRouteKind = (typeof ROUTE_KINDS)[number];

export function routeKindOf(kind: string): GatewayApiRouteKind | undefined {
  return ROUTE_KINDS.find((one) => one === kind);
}

export function readRouteParents(spec: Fields): readonly RouteParent[] {
  return spec.objects('parentRefs', (parent) => ({
    kind: parent.text('kind') ?? 'Gateway',
    name: parent.text('name') ?? '',
  }));
}
