import type { Client } from '../routing/call.js';
import { classesOf, type ClientClass } from '../routing/classes.js';
import type { IsEgressGateway } from '../routing/egress-gateways.js';
import { verdictOf, type Verdict } from '../routing/outcome.js';
import { trace, type Topology } from '../routing/trace.js';
import { outcomesOf, type Way } from '../routing/way.js';
import type { Worlds } from './change.js';
import type { TouchedCall } from './touched-calls.js';

/** What happens to one call of one client in one world. */
export interface TracedCall {
  readonly client: ClientClass;
  readonly touched: TouchedCall;
  readonly ways: readonly Way[];
  readonly verdict: Verdict;
}

/** The same call of the same client on both sides of a change. */
export interface Comparison {
  readonly before: TracedCall;
  readonly after: TracedCall;
}

/** Traces every touched call in both worlds, for a representative of each client class of either. */
export function compare(
  worlds: Worlds,
  isEgressGateway: IsEgressGateway,
  calls: readonly TouchedCall[],
): readonly Comparison[] {
  const before = { world: worlds.before, isEgressGateway };
  const after = { world: worlds.after, isEgressGateway };
  const known = new Map<string, readonly ClientClass[]>();
  return calls.flatMap((touched) => {
    const { host, port, address } = touched.call;
    const key = `${host} ${port} ${address ?? ''}`;
    let clients = known.get(key);
    if (clients === undefined) {
      clients = classesOf([worlds.before, worlds.after], host, port, address);
      known.set(key, clients);
    }
    return clients.map((client) => ({
      before: tracedCall(before, client, touched),
      after: tracedCall(after, client, touched),
    }));
  });
}

function tracedCall(topology: Topology, client: ClientClass, touched: TouchedCall): TracedCall {
  const { namespace, labels } = client;
  const sidecar: Client = { kind: 'sidecar', namespace, labels };
  const ways = trace(topology, sidecar, touched.call);
  return { client, touched, ways, verdict: verdictOf(outcomesOf(ways)) };
}
