import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import { loadManifestWorld, watchManifestWorld, type ManifestReload } from '../../src/files/manifest-watch.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { DEFAULT_POLICY, meshGround } from '../../src/policy/policy.js';
import { until } from '../until.js';
import { RecordedWorld } from './recorded-world.js';

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: {name: NAME, namespace: shop}\nspec: {ports: [{port: 80}]}\n';

function service(name: string): string {
  return SERVICE.replace('NAME', name);
}

async function follow(t: Test, folder: string) {
  const world = new RecordedWorld();
  const reloads: ManifestReload[] = [];
  const troubles: (string | undefined)[] = [];
  const watched = await watchManifestWorld({
    paths: [folder],
    writer: world,
    mesh: DEFAULT_POLICY.mesh,
    input: Readable.from([]),
    interval: 5,
    onReload: (reload) => reloads.push(reload),
    onTrouble: (failure) => troubles.push(failure?.message),
  });
  t.teardown(() => {
    watched.close();
  });
  const names = () => [...world.objects.values()].map(({ metadata }) => metadata.name).toSorted();
  return {
    reloads,
    troubles,
    names,
    manifests: watched.world,
    holds: (...expected: string[]) =>
      until(`the world holds ${expected.join()}`, () => names().join() === expected.toSorted().join()),
  };
}

t.test('the world follows its files', async (t) => {
  const folder = t.testdir({ 'a.yaml': service('a') });
  const { names, holds, manifests, reloads } = await follow(t, folder);
  t.same(names(), ['a']);
  await writeFile(path.join(folder, 'a.yaml'), service('a2'));
  await holds('a2');
  await mkdir(path.join(folder, 'sub'));
  await writeFile(path.join(folder, 'sub', 'b.yaml'), service('b'));
  await holds('a2', 'b');
  // As vim writes: the old file is moved aside, the new one is made anew.
  await rename(path.join(folder, 'a.yaml'), path.join(folder, 'a.yaml~'));
  await writeFile(path.join(folder, 'a.yaml'), service('a3'));
  await holds('a3', 'b');
  await rm(path.join(folder, 'sub'), { recursive: true });
  await holds('a3');
  t.ok(reloads.every(({ faults }) => faults.length === 0));
  t.same(manifests.locate({ apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'a3' }), {
    file: path.join(folder, 'a.yaml'),
    line: 1,
  });
});

t.test('a broken file keeps its old objects, is said, and is mended', async (t) => {
  const folder = t.testdir({ 'a.yaml': service('a'), 'b.yaml': service('b') });
  const { names, holds, reloads } = await follow(t, folder);
  await writeFile(path.join(folder, 'a.yaml'), 'kind: [');
  await until('the fault is said', () => reloads.length > 0);
  t.match(reloads, [
    { files: [path.join(folder, 'a.yaml')], faults: [{ file: path.join(folder, 'a.yaml'), line: 1 }] },
  ]);
  t.same(names(), ['a', 'b']);
  await writeFile(path.join(folder, 'a.yaml'), service('c'));
  await holds('b', 'c');
  t.same(reloads.at(-1)?.faults, []);
});

t.test('a mounted ConfigMap that is swapped is read again', async (t) => {
  const folder = t.testdir({ '..1': { 'a.yaml': service('a') }, '..2': { 'a.yaml': service('b') } });
  await symlink('..1', path.join(folder, '..data'));
  await symlink(path.join('..data', 'a.yaml'), path.join(folder, 'a.yaml'));
  const { names, holds } = await follow(t, folder);
  t.same(names(), ['a']);
  await symlink('..2', path.join(folder, '..data_tmp'));
  await rename(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
  await rm(path.join(folder, '..1'), { recursive: true });
  await holds('b');
});

t.test('while the folder is gone nothing changes', async (t) => {
  const folder = path.join(t.testdir({ live: { 'a.yaml': service('a') } }), 'live');
  const { names, holds, troubles } = await follow(t, folder);
  await rename(folder, `${folder}-away`);
  await until('it is said', () => troubles.length > 0);
  t.match(troubles, [/live: there is no such file or folder/]);
  t.same(names(), ['a']);
  await cp(`${folder}-away`, folder, { recursive: true });
  await writeFile(path.join(folder, 'b.yaml'), service('b'));
  await holds('a', 'b');
  t.equal(troubles.at(-1), undefined);
});

t.test('the examples fill a world without a fault', async (t) => {
  for (const example of ['mesh', 'mesh-2019', 'leaks']) {
    const world = new MeshWorld(meshGround(DEFAULT_POLICY.mesh));
    const manifests = await loadManifestWorld({
      paths: [path.join('examples', example)],
      writer: world,
      mesh: DEFAULT_POLICY.mesh,
      input: Readable.from([]),
    });
    t.same([manifests.faults, manifests.skipped], [[], []], example);
    t.not([...world.all('VirtualService')].length, 0, example);
    t.equal(world.mesh.outboundTrafficPolicy, 'REGISTRY_ONLY');
  }
});

t.test('a path that is missing at the start is refused', async (t) => {
  const options = { writer: new RecordedWorld(), mesh: DEFAULT_POLICY.mesh, input: Readable.from([]) };
  const paths = [path.join(t.testdir(), 'missing')];
  await t.rejects(loadManifestWorld({ ...options, paths }), { code: 'PATH' });
  const silent = { onReload: () => undefined, onTrouble: () => undefined };
  await t.rejects(watchManifestWorld({ ...options, ...silent, paths }), { code: 'PATH' });
});
