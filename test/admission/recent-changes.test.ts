import t from 'tap';
import { RecentChanges } from '../../src/admission/recent-changes.js';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import type { MeshObject } from '../../src/mesh/mesh-object.js';
import { YOUNGEST } from '../../src/mesh/metadata.js';
import { readObject } from '../../src/mesh/read-object.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { readJudged } from '../policy/judgement.js';
import { exemption, pod } from '../policy/kubernetes-manifests.js';

const NOW = Date.parse('2026-11-23T12:00:00.700Z');

function entry(host: string): MeshObject {
  const object = readObject(
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata: { name: 'one', namespace: 'shop' },
      spec: { hosts: [host], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'DNS' },
    },
    YOUNGEST,
  );
  if (object === undefined) throw new Error('a ServiceEntry is read');
  return object;
}

function setUp(...objects: readonly MeshObject[]) {
  return { world: new MeshWorld(DEFAULT_MESH, objects), recent: new RecentChanges() };
}

t.test('what was admitted is there before the watch has seen it', (t) => {
  const { world, recent } = setUp();
  t.equal(recent.over(world, NOW), world, 'without a change the world is itself');
  recent.admitted(world, { old: undefined, object: entry('a.com') }, NOW);
  const seen = recent.over(world, NOW + 1);
  t.equal(seen.declarations.of('a.com').length, 1);
  const created = seen.object('ServiceEntry', 'shop', 'one')?.metadata.createdAt;
  t.equal(
    created,
    Date.parse('2026-11-23T12:00:00Z'),
    'it has the second of its creation, and is the youngest no longer',
  );
  t.end();
});

t.test('it is forgotten when the watch has moved on', (t) => {
  const { world, recent } = setUp();
  recent.admitted(world, { old: undefined, object: entry('a.com') }, NOW);
  world.put(entry('b.com'));
  t.equal(recent.over(world, NOW + 1), world);
  t.end();
});

t.test('it is forgotten when it does not come', (t) => {
  const { world, recent } = setUp();
  recent.admitted(world, { old: undefined, object: entry('a.com') }, NOW);
  t.not(recent.over(world, NOW + 9_000), world);
  t.equal(recent.over(world, NOW + 11_000), world);
  t.end();
});

t.test('a deletion holds until the watch has seen it', (t) => {
  const old = entry('a.com');
  const { world, recent } = setUp(old);
  recent.admitted(world, { old, object: undefined }, NOW);
  t.equal(recent.over(world, NOW + 1).object('ServiceEntry', 'shop', 'one'), undefined);
  world.remove('ServiceEntry', 'shop', 'one');
  t.equal(recent.over(world, NOW + 2), world);
  t.end();
});

t.test('the last of several changes counts', (t) => {
  const { world, recent } = setUp();
  recent.admitted(world, { old: undefined, object: entry('a.com') }, NOW);
  recent.admitted(world, { old: entry('a.com'), object: entry('b.com') }, NOW);
  const seen = recent.over(world, NOW + 1);
  t.equal(seen.declarations.of('a.com').length, 0);
  t.equal(seen.declarations.of('b.com').length, 1);
  t.end();
});

t.test('the world seen is the same one until something changes', (t) => {
  const { world, recent } = setUp();
  recent.admitted(world, { old: undefined, object: entry('a.com') }, NOW);
  const seen = recent.over(world, NOW);
  recent.admitted(world, { old: undefined, object: entry('a.com') }, NOW + 8_000);
  t.equal(recent.over(world, NOW + 12_000), seen, 'admitted once more, it is waited for anew');
  recent.admitted(world, { old: undefined, object: entry('b.com') }, NOW + 12_000);
  const other = recent.over(world, NOW + 12_000);
  t.equal(other.declarations.of('b.com').length, 1);
  t.equal(other.declarations.of('a.com').length, 0);
  const unrelated = { ...entry('c.com'), metadata: { ...entry('c.com').metadata, name: 'two' } };
  world.put(unrelated);
  t.equal(recent.over(world, NOW + 12_000).declarations.of('c.com').length, 1, 'and it follows the world');
  recent.admitted(world, { old: entry('b.com'), object: undefined }, NOW + 12_000);
  t.equal(recent.over(world, NOW + 12_000).declarations.of('b.com').length, 0);
  t.end();
});

t.test('a namespace that is deleted stays until all that is in it has gone', (t) => {
  const old = readObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, YOUNGEST);
  if (old === undefined) throw new Error('a Namespace is read');
  const { world, recent } = setUp(old);
  recent.admitted(world, { old, object: undefined }, NOW);
  t.match(recent.over(world, NOW + 1).object('Namespace', '', 'shop'), { metadata: { deleting: true } });
  world.remove('Namespace', '', 'shop');
  t.equal(recent.over(world, NOW + 2), world);
  t.end();
});

t.test('what no world holds is not remembered, nor an exemption before it is stored', (t) => {
  const { world, recent } = setUp();
  recent.admitted(world, { old: undefined, object: readJudged(exemption(), YOUNGEST) }, NOW);
  recent.admitted(world, { old: undefined, object: readJudged(pod({}), YOUNGEST) }, NOW);
  t.equal(recent.over(world, NOW + 1), world);
  t.end();
});
