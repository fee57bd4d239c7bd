import t from 'tap';
import { ChangeFeed } from '../../src/cluster/change-feed.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import type { MeshObject } from '../../src/mesh/mesh-object.js';
import { read } from '../policy/judgement.js';
import { entry, type Document } from '../policy/manifests.js';

const object = (document: Document): MeshObject => read(document, OLDEST);
const nameOf = (one: MeshObject | undefined): string | undefined =>
  one === undefined ? undefined : `${one.metadata.name} ${one.kind === 'ServiceEntry' ? one.spec.hosts.join() : ''}`;

function feed(leading = true) {
  const world = new MeshWorld(DEFAULT_MESH);
  const told: (readonly [string | undefined, string | undefined])[] = [];
  let restarts = 0;
  const listener = {
    leading,
    changed: ({ old, object: now }: { old: MeshObject | undefined; object: MeshObject | undefined }) => {
      told.push([nameOf(old), nameOf(now)]);
    },
    restart: () => {
      restarts += 1;
    },
  };
  return { world, told, listener, restarts: () => restarts, writer: new ChangeFeed(world, listener) };
}

const a = entry(['80 HTTP'], { hosts: ['a.com'] }, { name: 'a' });
const b = entry(['80 HTTP'], { hosts: ['b.com'] }, { name: 'b' });

t.test('what comes, changes and goes is told once, after it has come about', (t) => {
  const { writer, told, world } = feed();
  writer.put(object(a));
  writer.put(object(entry(['80 HTTP'], { hosts: ['c.com'] }, { name: 'a' })));
  writer.put(object(entry(['80 HTTP'], { hosts: ['c.com'] }, { name: 'a', annotations: { note: 'nobody reads' } })));
  writer.remove('ServiceEntry', 'shop', 'a');
  writer.remove('ServiceEntry', 'shop', 'a');
  t.strictSame(told, [
    [undefined, 'a a.com'],
    ['a a.com', 'a c.com'],
    ['a c.com', undefined],
  ]);
  t.equal([...world.all('ServiceEntry')].length, 0);
  t.end();
});

t.test('a list tells what differs', (t) => {
  const { writer, told, world } = feed();
  writer.replace('ServiceEntry', [object(a), object(b)]);
  t.strictSame(told.splice(0), [
    [undefined, 'a a.com'],
    [undefined, 'b b.com'],
  ]);
  writer.replace('ServiceEntry', [object(a), object(b)]);
  t.strictSame(told, [], 'the same objects, read anew');
  writer.replace('ServiceEntry', [object(b)]);
  t.strictSame(told, [['a a.com', undefined]]);
  t.equal([...world.all('ServiceEntry')].length, 1);
  t.end();
});

t.test('who does not lead is told nothing, and the world follows all the same', (t) => {
  const { writer, told, world, restarts } = feed(false);
  writer.put(object(a));
  writer.replace('ServiceEntry', [object(b)]);
  writer.configure({ ...DEFAULT_MESH, domain: 'other.local' });
  t.strictSame(told, []);
  t.equal(restarts(), 1);
  t.equal(world.mesh.domain, 'other.local');
  t.strictSame([...world.all('ServiceEntry')].map(nameOf), ['b b.com']);
  t.end();
});
