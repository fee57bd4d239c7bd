import type { DestinationRule } from '../../mesh/kinds/destination-rule.js';
import type { World } from '../../mesh/world/world.js';
import type { ClusterOutcome } from '../../routing/outcome.js';
import { nameOf } from '../object-name.js';
import { rulesFor } from '../subset-lack.js';
import type { Cause } from './cause.js';
import type { Arrived } from './hop.js';

/** HTTP that the gateway sends in the clear to a port for TLS, because it does not see the DestinationRule that says otherwise. */
export function hiddenRule({ arrival, next, proxy }: Arrived, { host, port, tls }: ClusterOutcome): Cause | undefined {
  if (arrival.inside !== 'http' || tls !== undefined || next.source?.field.startsWith('spec.http') !== true) {
    return undefined;
  }
  const service = proxy.clusterService(host, port);
  if (service?.port.family !== 'tls') return undefined;
  const { world, namespace } = proxy;
  const home = service.declaration.namespace;
  const rule = originating(world, host, port);
  if (rule === undefined) return undefined;
  return {
    rule: 'not-exported-to-gateway',
    message: 'rule',
    tell: () => ({
      object: rule,
      field: 'spec',
      values: { rule: nameOf(rule), destination: `${host}:${port}`, namespace, home },
    }),
  };
}

/** A DestinationRule of any namespace that has TLS for a port of a host. */
function originating(world: World, host: string, port: number): DestinationRule | undefined {
  for (const namespace of world.ruleNamespaces()) {
    const found = rulesFor(world, namespace, host).find(({ spec }) => {
      const { trafficPolicy } = spec;
      const tls = trafficPolicy?.portLevelSettings.find((one) => one.port === port)?.tls ?? trafficPolicy?.tls;
      return tls !== undefined && tls.mode !== 'DISABLE';
    });
    if (found !== undefined) return found;
  }
  return undefined;
}
