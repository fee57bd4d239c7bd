import t from 'tap';
import type { AdmissionRequest } from '../../src/admission/review.js';
import { changeOf, refOf } from '../../src/admission/subject.js';
import type { Fault } from '../../src/mesh/fault.js';
import { ManifestError } from '../../src/mesh/manifest-error.js';
import { OLDEST, YOUNGEST } from '../../src/mesh/metadata.js';
import { entry, gateway, httpPair, type Document } from '../policy/manifests.js';
import { requestFor, worldWith } from './request.js';

const CREATED = '2024-05-01T12:00:00Z';
const plain = entry(['80 HTTP'], {}, { creationTimestamp: CREATED });
const wider = entry(['80 HTTP', '443 TLS'], {}, { creationTimestamp: CREATED });
const empty = worldWith([]);

function faults(request: AdmissionRequest): readonly Fault[] {
  try {
    changeOf(request, empty);
  } catch (error) {
    if (error instanceof ManifestError) return error.faults;
    throw error;
  }
  throw new Error('it was read');
}

t.test('a creation: the object, the youngest of all, in either review', (t) => {
  for (const object of [entry(['80 HTTP']), plain]) {
    const change = changeOf(requestFor({ object }), empty);
    t.equal(change?.old, undefined);
    t.match(change?.object, { kind: 'ServiceEntry', metadata: { name: 'cnn', createdAt: YOUNGEST } });
  }
  t.end();
});

t.test('a creation looks at no old object, not even at a wrong one', (t) => {
  const change = changeOf(requestFor({ object: plain }, { oldObject: wider }), worldWith([wider]));
  t.equal(change?.old, undefined);
  t.end();
});

t.test('an update: both, each with the time of its creation', (t) => {
  const change = changeOf(requestFor({ object: wider, oldObject: plain }), empty);
  t.match(change?.old, { spec: { ports: { length: 1 } }, metadata: { createdAt: Date.parse(CREATED) } });
  t.match(change?.object, { spec: { ports: { length: 2 } }, metadata: { createdAt: Date.parse(CREATED) } });
  t.end();
});

t.test('a deletion: the old object alone', (t) => {
  const change = changeOf(requestFor({ oldObject: plain }), empty);
  t.match(change?.old, { metadata: { createdAt: Date.parse(CREATED) } });
  t.equal(change?.object, undefined);
  t.end();
});

t.test('without an old object that can be read it is the one of the world, if any', (t) => {
  const world = worldWith([entry(['80 HTTP'])]);
  const unreadable: Document = { ...plain, spec: { hosts: 'cnn.com' } };
  for (const oldObject of [null, unreadable, 'nothing', gateway({ name: 'cnn' })]) {
    const update = requestFor({ object: wider }, { operation: 'UPDATE', oldObject });
    t.match(changeOf(update, world)?.old, { kind: 'ServiceEntry', metadata: { createdAt: OLDEST } });
    t.equal(changeOf(update, empty)?.old, undefined);
    t.match(
      changeOf(update, empty)?.object,
      { spec: { ports: { length: 2 } } },
      'the new object is judged all the same',
    );
    const removal = requestFor({ oldObject: plain }, { oldObject });
    t.match(changeOf(removal, world)?.old, { kind: 'ServiceEntry', metadata: { createdAt: OLDEST } });
    t.equal(changeOf(removal, empty), undefined);
  }
  t.end();
});

t.test('what changes nothing, and kinds that are not judged, are no change', (t) => {
  t.equal(changeOf(requestFor({ object: plain }, { operation: 'CONNECT' }), empty), undefined);
  t.equal(changeOf(requestFor({ object: wider, oldObject: plain }, { subResource: 'status' }), empty), undefined);
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web', namespace: 'shop' } };
  t.equal(changeOf(requestFor({ object: secret }), empty), undefined);
  t.equal(changeOf(requestFor({ object: { ...plain, apiVersion: 'networking.istio.io/v2' } }), empty), undefined);
  t.equal(changeOf(requestFor({ object: { ...plain, apiVersion: 'v1' } }), empty), undefined);
  t.end();
});

t.test('every served version is read', (t) => {
  for (const version of ['v1', 'v1beta1', 'v1alpha3']) {
    const object = { ...plain, apiVersion: `networking.istio.io/${version}` };
    t.match(changeOf(requestFor({ object }), empty)?.object, { apiVersion: `networking.istio.io/${version}` });
  }
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  t.match(changeOf(requestFor({ object: namespace }), empty)?.object, { kind: 'Namespace' });
  t.end();
});

t.test('an object that is missing, of another kind or unreadable is told with its fields', (t) => {
  t.strictSame(faults(requestFor({ object: plain }, { object: null })), [
    { field: 'object', problem: 'is null: a review of this operation carries the object' },
  ]);
  t.strictSame(faults(requestFor({ object: plain, oldObject: plain }, { object: null })).length, 1);
  for (const object of [gateway(), 'text', 1, [], {}]) {
    const [fault] = faults(requestFor({ object: plain }, { object }));
    t.match(fault, { field: 'object.kind', problem: /is not the ServiceEntry/ });
  }
  const wrong = { ...plain, spec: { hosts: 'cnn.com', ports: [{ number: '80' }] } };
  const fields = faults(requestFor({ object: wrong })).map(({ field }) => field);
  t.ok(fields.includes('spec.hosts') && fields.includes('spec.ports[0].number'), fields.join());
  const huge = entry(['80 HTTP'], { hosts: Array.from({ length: 2000 }, (_, index) => `h${index}.com`) });
  t.match(faults(requestFor({ object: huge })), [{ field: 'spec', problem: /too many/ }]);
  t.end();
});

t.test('keys that the parser had to drop refuse what is written, and no clean-up', (t) => {
  for (const objects of [{ object: plain }, { object: wider, oldObject: plain }]) {
    t.match(faults(requestFor(objects, { keysDropped: true })), [
      { field: 'object', problem: /__proto__ or constructor/ },
    ]);
  }
  t.match(changeOf(requestFor({ oldObject: plain }, { keysDropped: true }), empty)?.old, { kind: 'ServiceEntry' });
  t.end();
});

t.test('names the object: by what is there of a name that is to be generated', (t) => {
  t.strictSame(refOf(requestFor({ object: plain })), {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    namespace: 'shop',
    name: 'cnn',
  });
  const generated = { ...httpPair(), metadata: { generateName: 'cnn-', namespace: 'shop' } };
  const request = requestFor({ object: generated });
  t.equal(refOf(request).name, 'cnn-');
  t.equal(changeOf(request, empty)?.object?.metadata.name, 'cnn-');
  t.equal(refOf(requestFor({ object: plain }, { name: '', object: null })).name, '');
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  t.match(refOf(requestFor({ object: namespace })), { apiVersion: 'v1', namespace: '' });
  t.end();
});
