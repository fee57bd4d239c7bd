import { INJECTED, namespace } from '../kubernetes-manifests.js';
import { entry, fullPair, httpPair } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const WAYPOINT = { 'istio.io/use-waypoint': 'egress' };

const VALID: readonly ValidCase[] = [
  { name: 'a namespace with sidecars', change: { create: INJECTED } },
  { name: 'the default revision', change: { create: namespace({ 'istio.io/rev': 'default' }) } },
  {
    name: 'a revision that does not count',
    change: { create: namespace({ 'istio.io/rev': 'canary', 'istio-injection': 'enabled' }) },
  },
  { name: 'no ambient mode', change: { create: namespace({ 'istio.io/dataplane-mode': 'none' }) } },
  {
    name: 'what was so already',
    change: { update: namespace({ 'istio.io/rev': 'canary', a: 'b' }), from: namespace({ 'istio.io/rev': 'canary' }) },
  },
  { name: 'an entry without a waypoint', world: [httpPair()], change: { create: entry(['80 HTTP']) } },
];

function told(name: string, labels: Readonly<Record<string, string>>, reason: string, says: string): InvalidCase {
  const [[key] = ['']] = Object.entries(labels);
  return {
    name,
    change: { create: namespace(labels) },
    findings: [
      { severity: 'warning', reason, object: 'Namespace /shop', field: `metadata.labels["${key}"]`, says: [says] },
    ],
  };
}

const INVALID: readonly InvalidCase[] = [
  told('a revision', { 'istio.io/rev': 'canary' }, 'revision', 'the revision canary'),
  told('ambient mode', { 'istio.io/dataplane-mode': 'ambient' }, 'ambient', 'ambient mode'),
  told('a waypoint', WAYPOINT, 'waypoint', 'the waypoint egress'),
  {
    name: 'another revision',
    change: { update: namespace({ 'istio.io/rev': 'b' }), from: namespace({ 'istio.io/rev': 'a' }) },
    findings: [
      { severity: 'warning', reason: 'revision', object: 'Namespace /shop', field: 'metadata.labels["istio.io/rev"]' },
    ],
  },
  {
    name: 'an entry with a waypoint',
    world: [fullPair()],
    change: { create: entry(['80 HTTP'], {}, { labels: WAYPOINT }) },
    findings: [
      {
        severity: 'warning',
        reason: 'waypoint',
        object: 'ServiceEntry shop/cnn',
        field: 'metadata.labels["istio.io/use-waypoint"]',
      },
    ],
  },
];

testRule('mesh-unsupported', VALID, INVALID);
