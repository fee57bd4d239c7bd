import t from 'tap';
import { manifest, read, told } from '../manifests.js';

t.test('merges the labels of the object over those of its spec', (t) => {
  const spec = { address: '203.0.113.5', ports: { http: 8080 }, labels: { app: 'spec', version: 'one' } };
  t.same(read('WorkloadEntry', spec, { labels: { app: 'object', team: 'edge' } }).spec, {
    address: '203.0.113.5',
    ports: { http: 8080 },
    labels: { app: 'object', version: 'one', team: 'edge' },
  });
  t.same(read('WorkloadEntry', spec).spec.labels, { app: 'spec', version: 'one' });
  t.same(read('WorkloadEntry', { network: 'n' }, { labels: { app: 'vm' } }).spec, {
    address: '',
    ports: {},
    labels: { app: 'vm' },
  });
  t.end();
});

t.test('refuses what the CRD refuses, by its field', (t) => {
  t.same(told(manifest('WorkloadEntry')), ['spec is required']);
  t.same(told(manifest('WorkloadEntry', {})), ['spec.address is required']);
  t.same(told(manifest('WorkloadEntry', { address: 5, ports: { a: 0 } })), [
    'spec.address must be text, not 5',
    'spec.ports.a must be a whole number from 1 to 65535, not 0',
  ]);
  t.end();
});
