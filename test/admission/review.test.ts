import fc from 'fast-check';
import t from 'tap';
import { parseReview, ReviewError } from '../../src/admission/review.js';

const SERVICE_ENTRY = { group: 'networking.istio.io', version: 'v1', kind: 'ServiceEntry' };

function review(request: Record<string, unknown>, outer: Record<string, unknown> = {}): unknown {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'u-1', kind: SERVICE_ENTRY, operation: 'CREATE', ...request },
    ...outer,
  };
}

function refusal(body: unknown): ReviewError {
  try {
    parseReview(body);
  } catch (error) {
    if (error instanceof ReviewError) return error;
    throw error;
  }
  throw new Error('the review was read');
}

t.test('reads what the API server sends', (t) => {
  const object = { apiVersion: 'networking.istio.io/v1', spec: { ports: [{ number: '443' }] } };
  const request = parseReview(
    review({
      resource: { group: 'networking.istio.io', version: 'v1', resource: 'serviceentries' },
      requestKind: { ...SERVICE_ENTRY, version: 'v1alpha3' },
      requestResource: { group: 'networking.istio.io', version: 'v1alpha3', resource: 'serviceentries' },
      subResource: 'status',
      namespace: 'shop',
      name: 'cnn',
      operation: 'UPDATE',
      userInfo: { username: 'jane', groups: ['system:authenticated'] },
      dryRun: true,
      object,
      oldObject: null,
      options: { kind: 'UpdateOptions' },
    }),
  );
  t.strictSame(request, {
    uid: 'u-1',
    kind: SERVICE_ENTRY,
    resource: { group: 'networking.istio.io', version: 'v1', resource: 'serviceentries' },
    subResource: 'status',
    requestKind: { ...SERVICE_ENTRY, version: 'v1alpha3' },
    namespace: 'shop',
    name: 'cnn',
    operation: 'UPDATE',
    username: 'jane',
    dryRun: true,
    object,
    oldObject: null,
  });
  t.equal(request.object, object, 'the very document, so that a patch is computed against what was sent');
  t.end();
});

t.test('an absent field has its zero value', (t) => {
  t.strictSame(parseReview(review({})), {
    uid: 'u-1',
    kind: SERVICE_ENTRY,
    resource: { group: '', version: '', resource: '' },
    namespace: '',
    name: '',
    operation: 'CREATE',
    username: '',
    dryRun: false,
    object: null,
    oldObject: null,
  });
  t.equal(parseReview(review({ dryRun: null, namespace: null })).dryRun, false, 'null is absent, as in Go');
  t.end();
});

t.test('says when keys of the objects are missing', (t) => {
  t.notOk('keysDropped' in parseReview(review({})));
  t.equal(parseReview(review({}), true).keysDropped, true);
  t.end();
});

t.test('what is no review', (t) => {
  const cases: readonly (readonly [body: unknown, code: string, field: string])[] = [
    [undefined, 'not-an-object', ''],
    [null, 'not-an-object', ''],
    ['AdmissionReview', 'not-an-object', ''],
    [[review({})], 'not-an-object', ''],
    [{}, 'wrong-version', 'apiVersion'],
    [review({}, { apiVersion: 'admission.k8s.io/v1beta1' }), 'wrong-version', 'apiVersion'],
    [review({}, { kind: 'Pod' }), 'wrong-kind', 'kind'],
    [review({}, { request: undefined }), 'no-request', 'request'],
    [review({}, { request: [] }), 'no-request', 'request'],
    [review({ uid: undefined }), 'no-uid', 'request.uid'],
    [review({ uid: '' }), 'no-uid', 'request.uid'],
    [review({ uid: 7 }), 'no-uid', 'request.uid'],
  ];
  for (const [body, code, field] of cases) {
    const error = refusal(body);
    t.strictSame([error.code, error.field, error.uid], [code, field, undefined], error.message);
  }
  t.end();
});

t.test('a field of the wrong type is named, never coerced, and the uid is kept for the answer', (t) => {
  const cases: readonly (readonly [request: Record<string, unknown>, field: string])[] = [
    [{ kind: undefined }, 'request.kind'],
    [{ kind: 'ServiceEntry' }, 'request.kind'],
    [{ kind: { ...SERVICE_ENTRY, kind: '' } }, 'request.kind.kind'],
    [{ kind: { ...SERVICE_ENTRY, group: 1 } }, 'request.kind.group'],
    [{ resource: 'serviceentries' }, 'request.resource'],
    [{ resource: { version: [] } }, 'request.resource.version'],
    [{ requestKind: { kind: 3 } }, 'request.requestKind.kind'],
    [{ subResource: false }, 'request.subResource'],
    [{ namespace: 1 }, 'request.namespace'],
    [{ name: {} }, 'request.name'],
    [{ operation: 'create' }, 'request.operation'],
    [{ operation: undefined }, 'request.operation'],
    [{ userInfo: 'jane' }, 'request.userInfo'],
    [{ userInfo: { username: 1 } }, 'request.userInfo.username'],
    [{ dryRun: 'true' }, 'request.dryRun'],
  ];
  for (const [request, field] of cases) {
    const error = refusal(review(request));
    t.strictSame([error.code, error.field, error.uid], ['wrong-field', field, 'u-1'], error.message);
    t.ok(error.message.startsWith(`${field} must be `));
  }
  t.end();
});

t.test('any JSON gets a request or a ReviewError', (t) => {
  const keys = ['uid', 'kind', 'resource', 'requestKind', 'operation', 'namespace', 'dryRun', 'userInfo', 'object'];
  const anyRequest = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue());
  const property = fc.property(
    fc.oneof(
      fc.jsonValue(),
      anyRequest.map((request) => review(request)),
    ),
    (body) => {
      try {
        const request = parseReview(body);
        return request.uid !== '';
      } catch (error) {
        return error instanceof ReviewError;
      }
    },
  );
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: 1000 });
  });
  t.end();
});
