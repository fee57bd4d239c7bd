import t from 'tap';
import { readManifestFile } from '../../src/files/manifest-file.js';
import { ManifestWorld } from '../../src/files/manifest-world.js';
import type { FileManifests } from '../../src/files/manifests.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { DEFAULT_POLICY } from '../../src/policy/policy.js';
import { RecordedWorld } from './recorded-world.js';

const { mesh: SETTINGS } = DEFAULT_POLICY;

function file(name: string, text: string): FileManifests {
  return { file: name, ...readManifestFile({ file: name, text, named: true, inChart: false }) };
}

function entry(name: string, host: string): string {
  return `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}, namespace: shop}
spec:
  hosts: [${host}]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`;
}

function meshConfigMap(mesh: string, namespace = 'istio-system'): string {
  const text = mesh.replaceAll('\n', '\n    ');
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: ${namespace}}\ndata:\n  mesh: |\n    ${text}\n`;
}

const CNN = { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', namespace: 'shop', name: 'cnn' };

t.test('the world holds what the files hold, and nothing else', (t) => {
  const world = new RecordedWorld();
  const manifests = new ManifestWorld(world, SETTINGS);
  manifests.update([file('a', entry('cnn', 'cnn.com')), file('b', entry('bbc', 'bbc.com'))], ['a', 'b']);
  t.same([...world.objects.keys()], ['ServiceEntry shop/cnn', 'ServiceEntry shop/bbc']);
  t.equal(world.objects.get('ServiceEntry shop/cnn')?.metadata.createdAt, OLDEST);
  t.equal(manifests.size, 2);
  world.taken();

  manifests.update([file('a', entry('cnn', 'edition.cnn.com'))], ['a', 'b']);
  t.same(world.taken(), ['put ServiceEntry shop/cnn'], 'what did not change is left alone');

  manifests.update([file('a', entry('abc', 'abc.com'))], ['a', 'b']);
  t.same(world.taken(), ['remove ServiceEntry shop/cnn', 'put ServiceEntry shop/abc']);

  manifests.update([], ['a'], ['b']);
  t.same(world.taken(), ['remove ServiceEntry shop/bbc']);
  t.end();
});

t.test('a file that breaks keeps the objects that it had', (t) => {
  const world = new RecordedWorld();
  const manifests = new ManifestWorld(world, SETTINGS);
  manifests.update([file('a', `${entry('cnn', 'cnn.com')}---\n${entry('bbc', 'bbc.com')}`)], ['a']);
  world.taken();
  for (const broken of ['kind: [', entry('bbc', '[]'), `${entry('abc', 'abc.com')}---\nspec: ]`]) {
    manifests.update([file('a', broken)], ['a']);
    t.same(world.taken(), [], 'nothing changes');
    t.not(manifests.faults.length, 0, 'and it is said');
  }
  manifests.update([file('a', entry('abc', 'abc.com'))], ['a']);
  t.same(manifests.faults, []);
  t.same([...world.objects.keys()], ['ServiceEntry shop/abc']);
  t.end();
});

t.test('an object that Istio would refuse is a fault at the line of its field', (t) => {
  const manifests = new ManifestWorld(new RecordedWorld(), SETTINGS);
  manifests.update([file('a', `# x\n${entry('cnn', 'cnn.com').replace('443', 'many')}`)], ['a']);
  t.match(manifests.faults, [
    { file: 'a', line: 7, problem: /^ServiceEntry shop\/cnn: spec\.ports\[0\]\.number must be/ },
  ]);
  t.end();
});

