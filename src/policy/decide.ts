import type { ServiceEntry } from '../mesh/kinds/service-entry.js';
import type { VirtualService } from '../mesh/kinds/virtual-service.js';
import { resolveHost } from '../mesh/host.js';
import { OLDEST } from '../mesh/metadata.js';
import { overlay } from '../mesh/world/overlay.js';
import type { World } from '../mesh/world/world.js';
import type { IsEgressGateway } from '../routing/egress-gateways.js';
import { worldsOf, type ObjectChange, type Worlds } from './change.js';
import { compare, type Comparison } from './comparison.js';
import { describe } from './describe.js';
import { compareFindings, type Finding } from './finding.js';
import { modeOf, type Policy } from './policy.js';
import { RULE_MODES } from './modes.js';
import type { Observation, Rule, Scene } from './rule.js';
import { RULES } from './rules/all.js';
import { touchedCalls } from './touched-calls.js';

/** What becomes of a change. */
export interface Decision {
  readonly allowed: boolean;
  /** What is new and counts, in the order in which it is told: errors deny, warnings are told, infos are for the record. */
  readonly findings: readonly Finding[];
  /** How many findings were there before the change and still are. */
  readonly old: number;
}

/**
 * Judges a change: the world as it would be against the world as it is, for every client that can differ. What the change makes
 * worse counts; what was wrong before never blocks it.
 */
export function decide(world: World, isEgressGateway: IsEgressGateway, policy: Policy, change: ObjectChange): Decision {
  const worlds = registered(worldsOf(world, change), change);
  const objects = [change.old, change.object].filter((object) => object !== undefined);
  const calls = touchedCalls([worlds.before, worlds.after], objects);
  const comparisons = compare(worlds, isEgressGateway, calls);
  const deletes = change.object === undefined;
  const after: Scene = {
    topology: { world: worlds.after, isEgressGateway },
    subject: change.object,
    deletes,
    calls: comparisons.map((one) => one.after),
  };
  const before: Scene = {
    topology: { world: worlds.before, isEgressGateway },
    subject: change.old,
    deletes: false,
    calls: comparisons.map((one) => one.before),
  };
  const mends = mendsOnly(comparisons);
  const findings: Finding[] = [];
  let old = 0;
  for (const rule of RULES) {
    const seen = [...rule.check(after)];
    if (seen.length === 0) continue;
    const known = new Set([...rule.check(before)].map(({ identity }) => identity));
    const fresh = seen.filter((one) => !known.has(one.identity));
    old += seen.length - fresh.length;
    findings.push(...told(fresh, rule, policy, mends));
    if (rule.id === 'direct-egress' && !mends)
      findings.push(...told(authored(seen, known, before, change), rule, policy, mends));
  }
  findings.sort(compareFindings);
  return { allowed: !findings.some(({ severity }) => severity === 'error'), findings, old };
}

/**
 * Leaks that were there already, but for another object's reason: who writes a direct route himself is told so, although the entry
 * leaked before he did.
 */
function authored(
  seen: readonly Observation[],
  known: ReadonlySet<string>,
  before: Scene,
  { object, old }: ObjectChange,
): readonly Observation[] {
  if (object?.kind !== 'VirtualService') return [];
  const mine = seen.filter((one) => known.has(one.identity) && one.object === object);
  if (mine.length === 0 || old === undefined) return mine;
  const wasMine = before.calls.some(({ ways }) => ways.some(({ source }) => source?.object === old));
  return wasMine ? [] : mine;
}

/** Whether a change stops some leak and makes nothing worse: then what it leaves undone does not block it. */
function mendsOnly(comparisons: readonly Comparison[]): boolean {
  let mends = false;
  for (const { before, after } of comparisons) {
    if (badness(after) > badness(before)) return false;
    if (before.verdict === 'leaks' && after.verdict !== 'leaks') mends = true;
  }
  return mends;
}

function badness({ verdict }: Comparison['after']): number {
  switch (verdict) {
    case 'leaks':
      return 3;
    case 'passthrough':
      return 2;
    case 'broken':
      return 1;
    case 'delivered':
    case 'blocked':
      return 0;
  }
}

/** Observations as findings: one for an object, field, host and port, with the mode that the policy gives it. */
function told(observations: readonly Observation[], rule: Rule, policy: Policy, mends: boolean): readonly Finding[] {
  const groups = new Map<string, Observation[]>();
  for (const one of observations) {
    const { kind, metadata } = one.object;
    const key = [one.reason, kind, metadata.namespace, metadata.name, one.field, one.host ?? '', one.port ?? ''].join(
      ' ',
    );
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const namespaces = group.flatMap(({ object, client }) => [
      object.metadata.namespace,
      ...(client === undefined ? [] : [client.namespace]),
    ]);
    const standard = first.mode ?? RULE_MODES[rule.id];
    const mode = modeOf(policy, rule.id, standard, [...new Set(namespaces)]);
    if (mode === 'off') return [];
    const leak = rule.id === 'direct-egress' || rule.id === 'outbound-any';
    return [describe(rule, group, mends && !leak && mode === 'enforce' ? 'warn' : mode)];
  });
}

/**
 * Routes are judged as if their hosts were registered, so that they may come before their entry: a host that nobody declares gets
 * an entry of its own in both worlds.
 */
function registered(worlds: Worlds, { old, object }: ObjectChange): Worlds {
  const routes = [old, object].filter((one) => one?.kind === 'VirtualService');
  const entries = routes.flatMap((route) => imagined(worlds.before, route));
  const puts = [...new Map(entries.map((entry) => [entry.metadata.name, entry])).values()].map((put) => ({ put }));
  if (puts.length === 0) return worlds;
  return { before: overlay(worlds.before, puts), after: overlay(worlds.after, puts) };
}

function imagined(world: World, route: VirtualService): readonly ServiceEntry[] {
  const { spec, metadata } = route;
  const ports = portsOf(route);
  if (ports.length === 0) return [];
  return spec.hosts
    .map((host) => resolveHost(host, metadata.namespace, world.mesh.domain))
    .filter((host) => isOutsideName(world, host))
    .map((host) => ({
      kind: 'ServiceEntry',
      apiVersion: 'networking.istio.io/v1',
      metadata: {
        namespace: metadata.namespace,
        name: `imagined ${host}`,
        labels: {},
        annotations: {},
        createdAt: OLDEST,
        deleting: false,
      },
      spec: {
        hosts: [host],
        addresses: [],
        ports,
        location: 'MESH_EXTERNAL',
        resolution: 'DNS',
        endpoints: [],
        workloadSelector: undefined,
        exportTo: ['*'],
      },
    }));
}

/** A name that nobody declares, and that is not a Service's either. */
function isOutsideName(world: World, host: string): boolean {
  if (!host.includes('.') || host.startsWith('*') || host.endsWith(`.${world.mesh.domain}`)) return false;
  return world.declarations.of(host).length === 0 && world.declarations.covering(host).length === 0;
}

function portsOf({ spec }: VirtualService): ServiceEntry['spec']['ports'] {
  const found = new Map<number, ServiceEntry['spec']['ports'][number]>();
  for (const [section, protocol] of [
    ['http', 'HTTP'],
    ['tls', 'TLS'],
    ['tcp', 'TCP'],
  ] as const) {
    for (const { match } of spec[section]) {
      for (const { port, gateways } of match) {
        if (port === undefined || port === 0 || !gateways.includes('mesh') || found.has(port)) continue;
        found.set(port, { number: port, name: `${section}-${port}`, protocol, targetPort: undefined });
      }
    }
  }
  return [...found.values()];
}
