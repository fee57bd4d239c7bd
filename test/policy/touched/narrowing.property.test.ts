import t from 'tap';
import type { MeshObject } from '../../../src/mesh/mesh-object.js';
import { YOUNGEST } from '../../../src/mesh/metadata.js';
import { declarationsOf } from '../../../src/mesh/world/declaration.js';
import { MeshWorld } from '../../../src/mesh/world/mesh-world.js';
import type { World } from '../../../src/mesh/world/world.js';
import { worldsOf, type ObjectChange, type Worlds } from '../../../src/policy/change.js';
import { compare, type TracedCall } from '../../../src/policy/comparison.js';
import { decide } from '../../../src/policy/decide.js';
import { egressGatewayTest } from '../../../src/policy/egress-gateways.js';
import { imagineEntries } from '../../../src/policy/imagined-entries.js';
import { DEFAULT_POLICY } from '../../../src/policy/policy.js';
import { Reach } from '../../../src/policy/touched/reach.js';
import { callsOf } from '../../../src/policy/touched/touched-calls.js';
import { trace, type Topology } from '../../../src/routing/trace.js';
import type { Way } from '../../../src/routing/way.js';
import { Random } from '../../conformance/random.js';
import { randomDocuments, randomMesh, readDocuments } from '../../routing/random-world.js';

const WORLDS = 200;
const isEgressGateway = egressGatewayTest(DEFAULT_POLICY);

/** A change of a world by an object of another one, or the deletion of one of its own. */
function changeIn(
  random: Random,
  world: World,
  own: readonly MeshObject[],
  foreign: readonly MeshObject[],
): ObjectChange {
  if (random.chance(0.3)) return { old: random.pick(own), object: undefined };
  const object = random.pick(foreign);
  const { kind, metadata } = object;
  // Half of them replace what another one of their kind says.
  const same = own.filter((one) => one.kind === kind);
  const place = same.length > 0 && random.chance(0.5) ? random.pick(same).metadata : metadata;
  const old = world.object(kind, place.namespace, place.name);
  const { namespace, name } = place;
  const createdAt = old?.metadata.createdAt ?? YOUNGEST;
  return { old, object: { ...object, metadata: { ...metadata, namespace, name, createdAt } } };
}

/** Every call to everything that either world declares or routes. */
function everyCall({ before, after }: Worlds) {
  const reach = new Reach();
  for (const world of [before, after]) {
    for (const kind of ['ServiceEntry', 'Service'] as const) {
      for (const object of world.all(kind)) {
        for (const declaration of declarationsOf(object, world.mesh)) reach.addDeclaration(declaration);
      }
    }
    for (const route of world.all('VirtualService')) reach.addRoute(world, route);
  }
  return callsOf([reach], {});
}

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
    const random = new Random(seed);
    const mesh = randomMesh(random);
    const own = readDocuments(randomDocuments(random, mesh.rootNamespace));
    const world = new MeshWorld(mesh, own);
    const change = changeIn(
      random,
      world,
      [...world.all('VirtualService'), ...own],
      readDocuments(randomDocuments(random, mesh.rootNamespace)),
    );
    const { worlds } = imagineEntries(worldsOf(world, change), change);
    const opened = compare(worlds, isEgressGateway, everyCall(worlds)).filter(({ after }) => {
      const known = leaksAnywhere({ world: worlds.before, isEgressGateway }, after);
      return leaksOf(after.ways).some((leak) => !known.includes(leak));
    });
    const [first] = opened;
    if (first === undefined) continue;
    leaking++;
    if (decide(world, isEgressGateway, DEFAULT_POLICY, change).allowed) {
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
