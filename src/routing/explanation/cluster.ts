import type { Declaration } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import type { ClusterProxy, ClusterService } from '../destination/cluster.js';
import { ruleFor } from '../destination/destination-rules.js';
import { policyFor } from '../destination/traffic-policy.js';
import { dialOf } from '../destination/dial.js';
import type { ClusterOutcome } from '../outcome.js';
import { visibilityOf } from '../view/visibility.js';
import { dialStep } from './dial.js';
import { exportToField, portField } from './fields.js';
import { definition, policyStep, settingPlace } from './destination-rule.js';
import { preference } from './service.js';
import { step, type Loser, type Step, type StepOf } from './step.js';

/** From the name of a cluster to what it dials, as `clusterOf` goes (T6.2 to T6.4). */
export function clusterSteps(proxy: ClusterProxy, outcome: ClusterOutcome): readonly Step[] {
  const { world, namespace, labels } = proxy;
  const { host, port } = outcome;
  const service = proxy.clusterService(host, port);
  if (service === undefined) return [unknownStep(proxy, outcome)];
  const known = knownStep(proxy, service, outcome);
  const { declaration } = service;
  const choice = ruleFor(world, namespace, labels, host, declaration.namespace);
  const policy = policyStep(proxy, declaration.namespace, outcome, choice);
  if (policy.reason === 'no-subset' || policy.reason === 'no-rule-for-subset') return [known, policy];
  const subset = outcome.subset === undefined ? undefined : definition(choice.rule, outcome.subset)?.subset;
  const settings = policyFor(choice.rule, subset, port);
  const dialled = dialOf(world, proxy.kind, declaration, service.port, subset, settings.passthrough);
  const balancer = settings.passthrough ? settingPlace(choice.rule, subset, port, 'loadBalancer') : undefined;
  const steps: readonly Step[] = [known, policy, dialStep(proxy, service, subset, dialled, balancer)];
  if (outcome.tls === undefined) return steps;
  const { mode, sni } = outcome.tls;
  // PASSTHROUGH without TLS settings of its own brings the mesh's mutual TLS (C5).
  const place = mode === 'auto' ? undefined : (settingPlace(choice.rule, subset, port, 'tls') ?? balancer);
  return [...steps, step('tls', mode, place, { sni: sni ?? '' })];
}

function knownStep(proxy: ClusterProxy, { declaration }: ClusterService, outcome: ClusterOutcome): StepOf<'cluster'> {
  const { host, port } = outcome;
  const { object } = declaration;
  const losers = declarationsOf(proxy.world, host).flatMap((one) =>
    one.object === object ? [] : loser(proxy, one, declaration, port),
  );
  const values = { host, port: String(port) };
  return step('cluster', 'known', { object, field: portField(object, port) }, values, losers);
}

/** Why the proxy has no such cluster: nobody declares it, it is hidden, or it has no such port. */
function unknownStep(proxy: ClusterProxy, { host, port }: ClusterOutcome): StepOf<'cluster'> {
  const all = declarationsOf(proxy.world, host);
  const values = { host, port: String(port) };
  const seen = all.find((one) => isExported(one, proxy.namespace));
  const losers = all.flatMap((one) => (one === seen ? [] : loser(proxy, one, seen, port)));
  if (all.length === 0) return step('cluster', 'unknown', undefined, values);
  if (seen === undefined) return step('cluster', 'hidden', undefined, values, losers);
  const ports = seen.ports.map(({ number }) => String(number)).join(', ');
  const { object } = seen;
  const reason = seen.ports.some(({ number }) => number === port) ? 'hidden' : 'port-unknown';
  const field = reason === 'hidden' ? exportToField(object) : 'spec.ports';
  return step('cluster', reason, { object, field }, { ...values, ports }, losers);
}

function declarationsOf({ declarations }: World, host: string): readonly Declaration[] {
  return declarations.of(host);
}

function isExported({ exportTo, namespace }: Declaration, client: string): boolean {
  return visibilityOf(exportTo, namespace, client) !== undefined;
}

function loser(
  proxy: ClusterProxy,
  declaration: Declaration,
  winner: Declaration | undefined,
  port: number,
): readonly Loser[] {
  const { object } = declaration;
  if (!isExported(declaration, proxy.namespace)) {
    return [{ object, field: exportToField(object), reason: 'not-exported' }];
  }
  if (!declaration.ports.some(({ number }) => number === port)) {
    return [{ object, field: 'spec.ports', reason: 'other-port' }];
  }
  if (winner === undefined) return [];
  const by = { object: winner.object, field: 'metadata.namespace' };
  if (winner.namespace === declaration.namespace) {
    return [{ object, field: 'metadata.creationTimestamp', reason: 'younger', by }];
  }
  const own = proxy.kind === 'sidecar' ? proxy.namespace : undefined;
  return [{ object, field: 'metadata.namespace', reason: preference(own, winner, declaration), by }];
}
