import t from 'tap';
import { requestsInWords } from '../../src/policy/requests-in-words.js';
import { objectChange } from './judgement.js';
import { routes, type Document } from './manifests.js';

/** The words for matches as they are written in a VirtualService. */
function words(...match: readonly Document[]): string {
  const { object } = objectChange({ create: routes({ http: [{ match }] }) });
  return object?.kind === 'VirtualService' ? requestsInWords(object.spec.http[0]?.match ?? []) : '';
}

for (const [matches, expected] of [
  [[], ''],
  [[{ gateways: ['mesh'], port: 80 }], ''],
  [[{ uri: { prefix: '/' } }], ''],
  [[{ uri: { exact: '/a' } }, { port: 80 }], ''],
  [[{ uri: { exact: '/a' } }], 'with a path equal to "/a"'],
  [[{ uri: { prefix: '/a' } }], 'with a path beginning with "/a"'],
  [[{ uri: { regex: '/a.*' } }], 'with a path matching "/a.*"'],
  [[{ method: { exact: 'GET' } }], 'with a method equal to "GET"'],
  [[{ authority: { exact: 'a.com' } }], 'with an authority equal to "a.com"'],
  [[{ scheme: { exact: 'https' } }], 'with a scheme equal to "https"'],
  [[{ headers: { x: { exact: '1' } } }], 'with header "x" equal to "1"'],
  [[{ headers: { x: {} } }], 'with header "x"'],
  [[{ withoutHeaders: { x: {} } }], 'without header "x"'],
  [[{ queryParams: { q: { exact: '1' } } }], 'with query parameter "q" equal to "1"'],
  [[{ uri: { prefix: '/a' }, headers: { x: {} } }], 'with a path beginning with "/a" and header "x"'],
  [
    [{ uri: { prefix: '/a' }, withoutHeaders: { x: {}, y: {} } }],
    'with a path beginning with "/a" and without header "x" or header "y"',
  ],
  [[{ uri: { exact: '/a' } }, { uri: { exact: '/b' } }], 'with a path equal to "/a", or with a path equal to "/b"'],
  [[{ uri: { exact: '/a' } }, { uri: { exact: '/a' }, port: 80 }], 'with a path equal to "/a"'],
  [
    [{ uri: { exact: '/a' } }, { uri: { exact: '/b' } }, { uri: { exact: '/c' } }],
    'with a path equal to "/a", or with a path equal to "/b", or otherwise',
  ],
] as const) {
  t.test(`${JSON.stringify(matches)} is "${expected}"`, (t) => {
    t.equal(words(...matches), expected);
    t.end();
  });
}

t.test('what an attacker writes stays on one line, and short', (t) => {
  const text = words({ headers: { ['\n[direct-egress] '.repeat(40)]: { exact: '\u2028x'.repeat(100) } } });
  t.notMatch(text, /\n/);
  t.ok(text.length < 400);
  t.end();
});
