import t, { type Test } from 'tap';
import type { ClusterConnection } from '../../src/cluster/connection.js';
import { LeaderElection } from '../../src/cluster/leader-election.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { until } from '../until.js';
import { connectTo, FakeApiServer } from './fake-api-server.js';
import { ManualClock } from './manual-clock.js';

const COLLECTION = '/apis/coordination.k8s.io/v1/namespaces/sallyport/leases';
const SECONDS = 15;

interface Stored {
  metadata: { resourceVersion: string };
  spec: { holderIdentity: string; leaseDurationSeconds: number; leaseTransitions: number };
}

/** As much of the API server as one Lease needs, with faults at the test's command. */
class LeaseServer {
  lease: Stored | undefined;
  /** Answers every request with this status. */
  broken: number | undefined;
  requests = 0;
  #version = 0;

  static async start(t: Test): Promise<{ readonly leases: LeaseServer; readonly connection: ClusterConnection }> {
    const fake = await FakeApiServer.start(t);
    const leases = new LeaseServer();
    fake.trick = ({ method, path, body }) => leases.#answer(method, path, body);
    return { leases, connection: await connectTo(t, fake) };
  }

  #answer(method: string, path: string, body: string) {
    this.requests += 1;
    if (this.broken !== undefined) return { status: this.broken, body: {} };
    if (method === 'GET') {
      if (path !== `${COLLECTION}/sallyport` || this.lease === undefined) return { status: 404, body: {} };
      return { status: 200, body: this.lease };
    }
    const sent = JSON.parse(body) as Stored;
    const known = this.lease?.metadata.resourceVersion;
    if (method === 'POST' ? known !== undefined : known !== sent.metadata.resourceVersion)
      return { status: 409, body: {} };
    this.#version += 1;
    this.lease = { ...sent, metadata: { ...sent.metadata, resourceVersion: String(this.#version) } };
    return { status: method === 'POST' ? 201 : 200, body: this.lease };
  }
}

function candidate(t: Test, connection: ClusterConnection, identity: string, clock = new ManualClock()) {
  const changes: boolean[] = [];
  const election = new LeaderElection({
    connection,
    lease: { namespace: 'sallyport', name: 'sallyport' },
    identity,
    seconds: SECONDS,
    clock,
    log: createLogger({ level: 'silent' }),
    onChange: (leading) => changes.push(leading),
  });
  t.teardown(() => election.close());
  return { election, changes, clock };
}

/** Lets a candidate have its next round, and waits until it is over. */
async function round(
  { clock }: { readonly clock: ManualClock },
  leases: LeaseServer,
  milliseconds = (SECONDS * 1000) / 3,
) {
  await until('it waits for its next round', () => clock.pending().includes((SECONDS * 1000) / 3));
  const before = leases.requests;
  clock.advance(milliseconds);
  await until('it asks', () => leases.requests > before);
  await until('it waits again', () => clock.pending().includes((SECONDS * 1000) / 3));
}

t.test('the first becomes the leader, the second waits until it gives the Lease back', async (t) => {
  const { leases, connection } = await LeaseServer.start(t);
  const first = candidate(t, connection, 'first');
  await until('it leads', () => first.election.leading());
  t.match(leases.lease?.spec, { holderIdentity: 'first', leaseDurationSeconds: SECONDS, leaseTransitions: 0 });
  const second = candidate(t, connection, 'second', first.clock);
  await round(second, leases);
  await round(second, leases);
  t.strictSame([first.changes, second.changes], [[true], []]);
  await first.election.close();
  t.strictSame(first.changes, [true, false]);
  t.equal(leases.lease?.spec.holderIdentity, '');
  await round(second, leases);
  await until('the other leads', () => second.election.leading());
  t.match(leases.lease?.spec, { holderIdentity: 'second', leaseTransitions: 1 });
});

t.test('a leader that is not heard of is followed when its Lease has run out on the clock of the other', async (t) => {
  const { leases, connection } = await LeaseServer.start(t);
  const first = candidate(t, connection, 'first');
  await until('it leads', () => first.election.leading());
  // The clocks of two machines have nothing to do with each other.
  const second = candidate(t, connection, 'second');
  second.clock.advance(3_600_000);
  for (let waited = 0; waited < 2; waited++) {
    await round(second, leases);
    t.notOk(second.election.leading());
  }
  await round(second, leases);
  await round(second, leases);
  await until('the other leads', () => second.election.leading());
  // The first has slept meanwhile: its timers too, but not the wall clock.
  first.clock.advance(SECONDS * 1000);
  t.notOk(first.election.leading());
  await until('it is told', () => first.changes.length === 2);
  t.strictSame(first.changes, [true, false]);
});

t.test('a leader that cannot renew stops before the others begin', async (t) => {
  const { leases, connection } = await LeaseServer.start(t);
  const leader = candidate(t, connection, 'leader');
  await until('it leads', () => leader.election.leading());
  await round(leader, leases);
  t.ok(leader.election.leading());
  leases.broken = 503;
  await round(leader, leases);
  await round(leader, leases);
  t.ok(leader.election.leading(), 'the Lease is still its own');
  leader.clock.advance(SECONDS * 1000 * 0.8 - (SECONDS * 1000 * 2) / 3);
  t.strictSame(leader.changes, [true, false], 'no longer, though the Lease has not run out');
  t.notOk(leader.election.leading());
  leases.broken = undefined;
  await until('it leads again', () => {
    leader.clock.advance(1000);
    return leader.election.leading();
  });
  t.equal(leases.lease?.spec.leaseTransitions, 0, 'nobody was faster');
});

t.test('of two that take a free Lease at once one gets it', async (t) => {
  const { leases, connection } = await LeaseServer.start(t);
  const both = [candidate(t, connection, 'one'), candidate(t, connection, 'two')];
  await until('one leads', () => both.some(({ election }) => election.leading()));
  await until('both have asked', () => leases.requests >= 3);
  t.equal(both.filter(({ election }) => election.leading()).length, 1);
});

t.test('what cannot be given back is no obstacle to stopping', async (t) => {
  const { leases, connection } = await LeaseServer.start(t);
  const leader = candidate(t, connection, 'leader');
  await until('it leads', () => leader.election.leading());
  leases.broken = 500;
  await leader.election.close();
  t.strictSame(leader.changes, [true, false]);
  t.equal(leases.lease?.spec.holderIdentity, 'leader');
  t.strictSame(leader.clock.pending(), [], 'no timer is left');
});
