import t from 'tap';
import { worldsOf, type ObjectChange, type Worlds } from '../../src/policy/change.js';
import { compare, type TracedCall } from '../../src/policy/comparison.js';
import { decide } from '../../src/policy/decide.js';
import { egressGatewayTest } from '../../src/policy/egress-gateways.js';
import { DEFAULT_POLICY } from '../../src/policy/policy.js';
import { Random } from '../conformance/random.js';
import { callsToEverything, randomChange } from './random-change.js';

const WORLDS = 200;
const isEgressGateway = egressGatewayTest(DEFAULT_POLICY);

/** Every call of every world is traced. */
t.setTimeout(600_000);

/** Which calls leave the mesh past the gateway, and whither; or unfiltered. */
interface Leaving {
  readonly leaks: Set<string>;
  readonly unfiltered: Set<string>;
}

function leaving(worlds: Worlds): { readonly before: Leaving; readonly after: Leaving } {
  const before: Leaving = { leaks: new Set(), unfiltered: new Set() };
  const after: Leaving = { leaks: new Set(), unfiltered: new Set() };
  for (const comparison of compare(worlds, isEgressGateway, callsToEverything(worlds))) {
    note(comparison.before, before);
    note(comparison.after, after);
  }
  return { before, after };
}

function note({ client, touched, ways }: TracedCall, { leaks, unfiltered }: Leaving): void {
  const call = `${client.description} ${JSON.stringify(touched.call)}`;
  for (const { outcome } of ways) {
    if (outcome.type === 'passthrough') unfiltered.add(call);
    if (outcome.type === 'cluster' && outcome.external === true) leaks.add(`${call} ${outcome.host}:${outcome.port}`);
  }
}

function leavesLess(one: Leaving, other: Leaving): boolean {
  return (
    one.leaks.size < other.leaks.size && isWithin(one.leaks, other.leaks) && isWithin(one.unfiltered, other.unfiltered)
  );
}

function isWithin(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...one].every((call) => other.has(call));
}

t.test(`in ${WORLDS} random worlds nobody is locked out of a world that leaks less`, (t) => {
  let tried = 0;
  for (let seed = 10_001; seed <= 10_000 + WORLDS; seed++) {
    const { world, change } = randomChange(new Random(seed));
    const { before, after } = worldsOf(world, change);
    const calls = leaving({ before, after });
    if (!leavesLess(calls.before, calls.after)) continue;
    tried++;
    const back: ObjectChange = { old: change.object, object: change.old };
    const decision = decide({ world: after, isEgressGateway, policy: DEFAULT_POLICY, now: 0 }, back);
    if (decision.allowed) continue;
    const told = decision.findings.filter(({ severity }) => severity === 'error');
    t.fail(
      `world ${seed}: ${told.map(({ rule, message }) => `${rule}: ${message}`).join('; ')} ${JSON.stringify(back)}`,
    );
  }
  t.comment(`${tried} changes make a world leak more`);
  t.ok(tried > WORLDS / 20, 'there are worlds to go back to');
  t.end();
});
