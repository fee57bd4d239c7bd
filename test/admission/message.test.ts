import t from 'tap';
import { denialMessage, findingLine, nameOf, unreadableMessage } from '../../src/admission/message.js';
import type { Finding } from '../../src/policy/finding.js';

const subject = { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', namespace: 'shop', name: 'cnn' };
const finding: Finding = {
  rule: 'direct-egress',
  severity: 'error',
  reason: 'no-route',
  message: 'calls leave',
  mend: 'route them',
  object: subject,
  field: 'spec.hosts[0]',
  docs: 'docs/rules/direct-egress.md',
};

t.test('a denial: the verdict in one sentence, then a line a finding', (t) => {
  const other = {
    ...finding,
    rule: 'missing-subset' as const,
    field: 'spec.http[0]',
    object: { ...subject, kind: 'VirtualService' },
  };
  t.strictSame(denialMessage(subject, 'CREATE', [finding, other]).split('\n'), [
    'Sallyport refuses to create ServiceEntry shop/cnn: calls would leave the mesh without the egress gateway.',
    '[direct-egress] spec.hosts[0]: calls leave. Mend: route them',
    '[missing-subset] spec.http[0]: in VirtualService shop/cnn, calls leave. Mend: route them',
  ]);
  t.end();
});

t.test('the verdict is that of the worst', (t) => {
  const first = (...rules: readonly Finding['rule'][]) =>
    denialMessage(
      subject,
      'DELETE',
      rules.map((rule) => ({ ...finding, rule })),
    ).split('\n')[0];
  t.match(
    first('missing-mesh-match', 'outbound-any', 'direct-egress'),
    /^Sallyport refuses to delete .*without the egress gateway\.$/,
  );
  t.match(first('missing-mesh-match', 'outbound-any'), /unfiltered\.$/);
  t.match(first('missing-mesh-match'), /would not get through the egress gateway\.$/);
  t.end();
});

for (const [count, lines, last] of [
  [1, 2, /^\[direct-egress\]/],
  [20, 21, /^\[direct-egress\]/],
  [21, 22, /^and 1 more$/],
  [500, 22, /^and 480 more$/],
] as const) {
  t.test(`${count} findings make ${lines} lines`, (t) => {
    const message = denialMessage(
      subject,
      'UPDATE',
      Array.from({ length: count }, () => finding),
    ).split('\n');
    t.equal(message.length, lines);
    t.match(message.at(-1), last);
    t.end();
  });
}

t.test('an object that cannot be read: a line a field, bounded alike', (t) => {
  const faults = Array.from({ length: 25 }, (_, index) => ({
    field: `spec.ports[${index}]`,
    problem: 'must be a number',
  }));
  const lines = unreadableMessage(subject, faults).split('\n');
  t.strictSame(lines.slice(0, 2), ['Sallyport cannot read ServiceEntry shop/cnn.', 'spec.ports[0]: must be a number']);
  t.equal(lines.length, 22);
  t.equal(lines.at(-1), 'and 5 more');
  t.end();
});

t.test('only an object that is not the subject is named in its line', (t) => {
  for (const [part, value] of [
    ['kind', 'Sidecar'],
    ['namespace', 'net'],
    ['name', 'bbc'],
  ] as const) {
    const object = { ...subject, [part]: value };
    t.equal(
      findingLine({ ...finding, object }, subject),
      `[direct-egress] spec.hosts[0]: in ${nameOf(object)}, calls leave. Mend: route them`,
    );
  }
  t.notMatch(
    findingLine({ ...finding, object: { ...subject, apiVersion: 'networking.istio.io/v1beta1' } }, subject),
    / in /,
  );
  t.end();
});

t.test('names: with the namespace where there is one', (t) => {
  t.equal(nameOf(subject), 'ServiceEntry shop/cnn');
  t.equal(nameOf({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'shop' }), 'Namespace shop');
  t.equal(nameOf({ ...subject, name: '' }), 'ServiceEntry shop/(without a name)');
  t.end();
});
