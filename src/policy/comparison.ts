import type { Client } from '../routing/call.js';
import { classesIn, classesOf, OTHER, type ClientClass } from '../routing/classes.js';
import type { IsEgressGateway } from '../routing/egress-gateways.js';
import { verdictOf, type Verdict } from '../routing/outcome.js';
import { trace, type Topology } from '../routing/trace.js';
import { outcomesOf, type Way } from '../routing/way.js';
import type { Worlds } from './change.js';
import { withoutHeld } from './held-entries.js';
import type { TouchedCall } from './touched/touched-calls.js';

/** What happens to one call of one client in one world. */
export interface TracedCall {
  readonly client: ClientClass;
  /** Every client of which the same call is traced, this one among them. */
  readonly peers: readonly ClientClass[];
  readonly touched: TouchedCall;
  readonly ways: readonly Way[];
  readonly verdict: Verdict;
  /** The same call before the change; undefined in the world before it. */
  readonly earlier: TracedCall | undefined;
}

/** The same call of the same client on both sides of a change. */
export interface Comparison {
  readonly before: TracedCall;
  readonly after: TracedCall;
}

/** All to whom a change of one namespace's own view means nothing. */
const OTHERS: ClientClass = { namespace: OTHER, labels: {}, description: 'every other namespace' };

/**
 * Traces every touched call in both worlds, for a representative of each client class of either.
 *
 * @param holder - beside which gateways entries are held, and count as hidden while they are; unless given, none is
 */
export function compare(
  worlds: Worlds,
  isEgressGateway: IsEgressGateway,
  calls: readonly TouchedCall[],
  holder?: IsEgressGateway,
): readonly Comparison[] {
  const topologies = {
    before: { world: worlds.before, isEgressGateway },
    after: { world: worlds.after, isEgressGateway },
  };
  const known = new Map<string, readonly ClientClass[]>();
  return calls.flatMap((touched) => {
    const { host, port, address } = touched.call;
    const key = `${host} ${port} ${address ?? ''}`;
    const { namespace } = touched;
    const sides = [worlds.before, worlds.after];
    const moved =
      known.get(key) ??
      (namespace === undefined
        ? classesOf(sides, host, port, address)
        : classesIn(sides, { host, port, address }, namespace));
    known.set(key, moved);
    const peers = namespace === undefined ? moved : [...moved, OTHERS];
    return moved.map((client) => {
      const one = { client, peers, touched };
      const before = tracedCall(topologies.before, one, undefined, holder);
      return { before, after: tracedCall(topologies.after, one, before, holder) };
    });
  });
}

function tracedCall(
  topology: Topology,
  one: Pick<TracedCall, 'client' | 'peers' | 'touched'>,
  earlier: TracedCall | undefined,
  holder: IsEgressGateway | undefined,
): TracedCall {
  const { namespace, labels } = one.client;
  const sidecar: Client = { kind: 'sidecar', namespace, labels };
  const traced = trace(topology, sidecar, one.touched.call);
  const { world } = topology;
  const ways = holder === undefined ? traced : withoutHeld({ world, isEgressGateway: holder }, traced);
  return { ...one, ways, verdict: verdictOf(outcomesOf(ways)), earlier };
}
