import { exemption } from '../kubernetes-manifests.js';
import type { Document } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const WIDE = { hosts: ['*.cnn.com', 'bbc.com'], ports: [80, 443], rules: ['direct-egress', 'outbound-any'] };
const wide = exemption(WIDE);

const VALID: readonly ValidCase[] = [
  { name: 'what was so already', change: { update: exemption(), from: exemption() } },
  {
    name: 'one that is narrowed',
    change: {
      update: exemption({
        hosts: ['edition.cnn.com'],
        ports: [443],
        rules: ['direct-egress'],
        expires: '2025-12-01T00:00:00Z',
      }),
      from: wide,
    },
  },
  { name: 'ports where there were all', change: { update: exemption({ ports: [80] }), from: exemption() } },
  { name: 'another reason', change: { update: exemption({ reason: 'because' }), from: exemption() } },
  { name: 'one that goes', change: { delete: exemption() } },
];

function widened(name: string, spec: Document, field: string, says: string): InvalidCase {
  return {
    name,
    change: { update: exemption({ ...WIDE, ...spec }), from: wide },
    findings: [{ severity: 'warning', reason: 'widened', object: 'EgressExemption shop/legacy', field, says: [says] }],
  };
}

const INVALID: readonly InvalidCase[] = [
  {
    name: 'a new one',
    change: { create: exemption({ hosts: ['cnn.com', 'bbc.com', 'dw.com'] }) },
    findings: [
      {
        severity: 'warning',
        reason: 'granted',
        object: 'EgressExemption shop/legacy',
        field: 'spec',
        says: ['until 2026-01-01T00:00:00Z it lifts direct-egress for cnn.com, bbc.com and 1 more in namespace shop'],
      },
    ],
  },
  {
    name: 'one that platform teams keep to themselves',
    change: { create: exemption() },
    policy: { rules: { exemption: 'enforce' } },
    findings: [{ reason: 'granted', object: 'EgressExemption shop/legacy', field: 'spec' }],
  },
  {
    name: 'one that has expired',
    change: { create: exemption({ expires: '2025-06-01T12:00:00Z' }) },
    findings: [
      {
        severity: 'warning',
        reason: 'expired',
        object: 'EgressExemption shop/legacy',
        field: 'spec.expires',
        says: ['expired at 2025-06-01T12:00:00Z'],
      },
    ],
  },
  widened('a host more', { hosts: ['*.cnn.com', 'bbc.com', 'cnn.com'] }, 'spec.hosts[2]', 'cnn.com'),
  widened('a wider host', { hosts: ['*.com', 'bbc.com'] }, 'spec.hosts[0]', '*.com'),
  widened('a port more', { ports: [80, 443, 8080] }, 'spec.ports[2]', 'port 8080'),
  widened('every port', { ports: [] }, 'spec.ports', 'every port'),
  widened('a rule more', { rules: ['direct-egress', 'outbound-any', 'pod-bypass'] }, 'spec.rules[2]', 'pod-bypass'),
  widened('a later end', { expires: '2027-01-01T00:00:00Z' }, 'spec.expires', 'it lasts until 2027'),
];

testRule('exemption', VALID, INVALID);
