import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { firstLine, splitJson, splitYaml } from '../../../src/files/yaml/stream.js';

t.test('a stream is cut at the markers in the first column', (t) => {
  const stream = '# about\n---\na: |\n  x\n  --- y\n--- # next\nb: 1\n---\n\n---\nc: 2';
  t.same(splitYaml(stream), {
    documents: [
      { text: 'a: |\n  x\n  --- y\n', line: 3 },
      { text: 'b: 1\n', line: 7 },
      { text: 'c: 2', line: 11 },
    ],
    faults: [],
  });
  t.same(splitYaml(''), { documents: [], faults: [] });
  t.same(splitYaml('---'), { documents: [], faults: [] });
  t.same(
    splitYaml('a: 1\r\n---\r\nb: 2\r\n').documents.map(({ line }) => line),
    [1, 3],
  );
  t.end();
});

t.test('what stands after a marker is a fault of that line alone', (t) => {
  const { documents, faults } = splitYaml('a: 1\n--- {b: 2}\nc: 3\n----\nd: 4\n');
  t.same(
    documents.map(({ text }) => text),
    ['a: 1\n', 'c: 3\n', 'd: 4\n'],
  );
  t.match(faults, [
    { line: 2, problem: /after `---` stands `\{b: 2\}`: begin it on the next line/ },
    { line: 4, problem: /stands `-`/ },
  ]);
  t.end();
});

t.test('any documents come out of their stream, each with its line', (t) => {
  const line = fc.constantFrom('a: 1', '  b: 2', '# c', '', ' --- d', '- - e', 'f: "---"', '\t');
  const marker = fc.constantFrom('---', '--- ', '---\t# x', '---\r');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(line, { maxLength: 5 }), marker), { maxLength: 8 }), (parts) => {
      const lines = parts.flatMap(([content, end]) => [...content, end]);
      const { documents, faults } = splitYaml(lines.join('\n'));
      assert.deepEqual(faults, []);
      const filled = parts.filter(([content]) => content.some((each) => /^\s*[^\s#]/.test(each)));
      assert.equal(documents.length, filled.length);
      for (const { text, line: at } of documents) {
        const count = text.split('\n').length - 1;
        assert.equal(
          text,
          lines
            .slice(at - 1, at - 1 + count)
            .map((each) => `${each}\n`)
            .join(''),
        );
      }
    }),
    { numRuns: 500 },
  );
  t.pass('it held every time');
  t.end();
});

t.test('JSON objects that follow each other are cut apart', (t) => {
  t.same(splitJson('{"a":1}{"b":"}\\"{"}\n\n {"c":\n{}}\n'), [
    { text: '{"a":1}', line: 1 },
    { text: '{"b":"}\\"{"}', line: 1 },
    { text: '{"c":\n{}}', line: 3 },
  ]);
  for (const other of ['a: 1', '[1]', '{"a":1} x', '{"a":', '{"a', '{"a\\', '---\n{}'])
    t.equal(splitJson(other), undefined, other);
  t.same(splitJson(' \n'), []);
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1 }),
      fc.constantFrom('', '\n', ' \r\n\t'),
      (objects, gap) => {
        const cut = splitJson(objects.map((each) => JSON.stringify(each)).join(gap));
        t.strictSame(
          cut?.map(({ text }) => text),
          objects.map((each) => JSON.stringify(each)),
        );
      },
    ),
  );
  t.end();
});

t.test('the first line that says something', (t) => {
  t.equal(firstLine('a: 1'), 1);
  t.equal(firstLine('\n# a\n   # b\n\t\na: 1\nb: 2'), 5);
  t.equal(firstLine('# a\n'), 1);
  t.equal(firstLine(''), 1);
  t.end();
});
