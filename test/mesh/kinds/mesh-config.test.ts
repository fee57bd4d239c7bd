import t from 'tap';
import { DEFAULT_MESH, readMeshConfig } from '../../../src/mesh/kinds/mesh-config.js';
import { ManifestError } from '../../../src/mesh/manifest-error.js';

t.test('reads the fields over the base', (t) => {
  t.same(readMeshConfig(undefined, DEFAULT_MESH), DEFAULT_MESH);
  t.same(readMeshConfig(null, DEFAULT_MESH), DEFAULT_MESH, 'an empty document');
  t.same(readMeshConfig({ defaultConfig: { a: 1 }, trustDomain: 'x' }, DEFAULT_MESH), DEFAULT_MESH);
  t.same(
    readMeshConfig(
      {
        rootNamespace: 'mesh-root',
        outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
        defaultServiceExportTo: ['.'],
        defaultVirtualServiceExportTo: ['a'],
        defaultDestinationRuleExportTo: ['b'],
      },
      { ...DEFAULT_MESH, domain: 'example.local' },
    ),
    {
      ...DEFAULT_MESH,
      domain: 'example.local',
      rootNamespace: 'mesh-root',
      outboundTrafficPolicy: 'REGISTRY_ONLY',
      defaultServiceExportTo: ['.'],
      defaultVirtualServiceExportTo: ['a'],
      defaultDestinationRuleExportTo: ['b'],
    },
  );
  t.equal(
    readMeshConfig({ outboundTrafficPolicy: {} }, DEFAULT_MESH).outboundTrafficPolicy,
    'REGISTRY_ONLY',
    'a field that is written replaces the default whole, as in istiod',
  );
  t.end();
});

t.test('refuses wrong types by their field', (t) => {
  const refused: [unknown, string[]][] = [
    ['text', ['mesh']],
    [
      { rootNamespace: 5, outboundTrafficPolicy: { mode: 'ANY' } },
      ['mesh.outboundTrafficPolicy.mode', 'mesh.rootNamespace'],
    ],
    [{ defaultServiceExportTo: '.' }, ['mesh.defaultServiceExportTo']],
  ];
  for (const [document, fields] of refused) {
    try {
      readMeshConfig(document, DEFAULT_MESH);
      t.fail('was read');
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      t.same(error.faults.map(({ field }) => field).sort(), fields);
      t.match(error.message, 'ConfigMap istio-system/istio cannot be read: mesh');
    }
  }
  t.end();
});
