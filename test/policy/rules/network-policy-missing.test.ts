import { CLOSED, INJECTED, namespace, networkPolicy } from '../kubernetes-manifests.js';
import type { Document } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const ALL = { podSelector: {}, policyTypes: ['Egress'] };
const SOME = { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'] };

function toBlock(cidr: string): Document {
  return { to: [{ ipBlock: { cidr } }] };
}

const VALID: readonly ValidCase[] = [
  { name: 'a namespace without sidecars', change: { create: namespace({}) } },
  { name: 'a namespace that is closed', world: [CLOSED], change: { create: INJECTED } },
  {
    name: 'what was so already',
    change: { update: namespace({ 'istio-injection': 'enabled', a: 'b' }), from: INJECTED },
  },
  {
    name: 'the namespace of the egress gateway',
    change: { create: namespace({ 'istio-injection': 'enabled' }, 'istio-system') },
  },
  { name: 'the policy that closes it', world: [INJECTED], change: { create: CLOSED } },
  {
    name: 'a policy for what comes in, where nothing closes the way out',
    world: [INJECTED],
    change: { create: networkPolicy({ podSelector: {}, policyTypes: ['Ingress'] }) },
  },
  {
    name: 'a policy that opens where nothing is closed',
    world: [INJECTED],
    change: { create: networkPolicy({ ...SOME, egress: [{}] }) },
  },
  {
    name: 'addresses of the cluster',
    world: [INJECTED, CLOSED],
    change: { create: networkPolicy({ ...SOME, egress: [toBlock('10.0.0.0/8')] }, { name: 'more' }) },
  },
  {
    name: 'one of two that close it deleted',
    world: [INJECTED, CLOSED],
    change: { delete: networkPolicy(ALL, { name: 'too' }) },
  },
  { name: 'the policy of a namespace without sidecars deleted', change: { delete: CLOSED } },
];

function opening(name: string, egress: Document, where: string): InvalidCase {
  return {
    name,
    world: [INJECTED, CLOSED],
    change: { create: networkPolicy({ ...SOME, egress: [{ to: [{ podSelector: {} }] }, egress] }, { name: 'more' }) },
    findings: [
      {
        severity: 'warning',
        reason: 'opens',
        object: 'NetworkPolicy shop/more',
        field: 'spec.egress[1]',
        says: [`a way to ${where}`],
      },
    ],
  };
}

const INVALID: readonly InvalidCase[] = [
  {
    name: 'a namespace that is labelled',
    change: { update: INJECTED, from: namespace({}) },
    findings: [
      {
        severity: 'warning',
        reason: 'no-policy',
        object: 'Namespace /shop',
        field: 'metadata.labels',
        says: ['policyTypes [Egress]'],
      },
    ],
  },
  {
    name: 'a namespace whose policies are for some pods, or for what comes in',
    world: [
      networkPolicy(SOME, { name: 'some' }),
      networkPolicy({ podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] }, policyTypes: ['Egress'] }),
      networkPolicy({ podSelector: {} }, { name: 'ingress' }),
    ],
    change: { create: INJECTED },
    findings: [{ severity: 'warning', reason: 'no-policy', object: 'Namespace /shop', field: 'metadata.labels' }],
  },
  {
    name: 'the policy deleted',
    world: [INJECTED],
    change: { delete: CLOSED },
    findings: [
      {
        severity: 'warning',
        reason: 'last-policy',
        object: 'NetworkPolicy shop/egress',
        field: 'spec',
        says: ['all pods of namespace shop'],
      },
    ],
  },
  {
    name: 'the policy narrowed to some pods',
    world: [INJECTED],
    change: { update: networkPolicy(SOME), from: CLOSED },
    findings: [{ severity: 'warning', reason: 'last-policy', object: 'NetworkPolicy shop/egress', field: 'spec' }],
  },
  {
    name: 'the policy opened',
    world: [INJECTED],
    change: { update: networkPolicy({ ...ALL, egress: [{}] }), from: CLOSED },
    findings: [{ severity: 'warning', reason: 'opens', object: 'NetworkPolicy shop/egress', field: 'spec.egress[0]' }],
  },
  opening('everything', {}, 'everywhere'),
  opening('a port of everything', { ports: [{ port: 443 }] }, 'everywhere'),
  opening('a range of ports from that of DNS', { ports: [{ port: 53, endPort: 8080 }] }, 'everywhere'),
  opening('an outside address', toBlock('203.0.113.0/24'), '203.0.113.0/24'),
];

testRule('network-policy-missing', VALID, INVALID);
