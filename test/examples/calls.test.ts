import t from 'tap';
import { readCalls } from './calls.js';

t.test('reads the table at the head of an example', (t) => {
  const text = [
    '# A title.',
    '#',
    '# Calls:',
    '#   pods in billing           http  www.wikidata.org:80  leaks',
    '#   pods with egress=allowed  tls   a.example:443        delivered',
    '#   every other pod           tcp   a.example:443        broken',
    '#',
    '# Rule: direct-egress (private-rival)',
  ].join('\n');
  t.same(readCalls(text), [
    {
      clients: { who: 'namespace', namespace: 'billing' },
      protocol: 'http',
      host: 'www.wikidata.org',
      port: 80,
      verdict: 'leaks',
    },
    {
      clients: { who: 'label', key: 'egress', value: 'allowed' },
      protocol: 'tls',
      host: 'a.example',
      port: 443,
      verdict: 'delivered',
    },
    { clients: { who: 'other' }, protocol: 'tcp', host: 'a.example', port: 443, verdict: 'broken' },
  ]);
  t.end();
});

t.test('reads a table that ends the text, and none where there is none', (t) => {
  t.equal(readCalls('# Calls:\n#   every pod  http  a.example:80  blocked').length, 1);
  t.same(readCalls('# Nothing to see.\nkind: Service\n'), []);
  t.end();
});

for (const line of [
  'every pod  udp  a.example:80  leaks',
  'every pod  http  a.example  leaks',
  'every pod  http  a.example:80  gone',
  'some pods  http  a.example:80  leaks',
  'every pod  http  a.example:80  leaks  indeed',
]) {
  t.test(`refuses "${line}"`, (t) => {
    t.throws(() => readCalls(`# Calls:\n#   ${line}\n`), { message: /^no (?:call|clients)/ });
    t.end();
  });
}
