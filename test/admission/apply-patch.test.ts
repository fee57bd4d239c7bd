import fc from 'fast-check';
import t from 'tap';
import { applyPatch, keysOf } from '../../src/admission/apply-patch.js';
import type { PatchOperation } from '../../src/admission/response.js';

const document = { spec: { http: [{ route: [1, 2] }], 'a/b': { '~': 0 } }, metadata: { name: 'cnn' } };

t.test('each operation, as RFC 6902 has it', (t) => {
  const cases: readonly (readonly [PatchOperation, unknown])[] = [
    [{ op: 'add', path: '/spec/http/0/name', value: 'x' }, { spec: { http: [{ route: [1, 2], name: 'x' }] } }],
    [{ op: 'add', path: '/metadata/name', value: 'x' }, { metadata: { name: 'x' } }],
    [{ op: 'add', path: '/spec/http/0/route/1', value: 'x' }, { spec: { http: [{ route: [1, 'x', 2] }] } }],
    [{ op: 'add', path: '/spec/http/0/route/2', value: 'x' }, { spec: { http: [{ route: [1, 2, 'x'] }] } }],
    [{ op: 'add', path: '/spec/http/0/route/-', value: 'x' }, { spec: { http: [{ route: [1, 2, 'x'] }] } }],
    [{ op: 'replace', path: '/spec/a~1b/~0', value: 1 }, { spec: { 'a/b': { '~': 1 } } }],
    [{ op: 'replace', path: '/spec/http/0/route/0', value: 9 }, { spec: { http: [{ route: [9, 2] }] } }],
    [{ op: 'test', path: '/metadata', value: { name: 'cnn' } }, document],
  ];
  const before = structuredClone(document);
  for (const [operation, expected] of cases) t.match(applyPatch(document, [operation]), expected, operation.path);
  t.strictSame(applyPatch(document, [{ op: 'remove', path: '/spec' }]), { metadata: { name: 'cnn' } });
  t.match(applyPatch(document, [{ op: 'remove', path: '/spec/http/0/route/0' }]), { spec: { http: [{ route: [2] }] } });
  t.strictSame(applyPatch(document, [{ op: 'replace', path: '', value: 7 }]), 7);
  t.strictSame(document, before, 'the document is not touched');
  t.end();
});

t.test('what was made for another document is refused', (t) => {
  const cases: readonly PatchOperation[] = [
    { op: 'replace', path: '/metadata/labels', value: {} },
    { op: 'remove', path: '/metadata/labels' },
    { op: 'add', path: '/metadata/labels/app', value: 'x' },
    { op: 'add', path: '/spec/http/0/route/3', value: 'x' },
    { op: 'remove', path: '/spec/http/0/route/2' },
    { op: 'replace', path: '/spec/http/first', value: 'x' },
    { op: 'add', path: '/metadata/name/x', value: 'x' },
    { op: 'test', path: '/metadata/name', value: 'other' },
  ];
  for (const operation of cases) {
    t.throws(() => applyPatch(document, [operation]), { message: new RegExp(operation.path) }, operation.path);
  }
  t.end();
});

t.test('what is added and removed again was never there', (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (whole, key, value) => {
      fc.pre(!Object.hasOwn(whole, key));
      const path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const added = applyPatch(whole, [{ op: 'add', path, value }]);
      t.strictSame(new Map(Object.entries(added as object)).get(key), value);
      t.strictSame(Object.entries(applyPatch(added, [{ op: 'remove', path }]) as object), Object.entries(whole));
      t.strictSame(keysOf(path), [key]);
    }),
  );
  t.end();
});
