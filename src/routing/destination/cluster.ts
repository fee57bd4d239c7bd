import { selects, type Labels } from '../../mesh/metadata.js';
import type { Declaration, DeclaredPort } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import { remembered } from '../memory.js';
import type { ClusterOutcome } from '../outcome.js';
import type { ProxyKind } from '../view/routes.js';
import { effectiveRule, type EffectiveRule } from './destination-rules.js';
import { dialOf } from './dial.js';
import { policyFor, upstreamTls } from './traffic-policy.js';

/** The proxy whose clusters are asked for. */
export interface ClusterProxy {
  readonly kind: ProxyKind;
  readonly world: World;
  readonly namespace: string;
  readonly labels: Labels;
  /** The clusters found so far, by name: many rules may lead to one. */
  readonly clusters: Map<string, ClusterOutcome>;
  /** The service that gives this proxy the cluster, where it has one: T6.2. */
  clusterService(host: string, port: number): ClusterService | undefined;
}

export interface ClusterService {
  readonly declaration: Declaration;
  readonly port: DeclaredPort;
}

export interface ClusterKey {
  readonly host: string;
  readonly port: number;
  readonly subset: string | undefined;
}

/** The cluster `port|subset|host` of a proxy: whether it exists, what it dials, and how (T6.2 to T6.4). */
export function clusterOf(proxy: ClusterProxy, key: ClusterKey, mirror: boolean): ClusterOutcome {
  const name = `${key.port}|${key.subset ?? ''}|${key.host}|${mirror ? 'mirror' : ''}`;
  return remembered(proxy.clusters, name, () => madeCluster(proxy, key, mirror));
}

function madeCluster(proxy: ClusterProxy, key: ClusterKey, mirror: boolean): ClusterOutcome {
  return clusterOn(proxy, groundOf(proxy, key.host, key.port), key, mirror);
}

/** All that a proxy has a say in, of what becomes of the clusters of a service's port. */
export interface ClusterGround {
  readonly declaration: Declaration | undefined;
  readonly port: DeclaredPort | undefined;
  readonly rule: EffectiveRule | undefined;
}

export function groundOf(proxy: ClusterProxy, host: string, port: number): ClusterGround {
  const { world, namespace, labels } = proxy;
  const service = proxy.clusterService(host, port);
  if (service === undefined) return NO_GROUND;
  const { declaration } = service;
  const rule = effectiveRule(world, namespace, labels, host, declaration.namespace);
  return { declaration, port: service.port, rule };
}

const NO_GROUND: ClusterGround = { declaration: undefined, port: undefined, rule: undefined };

/** The cluster of a proxy of that kind for which the ground is what it is. */
export function clusterOn(
  { kind, world }: Pick<ClusterProxy, 'kind' | 'world'>,
  { declaration, port, rule }: ClusterGround,
  key: ClusterKey,
  mirror: boolean,
): ClusterOutcome {
  const named = { type: 'cluster' as const, host: key.host, port: key.port };
  const outcome: Mutable<ClusterOutcome> = key.subset === undefined ? named : { ...named, subset: key.subset };
  if (mirror) outcome.mirror = true;
  if (declaration === undefined || port === undefined) return missing(outcome);
  const subset = key.subset === undefined ? undefined : rule?.subsets.get(key.subset);
  if (key.subset !== undefined && subset === undefined) return missing(outcome);
  const policy = policyFor(rule, subset, key.port);
  const dial = dialOf(world, kind, declaration, port, subset, policy.passthrough);
  if (dial.missing) return missing(outcome);
  if (dial.external) outcome.external = true;
  const tls = upstreamTls(kind, declaration, rule, policy, key);
  if (tls !== undefined) outcome.tls = tls;
  return outcome;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function missing(outcome: Mutable<ClusterOutcome>): ClusterOutcome {
  outcome.missing = true;
  return outcome;
}

/**
 * The declaration of a list that gives the clusters, and all ports that it and those merged with it have (T1.4;
 * `appendSidecarServices` in istiod): a Kubernetes Service replaces what came before it and takes nothing in; an entry adds its
 * ports to an earlier one only where namespace, resolution, labels and exportTo are equal.
 */
export function mergedService(declarations: Iterable<Declaration>): readonly ClusterService[] {
  let base: Declaration | undefined;
  let ports: ClusterService[] = [];
  for (const declaration of declarations) {
    if (base === undefined || (declaration.kubernetes && !base.kubernetes)) {
      base = declaration;
      ports = declaration.ports.map((port) => ({ declaration, port }));
    } else if (!base.kubernetes && merges(base, declaration)) {
      const service = base;
      for (const port of declaration.ports) {
        if (!ports.some((one) => one.port.number === port.number)) ports.push({ declaration: service, port });
      }
    }
  }
  return ports;
}

/** Whether a later declaration of a host takes the place of an earlier one, or adds its ports to it. */
export function joins(base: Declaration, later: Declaration): boolean {
  if (base.kubernetes !== later.kubernetes) return later.kubernetes;
  return merges(base, later);
}

function merges(a: Declaration, b: Declaration): boolean {
  if (a.namespace !== b.namespace || a.resolution !== b.resolution) return false;
  const [x, y] = [a.object, b.object];
  return (
    sameLabels(x.metadata.labels, y.metadata.labels) &&
    sameLabels(selectorOf(a), selectorOf(b)) &&
    a.exportTo.length === b.exportTo.length &&
    a.exportTo.every((target) => b.exportTo.includes(target))
  );
}

function selectorOf({ object }: Declaration): Labels {
  return (object.kind === 'Service' ? object.spec.selector : object.spec.workloadSelector) ?? {};
}

function sameLabels(a: Labels, b: Labels): boolean {
  return selects(a, b) && selects(b, a);
}
