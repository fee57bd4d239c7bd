import t from 'tap';
import { HELD_KINDS, heldVersion } from '../../src/mesh/held-kinds.js';
import { EXEMPTION_CRD } from './chart-crds.js';
import { istioCrds, NO_SHARED_FOLDER } from './shared-folder.js';

t.test('knows a document by its version and kind', (t) => {
  t.equal(heldVersion('networking.istio.io/v1beta1', 'Sidecar')?.held.plural, 'sidecars');
  t.equal(heldVersion('v1', 'Service')?.held.group, '');
  t.equal(heldVersion('v1', 'Gateway'), undefined);
  t.equal(heldVersion('networking.istio.io/v1', 'EnvoyFilter'), undefined, 'served as v1alpha3 alone');
  t.end();
});

t.test('agrees with the CRDs', { skip: NO_SHARED_FOLDER }, (t) => {
  const crds = [...istioCrds(), EXEMPTION_CRD];
  for (const held of HELD_KINDS.filter(({ group }) => group !== '' && group !== 'networking.k8s.io')) {
    const crd = crds.find(({ spec }) => spec.group === held.group && spec.names.kind === held.kind);
    t.equal(crd?.spec.names.plural, held.plural);
    t.equal(crd?.spec.scope, held.namespaced ? 'Namespaced' : 'Cluster');
    const served = crd?.spec.versions.filter((version) => version.served).map(({ name }) => name);
    t.same([...held.versions].sort(), served?.sort(), held.kind);
  }
  t.end();
});
