import type { VirtualService } from './kinds/virtual-service.js';

const ANNOTATION = 'internal.istio.io/route-semantics';

/**
 * Whether a VirtualService bears the annotation that istiod gives to what it derives from the Gateway API. Anybody may set it, and
 * istiod then obeys it: nothing in the object is expanded, and other rules of precedence hold.
 */
export function hasGatewaySemantics({ metadata }: VirtualService): boolean {
  return metadata.annotations[ANNOTATION] === 'gateway';
}

/** Whether istiod merges the delegates of a VirtualService: not into one that it derived itself, of either kind. */
export function mergesDelegates({ metadata }: VirtualService): boolean {
  const semantics = metadata.annotations[ANNOTATION];
  return semantics !== 'gateway' && semantics !== 'ingress';
}
