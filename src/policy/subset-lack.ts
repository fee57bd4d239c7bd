import type { DestinationRule } from '../mesh/kinds/destination-rule.js';
import type { VirtualService } from '../mesh/kinds/virtual-service.js';
import type { World } from '../mesh/world/world.js';
import { ruleFor } from '../routing/destination/destination-rules.js';
import type { ClusterOutcome } from '../routing/outcome.js';
import { SidecarProxy } from '../routing/sidecar/sidecar-proxy.js';
import type { Way } from '../routing/way.js';
import type { TracedCall } from './comparison.js';

/** A way that ends at the sidecar because the route names a subset which the client does not find. */
export interface SubsetLack {
  readonly route: VirtualService;
  /** `spec.http[0].route[0].destination.subset`. */
  readonly field: string;
  readonly host: string;
  readonly port: number;
  readonly subset: string;
  /** The namespace of the service, where every client looks that has no rule for it nearer by. */
  readonly namespace: string;
  /** The namespace whose rules the client reads instead; undefined where it finds none at all. */
  readonly reads: string | undefined;
}

/** Undefined where the way ends elsewhere, or here for want of something else than the subset. */
export function subsetLackOf(world: World, { client }: TracedCall, { outcome, source }: Way): SubsetLack | undefined {
  if (outcome.type !== 'cluster' || outcome.missing !== true || source?.object.kind !== 'VirtualService')
    return undefined;
  const { host, port, subset }: ClusterOutcome = outcome;
  if (subset === undefined) return undefined;
  const service = new SidecarProxy(world, client.namespace, client.labels).clusterService(host, port);
  if (service === undefined) return undefined;
  const { namespace } = service.declaration;
  const choice = ruleFor(world, client.namespace, client.labels, host, namespace);
  if (choice.rule?.subsets.get(subset) !== undefined) return undefined;
  const field = `${source.field}.subset`;
  return { route: source.object, field, host, port, subset, namespace, reads: choice.namespace };
}

/** A DestinationRule that defines the subset where the client does not look: that of the service's own namespace before others. */
export function definerOf(
  world: World,
  { host, subset, namespace }: Pick<SubsetLack, 'host' | 'subset' | 'namespace'>,
): DestinationRule | undefined {
  for (const place of new Set([namespace, ...world.ruleNamespaces()])) {
    const found = rulesFor(world, place, host).find(({ spec }) => spec.subsets.some(({ name }) => name === subset));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The DestinationRules of a namespace for a host, the closest in name first. */
export function rulesFor(world: World, namespace: string, host: string): readonly DestinationRule[] {
  const rules = world.destinationRules(namespace);
  return [host, ...rules.covering(host)].flatMap((name) => rules.of(name));
}