t.test('of an object that stands twice the later one counts', (t) => {
  const world = new RecordedWorld();
  const manifests = new ManifestWorld(world, SETTINGS);
  const files = [
    file('a', entry('cnn', 'a.com')),
    file('b', `# b\n${entry('cnn', 'b.com').replace('/v1\n', '/v1beta1\n')}`),
  ];
  manifests.update(files, ['b', 'a']);
  t.match(world.objects.get('ServiceEntry shop/cnn'), { spec: { hosts: ['a.com'] } });
  t.same(manifests.locate(CNN), { file: 'a', line: 1 });
  t.match(manifests.skipped, [
    { file: 'b', line: 2, reason: 'ServiceEntry shop/cnn stands again in a:1, which counts' },
  ]);
  manifests.update([], ['a', 'b']);
  t.match(world.objects.get('ServiceEntry shop/cnn'), { spec: { hosts: ['b.com'] } });
  manifests.update([], ['a'], ['b']);
  t.match(world.objects.get('ServiceEntry shop/cnn'), { spec: { hosts: ['a.com'] } }, 'the other one comes back');
  t.same(manifests.skipped, []);
  t.end();
});

t.test('objects and their fields are located', (t) => {
  const manifests = new ManifestWorld(new RecordedWorld(), SETTINGS);
  manifests.update(
    [file('a', entry('bbc', 'bbc.com')), file('b', `${entry('bbc2', 'x.com')}---\n${entry('cnn', 'cnn.com')}`)],
    ['a', 'b'],
  );
  t.same(manifests.locate(CNN), { file: 'b', line: 9 });
  t.same(manifests.locate(CNN, 'spec.ports[0].number'), { file: 'b', line: 14 });
  t.same(manifests.locate({ ...CNN, apiVersion: 'networking.istio.io/v1alpha3' }, 'spec.hosts'), {
    file: 'b',
    line: 13,
  });
  t.equal(manifests.locate({ ...CNN, apiVersion: 'other.io/v1' }), undefined);
  t.equal(manifests.locate({ ...CNN, name: 'other' }), undefined);
  t.end();
});

t.test('the mesh is what the ConfigMap of the root namespace says, and the policy over it', (t) => {
  const world = new RecordedWorld();
  const manifests = new ManifestWorld(world, SETTINGS);
  t.equal(world.mesh.outboundTrafficPolicy, 'ALLOW_ANY');
  const text = 'outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\ndefaultServiceExportTo: ["."]';
  manifests.update([file('other', meshConfigMap('outboundTrafficPolicy: {}', 'shop'))], ['other']);
  t.equal(world.mesh.outboundTrafficPolicy, 'ALLOW_ANY', 'not that of another namespace');
  manifests.update([file('mesh', `${meshConfigMap(text)}---\n${entry('cnn', 'cnn.com')}`)], ['mesh', 'other']);
  t.match(world.mesh, { outboundTrafficPolicy: 'REGISTRY_ONLY', defaultServiceExportTo: ['.'] });
  t.ok(world.calls.lastIndexOf('configure') < world.calls.indexOf('put ServiceEntry shop/cnn'), 'before the objects');

  manifests.settle({ ...SETTINGS, outboundTrafficPolicy: 'ALLOW_ANY', internalCIDRs: ['10.0.0.0/8'] });
  t.match(world.mesh, { outboundTrafficPolicy: 'ALLOW_ANY', internalCIDRs: ['10.0.0.0/8'] });
  world.taken();
  manifests.settle({ ...SETTINGS, outboundTrafficPolicy: 'ALLOW_ANY', internalCIDRs: ['10.0.0.0/8'] });
  t.same(world.taken(), [], 'a policy that says the same changes nothing');
  manifests.settle(SETTINGS);
  t.equal(world.mesh.outboundTrafficPolicy, 'REGISTRY_ONLY');

  for (const broken of ['outboundTrafficPolicy: [', 'outboundTrafficPolicy: 7']) {
    manifests.update([file('mesh', meshConfigMap(broken))], ['mesh']);
    t.equal(world.mesh.outboundTrafficPolicy, 'REGISTRY_ONLY', 'a broken one leaves the mesh as it was');
    t.match(manifests.faults, [{ file: 'mesh', line: 5, problem: /^data\.mesh/ }]);
  }
  manifests.update([], [], ['mesh']);
  t.equal(world.mesh.outboundTrafficPolicy, 'ALLOW_ANY');
  t.end();
});
