import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { Way } from '../../routing/way.js';
import type { TracedCall } from '../comparison.js';
import type { Scene } from '../rule.js';
import { candidatesOf, type Candidate } from './candidates.js';
import type { Cause } from './cause.js';
import { hopsOf, type Arrived, type Hop } from './hop.js';
import { isTold } from './told.js';
import { outdone } from './outdone.js';
import { hiddenRule } from './origination.js';
import { undialled, unreachableWildcard } from './undialled.js';
import { hiddenRoute, noRule, otherMatchPort, refusedServer, unreadSection } from './unrouted.js';
import { NO_SERVICE_PORT, otherHost, otherPods, otherPort, REWRITTEN, unknownGateway } from './unserved.js';
import { otherKind, otherName, passedOn, redirected, takenName } from './wrapped.js';

/** A call that an egress gateway does not deliver as it is meant, and the one cause of it. */
export interface Diagnosis {
  readonly hop: Hop;
  readonly cause: Cause;
}

const DIAGNOSES = new WeakMap<Scene, readonly Diagnosis[]>();

/** Every call of a scene that an egress gateway does not deliver, each with its cause; found once for all rules that ask. */
export function diagnosesOf(scene: Scene): readonly Diagnosis[] {
  const known = DIAGNOSES.get(scene);
  if (known !== undefined) return known;
  const found = diagnosed(scene);
  DIAGNOSES.set(scene, found);
  return found;
}

function diagnosed(scene: Scene): readonly Diagnosis[] {
  const known = new KnownCauses();
  const found: Diagnosis[] = [];
  for (const hop of hopsOf(scene)) {
    const cause = known.of(hop);
    if (cause !== undefined && !isTold(hop)) found.push({ hop, cause });
  }
  return found.length === 0 ? found : withoutSiblings(scene, found);
}

/** The causes found so far: the calls of many clients arrive at a gateway alike. */
class KnownCauses {
  readonly #broken = new Map<string, Cause | undefined>();
  /** Of what is delivered the trace itself shares the ways of a gateway between all who arrive alike: most calls end here. */
  readonly #delivered = new Map<Way, Map<VirtualService, Cause | undefined>>();

