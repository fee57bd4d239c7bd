import t from 'tap';
import { DEFAULT_MESH } from '../../../src/mesh/kinds/mesh-config.js';
import type { MeshObject } from '../../../src/mesh/mesh-object.js';
import { MeshWorld } from '../../../src/mesh/world/mesh-world.js';
import { overlay } from '../../../src/mesh/world/overlay.js';
import type { World } from '../../../src/mesh/world/world.js';
import { Random } from '../../conformance/random.js';
import { randomMesh } from '../../routing/random-world.js';
import { read } from '../manifests.js';
import { answers, differences, questionsAbout } from './answers.js';
import { changed, randomChanges, randomObjects } from './random-changes.js';

const RUNS = 150;

t.test('an overlay answers as the world that is made of the changed objects, in the same order', (t) => {
  for (let seed = 0; seed < RUNS; seed++) {
    const random = new Random(seed);
    const mesh = randomMesh(random);
    const objects = randomObjects(random);
    const base = new MeshWorld(mesh, objects);
    let world: World = base;
    let expected: readonly MeshObject[] = objects;
    const asked = [...objects];
    // Overlays of overlays too: a review of several manifests puts each on top of those before it.
    for (let layers = 1 + random.below(3); layers > 0; layers--) {
      const changes = randomChanges(random, expected);
      world = overlay(world, changes);
      expected = changed(expected, changes);
      asked.push(...expected);
    }
    const questions = questionsAbout(asked);
    const before = answers(new MeshWorld(mesh, random.shuffled(objects)), questions);
    const after = answers(new MeshWorld(mesh, random.shuffled(expected)), questions);
    const same = t.strictSame(differences(answers(world, questions), after), [], `seed ${seed}: as made anew`);
    const untouched = t.strictSame(
      differences(answers(base, questions), before),
      [],
      `seed ${seed}: the world below is as before`,
    );
    if (!same || !untouched) break;
  }
  t.end();
});

t.test('a world that changes ends up as one that was so from the beginning', (t) => {
  for (let seed = 1000; seed < 1000 + RUNS; seed++) {
    const random = new Random(seed);
    const mesh = randomMesh(random);
    const objects = randomObjects(random);
    const world = new MeshWorld(mesh, objects);
    const questions = questionsAbout(objects);
    let expected: readonly MeshObject[] = objects;
    for (let rounds = 1 + random.below(3); rounds > 0; rounds--) {
      const changes = randomChanges(random, expected);
      for (const change of changes) {
        if ('put' in change) world.put(change.put);
        else world.remove(change.remove.kind, change.remove.namespace, change.remove.name);
      }
      expected = changed(expected, changes);
      // Lists are sorted when they are read: read some between the changes.
      if (random.chance(0.5)) answers(world, questions);
    }
    const all = questionsAbout([...objects, ...expected]);
    const anew = answers(new MeshWorld(mesh, expected), all);
    if (!t.strictSame(differences(answers(world, all), anew), [], `seed ${seed}`)) break;
    if (random.chance(0.3)) {
      const other = randomMesh(random);
      world.configure(other);
      const configured = answers(new MeshWorld(other, expected), all);
      t.strictSame(differences(answers(world, all), configured), [], `seed ${seed}: configured anew`);
    }
  }
  t.end();
});

const entry = read('ServiceEntry', { hosts: ['e.com'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }] });
const route = read('VirtualService', { hosts: ['e.com'], http: [{ route: [{ destination: { host: 'e.com' } }] }] });

t.test('what a change does not touch is the very index below', (t) => {
  const world = new MeshWorld(DEFAULT_MESH, [entry]);
  const over = overlay(world, [{ put: route }]);
  t.equal(over.declarations, world.declarations, 'another kind');
  t.equal(over.shoutedRoutes, world.shoutedRoutes, 'an index in which the object does not stand');
  t.not(over.routes, world.routes);
  const rule = read('DestinationRule', { host: 'e.com' }, { namespace: 'app' });
  const rules = overlay(world, [{ put: rule }]);
  t.equal(rules.destinationRules('shop'), world.destinationRules('shop'), 'another namespace');
  t.not(rules.destinationRules('app'), world.destinationRules('app'));
  t.equal(rules.destinationRules('app'), rules.destinationRules('app'), 'the same at every look');
  t.end();
});

t.test('a change that changes nothing', (t) => {
  const world = new MeshWorld(DEFAULT_MESH, [entry]);
  const same = overlay(world, [{ put: entry }]);
  t.strictSame(same.declarations.of('e.com').length, 1, 'the same object again');
  const gone = overlay(world, [{ remove: { kind: 'ServiceEntry', namespace: 'shop', name: 'never' } }]);
  t.equal(gone.declarations, world.declarations, 'the removal of what is not there');
  t.equal(overlay(world, []).routes, world.routes, 'none at all');
  t.end();
});

t.test('of several changes to one object the last counts', (t) => {
  const world = new MeshWorld(DEFAULT_MESH, [entry]);
  const gone = { remove: { kind: 'ServiceEntry', namespace: 'shop', name: 'cnn' } } as const;
  const other = read('ServiceEntry', { hosts: ['f.com'] });
  const back = overlay(world, [gone, { put: other }]);
  t.strictSame([...back.all('ServiceEntry')], [other]);
  t.strictSame(back.declarations.of('e.com'), []);
  t.equal(back.object('ServiceEntry', 'shop', 'cnn'), other);
  const away = overlay(world, [{ put: other }, gone]);
  t.strictSame([...away.all('ServiceEntry')], []);
  t.equal(away.object('ServiceEntry', 'shop', 'cnn'), undefined);
  t.strictSame(away.declarations.of('f.com'), []);
  t.strictSame(away.declarations.covering('x.f.com'), []);
  t.end();
});
