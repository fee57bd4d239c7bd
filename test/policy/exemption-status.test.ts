import t from 'tap';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { exemptionStatus } from '../../src/policy/exemption-status.js';
import { read } from './judgement.js';
import { exemption } from './kubernetes-manifests.js';
import { entry, service, type Document } from './manifests.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function statusOf(spec: Document, ...documents: readonly Document[]) {
  const one = read(exemption(spec), OLDEST);
  if (one.kind !== 'EgressExemption') throw new Error('it is an exemption');
  const world = new MeshWorld(
    DEFAULT_MESH,
    documents.map((document) => read(document, OLDEST)),
  );
  return exemptionStatus(world, one, NOW);
}

t.test('names the declared hosts that it is for', (t) => {
  const world = [
    entry(['80 HTTP'], { hosts: ['a.cnn.com', 'cnn.com', 'bbc.com'] }),
    entry(['443 TLS'], { hosts: ['*.cnn.com'], resolution: 'NONE' }, { name: 'wild' }),
    entry(['80 HTTP'], { hosts: ['in.cnn.com'], location: 'MESH_INTERNAL' }, { name: 'inside' }),
    service({ selector: { app: 'reviews' } }),
  ];
  t.strictSame(statusOf({ hosts: ['cnn.com', 'dw.com'] }, ...world).hosts, ['cnn.com']);
  t.strictSame(statusOf({ hosts: ['*.cnn.com'] }, ...world).hosts, ['*.cnn.com', 'a.cnn.com']);
  t.strictSame(statusOf({ hosts: ['*'] }, ...world).hosts, ['*.cnn.com', 'a.cnn.com', 'bbc.com', 'cnn.com']);
  const many = entry(['80 HTTP'], { hosts: Array.from({ length: 150 }, (_, index) => `h${index}.com`) });
  t.equal(statusOf({ hosts: ['*'] }, many).hosts.length, 100, 'the bound of the CRD');
  t.end();
});

t.test('tells whether it lifts anything any more', (t) => {
  t.equal(statusOf({ expires: '2026-01-01T00:00:01Z' }).expired, false);
  t.equal(statusOf({ expires: '2026-01-01T00:00:00Z' }).expired, true);
  t.end();
});
