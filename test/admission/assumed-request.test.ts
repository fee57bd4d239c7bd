import t from 'tap';
import { assumedRequest, type Assumptions } from '../../src/admission/assumed-request.js';
import { refOf } from '../../src/mesh/read-object.js';
import { entry, type Document } from '../policy/manifests.js';
import { worldWith } from './request.js';

const cnn = entry(['80 HTTP']);

function request(document: unknown, world: readonly Document[] = [], more: Partial<Assumptions> = {}) {
  const ref = refOf(document);
  if (ref === undefined) throw new Error('no object');
  return assumedRequest(document, ref, { uid: 'u-1', dryRun: false, world: worldWith(world), ...more });
}

t.test('a creation where there is nothing, an update where there is', (t) => {
  t.strictSame(request(cnn), {
    uid: 'u-1',
    kind: { group: 'networking.istio.io', version: 'v1', kind: 'ServiceEntry' },
    resource: { group: 'networking.istio.io', version: 'v1', resource: 'serviceentries' },
    namespace: 'shop',
    name: 'cnn',
    operation: 'CREATE',
    username: '',
    dryRun: false,
    object: cnn,
    oldObject: null,
  });
  t.equal(request(cnn, [cnn]).operation, 'UPDATE');
  t.equal(request(cnn, [cnn], { operation: 'CREATE' }).operation, 'CREATE');
  t.match(request(cnn, [cnn], { operation: 'DELETE', dryRun: true }), {
    operation: 'DELETE',
    object: null,
    dryRun: true,
  });
  t.end();
});

t.test('an update keeps the time of creation', (t) => {
  const time = '2024-01-31T12:00:00.000Z';
  const dated = entry(['80 HTTP'], {}, { creationTimestamp: time });
  t.match(request(cnn, [dated]), { object: { metadata: { name: 'cnn', creationTimestamp: time } } });
  t.match(request(dated, [cnn]), { object: { metadata: { creationTimestamp: null } } });
  t.end();
});

t.test('a kind that the world does not hold', (t) => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } };
  t.match(request(pod), { kind: { group: '', version: 'v1', kind: 'Pod' }, operation: 'CREATE', name: 'web' });
  t.end();
});

t.test('keys that the server would drop are said', (t) => {
  const poisoned: unknown = JSON.parse('{"headers": [{"__proto__": {"exact": "x"}}]}');
  t.equal(request({ ...cnn, spec: poisoned }).keysDropped, true);
  t.equal(request({ ...cnn, spec: { constructor: { prototype: 1 } } }).keysDropped, true);
  t.equal(request({ ...cnn, spec: { constructor: 'x', other: [null, '__proto__'] } }).keysDropped, undefined);
  t.end();
});
