import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { parseDocument, stringify } from 'yaml';
import { readManifestFile } from '../../../src/files/manifest-file.js';
import { parseYaml, YamlError } from '../../../src/files/yaml/parse.js';
import { splitJson, splitYaml } from '../../../src/files/yaml/stream.js';
import { KUBERNETES_READINGS } from './kubernetes-readings.js';

function problemOf(text: string): string {
  try {
    return `none: ${JSON.stringify(parseYaml(text))}`;
  } catch (error) {
    return error instanceof YamlError ? error.message : `not a YamlError: ${String(error)}`;
  }
}

/** The documents of a text up to the first fault, as kubectl meets them. */
function readAll(text: string): { documents: unknown[]; refused: boolean } {
  const whole = text.replace(/^\ufeff/, '');
  const json = splitJson(whole);
  const stream = json === undefined ? splitYaml(whole) : { documents: json, faults: [] };
  const documents: unknown[] = [];
  let refused = stream.faults.length > 0;
  for (const { text: source } of stream.documents) {
    try {
      const document = parseYaml(source.replace(/^\ufeff/, ''));
      if (document !== null) documents.push(document);
    } catch {
      refused = true;
    }
  }
  return { documents, refused };
}

t.test('texts are read as kubectl reads them', (t) => {
  for (const [text, documents, refused = false] of KUBERNETES_READINGS) {
    const read = readAll(text);
    t.equal(read.refused, refused, `${JSON.stringify(text)} is ${refused ? 'refused' : 'read'}`);
    if (!refused) t.same(read.documents, documents, JSON.stringify(text));
  }
  t.end();
});

/** Whether a text of the document is a number once its underscores are taken out, as go-yaml takes them out. */
function bareNumbers(json: string): boolean {
  const texts = json.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  return texts.some((text) => text.includes('_') && !Number.isNaN(Number(text.slice(1, -1).replaceAll('_', ''))));
}

t.test('what is written as YAML is read as it was meant', (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.boolean(), (value, indentSeq) => {
      // JSON and YAML know no negative zero that a manifest could mean.
      const json = JSON.stringify(value);
      const meant: unknown = JSON.parse(json);
      const written = stringify(meant, { indentSeq, version: '1.1', compat: 'core' });
      // What the writer does not know: it leaves `-_0` bare, which go-yaml reads as a number, and it folds some deeply
      // indented texts into escapes that no parser takes.
      fc.pre(!bareNumbers(json) && parseDocument(written, { version: '1.1' }).errors.length === 0);
      assert.deepEqual(parseYaml(written), meant);
    }),
    { numRuns: 500 },
  );
  t.pass('it held every time');
  t.end();
});

t.test('no text makes it do anything but answer or refuse', (t) => {
  const signs = fc.constantFrom(
    ...'a b:-#\n\t[]{}&*!|>\'"%@`,?~<=0.'.split(''),
    '<<',
    '---',
    '...',
    '&a',
    '*a',
    '!!int',
  );
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 40 }), (parts) => {
      assert.doesNotMatch(problemOf(parts.join('')), /^not a YamlError/);
    }),
    { numRuns: 2000 },
  );
  t.pass('it held every time');
  t.end();
});

t.test('errors say the line and what to do', (t) => {
  t.match(problemOf('a: 1\nb: .inf'), /^line 2: `\.inf` cannot be written as JSON: quote it/);
  t.match(problemOf('a: 1\n? [x]\n: y'), /^line 2: a key must be a string/);
  t.match(problemOf('a: 1\n~: y'), /^line 2: a key is empty: quote it/);
  t.match(problemOf('a: *x'), /^line 1: `\*x` names an anchor that is not written before it/);
  t.match(problemOf('a: &x\n  b: *x'), /^line 2: the anchor `&x` holds itself/);
  t.match(problemOf('a:\n  <<: 1'), /^line 2: `<<` merges a mapping/);
  t.match(problemOf('a: !!int b'), /^line 1: `b` is not of the type that its tag !!int says/);
  t.match(problemOf('a: 1\n...\nb: 2'), /^line 3: a second document follows/);
  t.match(problemOf('a: [1,\nb: 2'), /^line 2: /);
  t.end();
});

t.test('a document of nested aliases is refused before it costs anything', (t) => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level++) {
    const alias = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} [${new Array(10).fill(alias).join(', ')}]`);
  }
  t.match(problemOf(lines.join('\n')), /aliases stand for more than 100000 values/);
  const merges = [
    'm0: &m0 {a: 1, b: 2}',
    ...Array.from({ length: 60 }, (_, i) => `m${i + 1}: &m${i + 1} {x: {<<: *m${i}}, y: {<<: *m${i}}}`),
  ];
  t.match(problemOf(merges.join('\n')), /aliases stand for more than 100000 values/);
  t.end();
});

t.test('aliases that people write are read', (t) => {
  const shared = ['ports: &ports', '- number: 443', '  name: tls', 'a: {ports: *ports}', 'b: {ports: *ports}'].join(
    '\n',
  );
  t.same(parseYaml(shared), {
    ports: [{ number: 443, name: 'tls' }],
    a: { ports: [{ number: 443, name: 'tls' }] },
    b: { ports: [{ number: 443, name: 'tls' }] },
  });
  t.end();
});

t.test('a key named __proto__ is a key', (t) => {
  const document = parseYaml('__proto__: {polluted: true}\na: 1');
  t.ok(typeof document === 'object' && document !== null && Object.hasOwn(document, '__proto__'));
  t.notOk('polluted' in {});
  t.end();
});

t.test('deep nesting is refused, not overflowed', (t) => {
  t.match(problemOf(`a: ${'['.repeat(100_000)}`), /^line 1: /);
  const json = `{"kind":"List","apiVersion":"v1","items":[`.repeat(5000) + ']}'.repeat(5000);
  const { faults } = readManifestFile({ file: 'deep.json', text: json, named: true, inChart: false });
  t.match(faults, [{ problem: 'lists are nested too deep' }]);
  t.end();
});
