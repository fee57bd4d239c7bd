import t from 'tap';
import { DEFAULT_MESH, type MeshConfig } from '../../../src/mesh/kinds/mesh-config.js';
import type { MeshMap } from '../../../src/mesh/kinds/mesh-map.js';
import { OLDEST } from '../../../src/mesh/metadata.js';
import { MeshWorld } from '../../../src/mesh/world/mesh-world.js';
import { worldsOf } from '../../../src/policy/change.js';
import { touchedCalls } from '../../../src/policy/touched/touched-calls.js';
import { read } from '../judgement.js';
import { entry, httpPair, type Document } from '../manifests.js';

function map(mesh: Partial<MeshConfig>): MeshMap {
  const metadata = {
    namespace: 'istio-system',
    name: 'istio',
    labels: {},
    annotations: {},
    createdAt: OLDEST,
    deleting: false,
  };
  return { kind: 'ConfigMap', apiVersion: 'v1', metadata, mesh: { ...DEFAULT_MESH, ...mesh } };
}

/** What is called, as `host:port`, once each. */
function called(was: Partial<MeshConfig>, is: Partial<MeshConfig>, documents: readonly Document[]): readonly string[] {
  const world = new MeshWorld(
    { ...DEFAULT_MESH, ...was },
    documents.map((document) => read(document, OLDEST)),
  );
  const change = { old: map(was), object: map(is) };
  const calls = touchedCalls(worldsOf(world, change), change);
  return [...new Set(calls.map(({ shownHost, call }) => `${shownHost}:${call.port}`))].sort();
}

const MESH: readonly Document[] = [
  entry(['80 HTTP', '8080 HTTP']),
  httpPair(),
  entry(['80 HTTP'], { hosts: ['inside.com'], location: 'MESH_INTERNAL' }, { name: 'inside' }),
  httpPair({ name: 'own' }, { hosts: ['own.com'], exportTo: ['*'] }),
];

t.test('another outbound policy reaches what nobody declares, on the ports that somebody does', (t) => {
  const is = { outboundTrafficPolicy: 'REGISTRY_ONLY' } as const;
  t.strictSame(called({}, is, MESH), ['*:443', '*:80', '*:8080']);
  t.strictSame(called(is, is, MESH), [], 'the same one reaches nothing');
  t.end();
});

t.test('another default of exportTo reaches the objects that write none', (t) => {
  t.match(called({}, { defaultVirtualServiceExportTo: ['.'] }, MESH), ['*:80', '*:8080', 'cnn.com:80', 'cnn.com:8080']);
  t.notOk(called({}, { defaultVirtualServiceExportTo: ['.'] }, MESH).includes('own.com:80'));
  t.ok(called({}, { defaultServiceExportTo: ['.'] }, MESH).includes('cnn.com:8080'));
  t.ok(called({}, { defaultDestinationRuleExportTo: ['.'] }, MESH).includes('cnn.com:80'));
  t.ok(called({}, { rootNamespace: 'mesh' }, MESH).includes('own.com:80'), 'another root is a change for everybody');
  t.end();
});

t.test('of very many objects a share is called', (t) => {
  const many = Array.from({ length: 400 }, (_, index) =>
    entry(['80 HTTP'], { hosts: [`h${index}.com`] }, { name: `h${index}` }),
  );
  t.equal(called({}, { defaultServiceExportTo: ['.'] }, many).filter((one) => one.startsWith('h')).length, 100);
  t.end();
});
