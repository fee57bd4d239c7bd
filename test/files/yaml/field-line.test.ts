import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, stringify, type Node } from 'yaml';
import { lineOfField, linesOfItems } from '../../../src/files/yaml/field-line.js';

const VIRTUAL_SERVICE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: cnn
  labels:
    app.kubernetes.io/name: cnn
    app: shop
spec:
  hosts: [edition.cnn.com]
  http:
  - match:
    - port: 80
    route:
    - destination:
        host: gateway
      weight: 99
    - destination: {host: edition.cnn.com,
        port: {number: 80}}
      weight: 1
  -
    route: []
`;

t.test('a field has the line of its key, an item the line where it begins', (t) => {
  const lines = {
    kind: 2,
    metadata: 3,
    'metadata.labels["app.kubernetes.io/name"]': 6,
    "metadata.labels['app.kubernetes.io/name']": 6,
    'metadata.labels.app.kubernetes.io/name': 6,
    'metadata.labels.app': 7,
    'spec.hosts': 9,
    'spec.hosts[0]': 9,
    'spec.http[0]': 11,
    'spec.http[0].match[0].port': 12,
    'spec.http[0].route[1]': 17,
    'spec.http[0].route[1].destination.host': 17,
    'spec.http[0].route[1].destination.port.number': 18,
    'spec.http[0].route[1].weight': 19,
    'spec.http[1]': 21,
  };
  for (const [field, line] of Object.entries(lines)) t.equal(lineOfField(VIRTUAL_SERVICE, field), line, field);
  t.end();
});

t.test('a field that is not there has the line of what is around it', (t) => {
  t.equal(lineOfField(VIRTUAL_SERVICE, ''), 1);
  t.equal(lineOfField(VIRTUAL_SERVICE, 'status'), 1);
  t.equal(lineOfField(VIRTUAL_SERVICE, 'spec.gateways'), 8);
  t.equal(lineOfField(VIRTUAL_SERVICE, 'spec.http[0].match[0].gateways'), 12);
  t.equal(lineOfField(VIRTUAL_SERVICE, 'spec.http[0].match[7].gateways'), 11);
  t.equal(lineOfField(VIRTUAL_SERVICE, 'spec.http[9]'), 10);
  t.equal(lineOfField(VIRTUAL_SERVICE, 'spec.hostsmore'), 8);
  t.equal(lineOfField('a: [', 'a'), 1, 'no YAML');
  t.equal(lineOfField('', 'a'), 1, 'nothing');
  t.end();
});

t.test('the line is that of the key that counts', (t) => {
  t.equal(lineOfField('a: 1\nb: 2\na: 3\n', 'a'), 3, 'of a key that stands twice, the last');
  t.equal(lineOfField('x: &x\n  a: 1\ny:\n  <<: *x\n', 'y.a'), 2, 'of a merged key, where it is written');
  t.equal(lineOfField('x: &x\n  a: 1\ny:\n  a: 2\n  <<: *x\n', 'y.a'), 2, 'a merge replaces what stands before it');
  t.equal(lineOfField('x: &x\n  a: 1\ny:\n  <<: *x\n  a: 2\n', 'y.a'), 5);
  t.equal(lineOfField('x: &x\n- a: 1\ny: *x\n', 'y[0].a'), 2, 'below an alias, where it is written');
  t.equal(lineOfField('p: &p {a: 1}\nq: &q\n  a: 2\ny:\n  <<: [*p, *q]\n', 'y.a'), 1, 'of a list of merges, the first');
  t.end();
});

t.test('the lines of items', (t) => {
  const list = 'kind: List\nitems:\n- a: 1\n\n- b: 2\n# c\n- {c: 3}\n';
  t.same(linesOfItems(list, 'items'), [3, 5, 7]);
  t.same(linesOfItems(list, 'kind'), []);
  t.same(linesOfItems(list, 'nothing'), []);
  t.same(linesOfItems('{"items": [\n {"a": 1},\n\n\t{"b": 2}]}', 'items'), [2, 4]);
  t.end();
});

/** Every field of a document with the line that the package yaml gives it. */
function* fieldsOf(node: unknown, path: string, lineAt: (node: Node) => number): Generator<readonly [string, number]> {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const name = String(key.value);
      const field = /^[\w-]+$/.test(name) ? `${path === '' ? '' : `${path}.`}${name}` : `${path}["${name}"]`;
      yield [field, lineAt(key)];
      yield* fieldsOf(value, field, lineAt);
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const field = `${path}[${index}]`;
      if (isScalar(item) || isMap(item) || isSeq(item)) yield [field, lineAt(item)];
      yield* fieldsOf(item, field, lineAt);
    }
  }
}

const key = fc.oneof(
  fc.stringMatching(/^[a-z][A-Za-z0-9_-]{0,6}$/),
  fc.stringMatching(/^[a-z]{1,3}\.[a-z]{1,3}\/[a-z.]{1,4}$/),
);
const text = fc.oneof(
  fc.string(),
  fc.stringMatching(/^[a-z \n]{0,20}$/),
  fc.constantFrom('yes', '1', '', '#', ': ', '- '),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ depthSize: 'medium' }, tie('leaf'), tie('list'), tie('mapping')),
  leaf: fc.oneof(text, fc.integer(), fc.boolean()),
  list: fc.array(tie('tree'), { maxLength: 4 }),
  mapping: fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
}));

t.test('every field of any document has the line that another parser gives it', (t) => {
  const comment = fc.constantFrom('', '# a comment\n', '\n\n');
  fc.assert(
    fc.property(
      fc.dictionary(key, tree, { minKeys: 1, maxKeys: 6 }),
      fc.constantFrom<'any' | 'block' | 'flow'>('any', 'block', 'flow'),
      comment,
      (value, collectionStyle, before) => {
        const written = before + stringify(value, { collectionStyle, lineWidth: 30 });
        const lines = new LineCounter();
        const document = parseDocument(written, { lineCounter: lines, keepSourceTokens: true });
        // The writer folds some deeply indented texts into escapes that no parser takes, its own included.
        fc.pre(document.errors.length === 0);
        const lineAt = ({ range }: Node) => lines.linePos(range?.[0] ?? 0).line;
        for (const [field, line] of fieldsOf(document.contents, '', lineAt)) {
          assert.equal(lineOfField(written, field), line, `${field} of ${JSON.stringify(written)}`);
        }
      },
    ),
    { numRuns: 300 },
  );
  t.pass('it held every time');
  t.end();
});

t.test('no field and no text makes it fail', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constant(VIRTUAL_SERVICE)),
      fc.oneof(fc.string(), fc.stringMatching(/^[a-z.[\]0-9"']{0,12}$/)),
      (document, field) => {
        const line = lineOfField(document, field);
        assert.ok(line >= 1 && line <= document.split('\n').length);
      },
    ),
    { numRuns: 1000 },
  );
  t.pass('it held every time');
  t.end();
});
