import t from 'tap';
import type { Decision } from '../../src/policy/decision.js';
import { judge, NOW, type Question } from './judgement.js';
import { deployment, exemption, INJECTED } from './kubernetes-manifests.js';
import { entry, type Document } from './manifests.js';

/** Exported to its own namespace alone, so that no other client leaks. */
const own = entry(['80 HTTP', '443 TLS'], { exportTo: ['.'] });

/** `denied`, or `allowed by` the exemptions that are used; then what is told. */
function told({ allowed, findings, exempted }: Decision): readonly string[] {
  const used = [...new Set(exempted.map((one) => one.exemption))].join(',');
  return [
    allowed ? `allowed by ${used}` : 'denied',
    ...findings.map(({ rule, reason, severity, port }) => `${severity} ${rule}/${reason} ${port ?? ''}`.trim()),
  ];
}

function decided(granted: Document, more: Partial<Question> = {}): readonly string[] {
  return told(judge({ change: { create: own }, ...more, world: [granted, ...(more.world ?? [])] }));
}

const DENIED = ['denied', 'error direct-egress/no-route 80', 'error direct-egress/no-route 443'];
const ALLOWED = ['allowed by shop/legacy'];

t.test('it lifts what it names, in its namespace', (t) => {
  t.strictSame(decided(exemption()), ALLOWED);
  t.strictSame(decided(exemption({ hosts: ['CNN.com'] })), ALLOWED, 'hosts have no case');
  t.strictSame(decided(exemption({ hosts: ['*'] })), ALLOWED);
  t.strictSame(decided(exemption({ hosts: ['bbc.com', '*.com'], ports: [80, 443] })), ALLOWED);
  t.strictSame(decided(exemption({ rules: ['pod-bypass', 'direct-egress'] })), ALLOWED);
  t.end();
});

t.test('it lifts nothing else', (t) => {
  t.strictSame(decided(exemption({ hosts: ['bbc.com', '*.cnn.com'] })), DENIED, 'another host');
  t.strictSame(decided(exemption({}, { namespace: 'billing' })), DENIED, 'another namespace');
  t.strictSame(decided(exemption({ rules: ['outbound-any'] })), DENIED, 'another rule');
  t.strictSame(
    decided(exemption({ ports: [443] })),
    ['denied', 'error direct-egress/no-route 80'],
    'another port stays',
  );
  t.end();
});

t.test('wildcards are lifted as they are declared', (t) => {
  const wild = entry(['443 TLS'], { hosts: ['*.cnn.com'], exportTo: ['.'], resolution: 'NONE' });
  const change = { create: wild };
  t.match(decided(exemption({ hosts: ['*.cnn.com'] }), { change }), ['allowed by shop/legacy']);
  t.match(decided(exemption({ hosts: ['*.edition.cnn.com'] }), { change }), ['denied']);
  t.end();
});

t.test('the clients of other namespaces stay, and those of a class that is no namespace', (t) => {
  t.strictSame(decided(exemption(), { change: { create: entry(['80 HTTP', '443 TLS']) } }), DENIED);
  const two = judge({
    world: [exemption()],
    change: { create: entry(['80 HTTP'], { exportTo: ['.', 'billing'] }) },
  });
  t.equal(two.allowed, false);
  t.match(two.findings, [{ client: { namespace: 'billing' } }]);
  t.match(two.exempted, [{ exemption: 'shop/legacy', finding: { client: { namespace: 'shop' }, severity: 'error' } }]);
  t.end();
});

t.test('what is about no host or no client is lifted for the namespace of its object', (t) => {
  const change = { create: deployment({ annotations: { 'sidecar.istio.io/interceptionMode': 'NONE' } }) };
  const world = [INJECTED];
  const rules = ['pod-bypass'];
  t.strictSame(decided(exemption({ hosts: ['*'], rules }), { change, world }), ALLOWED);
  t.match(decided(exemption({ hosts: ['cnn.com'], rules }), { change, world })[1], 'warning pod-bypass');
  t.match(decided(exemption({ hosts: ['*'], ports: [80], rules }), { change, world })[1], 'warning pod-bypass');
  t.match(
    decided(exemption({ hosts: ['*'], rules }, { namespace: 'billing' }), { change, world })[1],
    'warning pod-bypass',
  );
  t.end();
});

t.test('what is about a Namespace is lifted by the exemptions in it, and has its modes', (t) => {
  const change = { create: INJECTED };
  const rules = ['network-policy-missing'];
  t.strictSame(decided(exemption({ hosts: ['*'], rules }), { change }), ALLOWED);
  const policy = { namespaces: [{ match: ['sho*'], rules: { 'network-policy-missing': 'enforce' } }] } as const;
  t.match(judge({ change, policy }), { allowed: false, findings: [{ severity: 'error' }] });
  t.end();
});

t.test('it lifts until it expires, and then says so', (t) => {
  const expires = new Date(NOW).toISOString();
  const granted = exemption({ expires });
  const question = { world: [granted], change: { create: own } };
  const before = judge({ ...question, now: NOW - 1 });
  t.strictSame(told(before), ALLOWED);
  t.equal(before.until, NOW);
  const after = judge({ ...question, now: NOW });
  t.strictSame(told(after), [...DENIED, 'warning exemption/expired']);
  t.equal(after.until, Infinity);
  t.match(after.findings.at(-1), { object: { kind: 'EgressExemption', name: 'legacy' }, field: 'spec.expires' });
  const enforced = judge({
    ...question,
    now: NOW,
    policy: { rules: { exemption: 'enforce', 'direct-egress': 'warn' } },
  });
  t.equal(enforced.allowed, true, 'what has expired is never the reason of a denial');
  const silent = judge({ ...question, now: NOW, policy: { rules: { exemption: 'off' } } });
  t.strictSame(told(silent), DENIED);
  t.end();
});

t.test('one that holds makes up for one that has expired', (t) => {
  const old = exemption({ expires: '2025-01-01T00:00:00Z' }, { name: 'old' });
  t.strictSame(decided(exemption(), { world: [old] }), ALLOWED);
  t.end();
});

t.test('an exemption is not lifted by an exemption', (t) => {
  const every = exemption({ hosts: ['*'], rules: ['exemption'] }, { name: 'every' });
  t.match(decided(every, { change: { create: exemption() } })[1], 'warning exemption/granted');
  t.end();
});

t.test('a decision about an exemption holds until that expires', (t) => {
  t.equal(judge({ change: { create: exemption() } }).until, Date.parse('2026-01-01T00:00:00Z'));
  t.equal(judge({ change: { delete: exemption() } }).until, Infinity);
  t.end();
});
