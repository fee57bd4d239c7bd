import t from 'tap';
import { judge } from './judgement.js';
import { entry, httpPair, routes, toHost } from './manifests.js';

const policy = { serviceEntries: { unrouted: 'warn' } } as const;
const plain = entry(['80 HTTP']);

t.test('an entry may come before its routes where the policy says so', (t) => {
  const { allowed, findings } = judge({ change: { create: plain }, policy });
  t.equal(allowed, true);
  t.match(findings, [{ severity: 'warning', rule: 'direct-egress', reason: 'no-route' }]);
  const updated = judge({ change: { update: entry(['80 HTTP', '443 TLS']), from: plain }, policy });
  t.match(updated, { allowed: true, findings: [{ severity: 'warning', port: 443 }] });
  t.end();
});

t.test('everything else is denied as ever', (t) => {
  const direct = routes({ gateways: ['mesh'], http: [{ route: [toHost(80)] }] });
  t.equal(judge({ world: [plain, httpPair()], change: { update: direct, from: httpPair() }, policy }).allowed, false);
  t.equal(judge({ world: [plain], change: { delete: httpPair() }, policy }).allowed, false);
  const uncovered = judge({ world: [httpPair()], change: { create: entry(['80 HTTP', '8080 HTTP']) }, policy });
  t.match(uncovered, { allowed: false, findings: [{ reason: 'port-uncovered' }] });
  t.end();
});

t.test('a rule that only warns goes on to do so, and one that is off is off', (t) => {
  const rules = { 'direct-egress': 'off' } as const;
  t.strictSame(judge({ change: { create: plain }, policy: { ...policy, rules } }).findings, []);
  const audited = { 'direct-egress': 'audit' } as const;
  t.match(judge({ change: { create: plain }, policy: { ...policy, rules: audited } }).findings, [{ severity: 'info' }]);
  t.end();
});
