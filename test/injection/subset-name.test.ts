import fc from 'fast-check';
import t from 'tap';
import { subsetName } from '../../src/injection/subset-name.js';

/** Names as people know them: they stand in routes that are stored, so they must not change. */
for (const [host, name] of [
  ['edition.cnn.com', 'edition-cnn-com'],
  ['Edition.CNN.com', 'edition-cnn-com'],
  ['*.wikipedia.org', 'any-wikipedia-org'],
  ['any.wikipedia.org', 'any-wikipedia-org-63l2gqkmg2'],
  ['*wikipedia.org', 'anywikipedia-org-'],
  ['anywikipedia.org', 'anywikipedia-org'],
  ['www.bbc.co.uk', 'www-bbc-co-uk'],
  ['my-bucket.s3.amazonaws.com', 'my-bucket-s3-amazonaws-com-'],
  ['my.bucket.s3.amazonaws.com', 'my-bucket-s3-amazonaws-com'],
  ['bücher.example', 'b-cher-example-'],
  ['*', 'any-'],
  ['', 'host-'],
  ['1.2.3.4', '1-2-3-4'],
] as const) {
  t.test(`"${host}" is called ${name}${name.endsWith('-') ? '…' : ''}`, (t) => {
    const found = subsetName(host);
    if (name.endsWith('-')) t.match(found, new RegExp(`^${name}[0-9a-v]{10}$`));
    else t.equal(found, name);
    t.end();
  });
}

const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);
const dnsName = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.'));
const host = fc.oneof(
  dnsName,
  dnsName.map((name) => `*.${name}`),
  dnsName.map((name) => `*${name}`),
  dnsName.map((name) => `any.${name}`),
  dnsName.map((name) => `any${name}`),
  fc.string({ maxLength: 300 }),
);

t.test('every name is a DNS label', (t) => {
  fc.assert(
    fc.property(host, (one) => {
      const name = subsetName(one);
      return name.length <= 63 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name);
    }),
    { numRuns: 5000 },
  );
  t.pass('it held every time');
  t.end();
});

t.test('a host keeps its name, and no other host has it', (t) => {
  fc.assert(
    fc.property(host, host, (a, b) => {
      if (subsetName(a) !== subsetName(a)) return false;
      return a.toLowerCase() === b.toLowerCase() || subsetName(a) !== subsetName(b);
    }),
    { numRuns: 5000 },
  );
  t.pass('it held every time');
  t.end();
});

t.test('nor one that differs in a dot, a dash, or behind what is cut', (t) => {
  const confusable = fc
    .array(fc.tuple(fc.constantFrom('.', '-'), fc.constantFrom('any', 'a', 'b')), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.map(([separator, part]) => `${separator}${part}`).join(''))
    .chain((tail) => fc.constantFrom(`any${tail}`, `*${tail}`, `a${tail}`, `${'x'.repeat(70)}${tail}`));
  const names = new Map<string, string>();
  fc.assert(
    fc.property(confusable, (one) => {
      const name = subsetName(one);
      const other = names.get(name) ?? one;
      names.set(name, one);
      return other === one;
    }),
    { numRuns: 5000 },
  );
  t.ok(names.size > 100);
  t.end();
});
