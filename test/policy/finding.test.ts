import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { compareFindings, severityOf, type Finding } from '../../src/policy/finding.js';

const FINDING: Finding = {
  rule: 'direct-egress',
  severity: 'error',
  reason: 'no-route',
  message: 'm',
  mend: 'n',
  object: { apiVersion: 'v1', kind: 'ServiceEntry', namespace: 'shop', name: 'cnn' },
  field: 'spec.hosts[0]',
  docs: 'd',
};

t.test('the severity follows the mode', (t) => {
  t.same([severityOf('enforce'), severityOf('warn'), severityOf('audit')], ['error', 'warning', 'info']);
  t.end();
});

t.test('findings are told in the order of weight, object, field and call', (t) => {
  const fields = [
    'spec',
    'spec.http',
    'spec.http[0].route[1]',
    'spec.http[2]',
    'spec.http[2].match',
    'spec.http[10]',
    'spec.tls[0]',
  ];
  const ordered: Finding[] = [
    ...fields.map((field) => ({ ...FINDING, field })),
    { ...FINDING, field: 'x', host: 'a.com', port: 80 },
    { ...FINDING, field: 'x', host: 'a.com', port: 443 },
    { ...FINDING, field: 'x', host: 'b.com', port: 80 },
    { ...FINDING, field: 'x', host: 'b.com', port: 80, client: { namespace: 'a' } },
    { ...FINDING, field: 'x', host: 'b.com', port: 80, client: { namespace: 'a', labels: { app: 'b' } } },
    { ...FINDING, field: 'x', host: 'b.com', port: 80, rule: 'gateway-loop' },
    { ...FINDING, object: { ...FINDING.object, name: 'd' } },
    { ...FINDING, object: { ...FINDING.object, kind: 'Sidecar', name: 'a' } },
    { ...FINDING, object: { ...FINDING.object, namespace: 'web', name: 'a' } },
    { ...FINDING, severity: 'warning', object: { ...FINDING.object, namespace: 'a' } },
    { ...FINDING, severity: 'info', object: { ...FINDING.object, namespace: 'a' } },
  ];
  t.same(ordered.toReversed().toSorted(compareFindings), ordered);
  t.end();
});

t.test('the order is one, whatever order they come in', (t) => {
  const text = fc.constantFrom('a', 'b', 'spec.a[2]', 'spec.a[10].b', 'spec.a[2].b', '');
  const finding = fc
    .record({ field: text, host: text, namespace: text, port: fc.integer({ min: 0, max: 2 }), reason: text })
    .map(({ field, host, namespace, port, reason }): Finding => ({
      ...FINDING,
      field,
      host,
      port,
      reason,
      client: { namespace },
    }));
  fc.assert(
    fc.property(finding, finding, finding, (a, b, c) => {
      assert.equal(Math.sign(compareFindings(a, b)) + Math.sign(compareFindings(b, a)), 0);
      if (compareFindings(a, b) === 0) assert.deepEqual(a, b);
      if (compareFindings(a, b) <= 0 && compareFindings(b, c) <= 0) assert.ok(compareFindings(a, c) <= 0);
    }),
    { numRuns: 3000 },
  );
  t.pass('it held every time');
  t.end();
});
