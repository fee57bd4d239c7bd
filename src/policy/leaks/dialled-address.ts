import { ruleFor } from '../../routing/destination/destination-rules.js';
import { policyFor } from '../../routing/destination/traffic-policy.js';
import { SidecarProxy } from '../../routing/sidecar/sidecar-proxy.js';
import type { Leak } from './leak.js';

/**
 * Whether the cluster dials the very address that the client dialled, so that each address is a destination of its own. Other clusters
 * lead to the same place whichever address their name was dialled by (T6.3).
 */
export function dialsClientsAddress({ outcome, traced, scene }: Leak): boolean {
  const { world } = scene.topology;
  const { namespace, labels } = traced.client;
  const service = new SidecarProxy(world, namespace, labels).clusterService(outcome.host, outcome.port);
  if (service === undefined) return true;
  const { declaration } = service;
  if (declaration.resolution === 'NONE' || declaration.resolution === 'HEADLESS') return true;
  const { rule } = ruleFor(world, namespace, labels, outcome.host, declaration.namespace);
  const subset = outcome.subset === undefined ? undefined : rule?.subsets.get(outcome.subset);
  return policyFor(rule, subset, outcome.port).passthrough;
}
