import t from 'tap';
import { worldsOf } from '../../../src/policy/change.js';
import { compare, type TracedCall } from '../../../src/policy/comparison.js';
import { decide } from '../../../src/policy/decide.js';
import { egressGatewayTest } from '../../../src/policy/egress-gateways.js';
import { imagineEntries } from '../../../src/policy/imagined-entries.js';
import { DEFAULT_POLICY } from '../../../src/policy/policy.js';
import { trace, type Topology } from '../../../src/routing/trace.js';
import type { Way } from '../../../src/routing/way.js';
import { Random } from '../../conformance/random.js';
import { callsToEverything, randomChange } from '../random-change.js';

const WORLDS = 200;
const isEgressGateway = egressGatewayTest(DEFAULT_POLICY);

/** Where a call leaves the mesh to. */
function leaksOf(ways: readonly Way[]): readonly string[] {
  return ways.flatMap(({ outcome }) =>
    outcome.type === 'cluster' && outcome.external === true ? [`${outcome.host}:${outcome.port}`] : [],
  );
}

/** Where the same client's call leaves to at the address that it dials or at any that nobody declares. */
function leaksAnywhere(topology: Topology, { client, touched }: TracedCall): readonly string[] {
  const { namespace, labels } = client;
  const { host, port, protocol } = touched.call;
  return [touched.call, { host, port, protocol }].flatMap((call) =>
    leaksOf(trace(topology, { kind: 'sidecar', namespace, labels }, call)),
  );
}

/** Every call of every world is traced: half a minute on one core. */
t.setTimeout(600_000);

t.test(`in ${WORLDS} random worlds no leak is missed for looking only at what a change moves`, (t) => {
  let leaking = 0;
  for (let seed = 1; seed <= WORLDS; seed++) {
    const { world, change } = randomChange(new Random(seed));
    const { worlds } = imagineEntries(worldsOf(world, change), change);
    const opened = compare(worlds, isEgressGateway, callsToEverything(worlds)).filter(({ after }) => {
      const known = leaksAnywhere({ world: worlds.before, isEgressGateway }, after);
      return leaksOf(after.ways).some((leak) => !known.includes(leak));
    });
    const [first] = opened;
    if (first === undefined) continue;
    leaking++;
    if (decide({ world, isEgressGateway, policy: DEFAULT_POLICY, now: 0 }, change).allowed) {
      const { touched, client } = first.after;
      const subject = change.object ?? change.old;
      t.fail(
        `world ${seed}: ${JSON.stringify(touched.call)} of ${client.description} is opened by ${JSON.stringify(subject)}, old ${JSON.stringify(change.old)}`,
      );
    }
  }
  t.comment(`${leaking} of ${WORLDS} changes open a leak`);
  t.ok(leaking > WORLDS / 20, 'the worlds have leaks to find');
  t.end();
});
