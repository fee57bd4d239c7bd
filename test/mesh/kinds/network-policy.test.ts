import t from 'tap';
import { read } from '../manifests.js';

t.test('tells whose way out is closed', (t) => {
  const specOf = (spec: unknown) => read('NetworkPolicy', spec).spec;
  t.match(specOf({ podSelector: {}, policyTypes: ['Egress'] }), { selectsAll: true, closesEgress: true, egress: [] });
  t.match(specOf({ podSelector: {} }), { closesEgress: false }, 'without types it is about what comes in');
  t.match(specOf({ podSelector: {}, egress: [{}] }), { closesEgress: true }, 'or has rules for what goes out');
  t.match(specOf({ podSelector: {}, policyTypes: ['Ingress'], egress: [{}] }), { closesEgress: false });
  t.match(specOf({ podSelector: { matchLabels: { a: 'b' } } }), { selectsAll: false });
  t.match(specOf({ podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } }), { selectsAll: false });
  t.match(specOf({ podSelector: { matchLabels: {}, matchExpressions: [] } }), { selectsAll: true });
  t.end();
});

t.test('tells what a rule opens', (t) => {
  const opened = (rule: unknown) => read('NetworkPolicy', { podSelector: {}, egress: [rule] }).spec.egress[0];
  t.same(opened({}), { toAnywhere: true, blocks: [], dnsOnly: false });
  t.same(opened({ to: [] }), { toAnywhere: true, blocks: [], dnsOnly: false }, 'no peer is every peer');
  t.same(opened({ ports: [{ port: 53 }, { port: 53, protocol: 'TCP' }] }), {
    toAnywhere: true,
    blocks: [],
    dnsOnly: true,
  });
  for (const port of [{ port: 53, endPort: 60 }, { port: 'dns' }, { protocol: 'UDP' }, { port: 443 }]) {
    t.equal(opened({ ports: [{ port: 53 }, port] })?.dnsOnly, false, JSON.stringify(port));
  }
  t.same(opened({ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }, { namespaceSelector: {} }] }), {
    toAnywhere: false,
    blocks: ['203.0.113.0/24'],
    dnsOnly: false,
  });
  t.end();
});