  of(hop: Hop): Cause | undefined {
    if (hop.traced.verdict !== 'delivered' || hop.arrived === undefined) return foundIn(this.#broken, keyOf(hop), hop);
    const { next } = hop.arrived;
    let bySender = this.#delivered.get(next);
    if (bySender === undefined) this.#delivered.set(next, (bySender = new Map<VirtualService, Cause | undefined>()));
    return foundIn(bySender, hop.sender, hop);
  }
}

function foundIn<K>(causes: Map<K, Cause | undefined>, key: K, hop: Hop): Cause | undefined {
  if (!causes.has(key)) causes.set(key, causeOf(hop));
  return causes.get(key);
}

/** All that a cause depends on: what arrives where, who sends it, and what becomes of it. */
function keyOf({ traced, sender, cluster, arrived }: Hop): string {
  const { protocol } = traced.touched.call;
  const { namespace, name } = sender.metadata;
  const to = `${cluster.host} ${cluster.port} ${cluster.tls?.mode ?? ''}`;
  if (arrived === undefined) return `${namespace}/${name} ${to} ${protocol}`;
  const { arrival, next } = arrived;
  const { port, wrap, sni = '', inside, host } = arrival;
  const source = next.source === undefined ? '' : placeOf(next.source);
  return [namespace, name, to, protocol, port, wrap, sni, inside, host, source, JSON.stringify(next.outcome)].join(' ');
}

function placeOf({ object, field }: NonNullable<Way['source']>): string {
  return `${object.metadata.namespace}/${object.metadata.name} ${field}`;
}

function causeOf(hop: Hop): Cause | undefined {
  const { arrived, cluster, gateway } = hop;
  if (arrived === undefined) {
    return gateway.spec.ports.some(({ number }) => number === cluster.port) ? undefined : NO_SERVICE_PORT;
  }
  const { outcome, source } = arrived.next;
  switch (outcome.type) {
    case 'cluster':
      return (
        undialled(hop, arrived, outcome) ??
        unreachableWildcard(arrived, outcome) ??
        passedOn(hop, arrived) ??
        outdone(hop, arrived, outcome, () => fittingOf(hop, arrived)) ??
        hiddenRule(arrived, outcome)
      );
    case 'response':
      if (source?.object.kind === 'Gateway') return redirected(arrived);
      return source === undefined ? untaken(hop, arrived) : undefined;
    case 'none':
      return untaken(hop, arrived);
    default:
      return undefined;
  }
}

type Step = (hop: Hop, arrived: Arrived, candidate: Candidate) => Cause | undefined;

/** What keeps a rule from a call, in the order in which the gateway comes to it. */
const STEPS: readonly Step[] = [
  unknownGateway,
  otherPods,
  otherPort,
  otherHost,
  refusedServer,
  hiddenRoute,
  otherKind,
  unreadSection,
  otherMatchPort,
  otherName,
  takenName,
];

/** Nothing at the gateway takes the call: of the rules that could, the one that comes closest says why. */
function untaken(hop: Hop, arrived: Arrived): Cause | undefined {
  const candidates = candidatesOf(hop, arrived);
  if (candidates.length === 0) {
    const { arrival } = arrived;
    const { host, protocol } = hop.traced.touched.call;
    if (arrival.host !== host.toLowerCase()) return REWRITTEN;
    const gateways = hop.roots.flatMap(({ spec }) => spec.gateways.filter((name) => name !== 'mesh'));
    return noRule(hop.scene, protocol === 'http' || protocol === 'tls' ? protocol : 'tcp', gateways[0]);
  }
  let best: { readonly depth: number; readonly cause: Cause } | undefined;
  for (const candidate of candidates) {
    const obstacle = obstacleOf(hop, arrived, candidate);
    if (obstacle !== undefined && (best === undefined || obstacle.depth > best.depth)) best = obstacle;
  }
  return best?.cause;
}

function obstacleOf(
  hop: Hop,
  arrived: Arrived,
  candidate: Candidate,
): { readonly depth: number; readonly cause: Cause } | undefined {
  for (const [depth, step] of STEPS.entries()) {
    const cause = step(hop, arrived, candidate);
    if (cause !== undefined) return { depth, cause };
  }
  return undefined;
}

/** The rules that could take the call, and are kept from it by nothing but others that go first. */
function fittingOf(hop: Hop, arrived: Arrived): readonly Candidate[] {
  return candidatesOf(hop, arrived).filter((candidate) => {
    const cause = obstacleOf(hop, arrived, candidate)?.cause;
    return cause === undefined || cause.rule === 'tcp-port-shared' || cause.rule === 'overlapping-sni';
  });
}

/**
 * One rule may take several kinds of bytes. Where it delivers one kind, that is the one that is meant; where it delivers none, it
 * is told of the one that comes closest.
 */
function withoutSiblings(scene: Scene, found: readonly Diagnosis[]): readonly Diagnosis[] {
  const best = new Map<string, number>();
  for (const { verdict, ways, ...traced } of scene.calls) {
    if (verdict === 'delivered') for (const way of ways) best.set(siblingKey(traced, way), DELIVERED);
  }
  for (const { hop, cause } of found) {
    const key = siblingKey(hop.traced, hop.way);
    best.set(key, Math.min(rankOf(hop, cause), best.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return found.filter(({ hop, cause }) => {
    if (hop.traced.verdict === 'delivered') return true;
    return best.get(siblingKey(hop.traced, hop.way)) === rankOf(hop, cause);
  });
}

const DELIVERED = -1;

/** What is of the wrong kind says least. */
function rankOf({ traced }: Hop, { message }: Cause): number {
  const { protocol } = traced.touched.call;
  return /^(plain|tls|bytes)-into-/.test(message) ? 10 + KINDS.indexOf(protocol) : NAMES.indexOf(protocol);
}

const NAMES = ['tls', 'http', 'tcp'];
const KINDS = ['tcp', 'http', 'tls'];

function siblingKey({ client, touched }: Pick<TracedCall, 'client' | 'touched'>, { source }: Way): string {
  const { host, port, address = '' } = touched.call;
  return [client.description, host, port, address, source === undefined ? '' : placeOf(source)].join(' ');
}
