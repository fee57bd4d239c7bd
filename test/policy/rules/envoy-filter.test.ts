import { envoyFilter } from '../kubernetes-manifests.js';
import type { Document } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

function patch(applyTo: string, context: string | undefined, operation = 'MERGE', value: Document = {}): Document {
  return { applyTo, match: context === undefined ? {} : { context }, patch: { operation, value } };
}

const outbound = patch('VIRTUAL_HOST', 'SIDECAR_OUTBOUND');
const ROOT = { namespace: 'istio-system' };

const VALID: readonly ValidCase[] = [
  {
    name: 'patches for what comes in',
    change: { create: envoyFilter([patch('HTTP_FILTER', 'SIDECAR_INBOUND', 'INSERT_BEFORE')]) },
  },
  {
    name: 'patches for an ingress gateway',
    change: {
      create: envoyFilter(
        [patch('HTTP_FILTER', 'GATEWAY')],
        { workloadSelector: { labels: { istio: 'ingressgateway' } } },
        ROOT,
      ),
    },
  },
  {
    name: "patches for gateways of a namespace that has no egress gateway, and is not the mesh's",
    change: { create: envoyFilter([patch('HTTP_FILTER', 'GATEWAY')]) },
  },
  { name: 'no patches', change: { create: envoyFilter([]) } },
  { name: 'what was so already', change: { update: envoyFilter([outbound]), from: envoyFilter([outbound]) } },
  {
    name: 'fewer patches',
    change: { update: envoyFilter([outbound]), from: envoyFilter([patch('CLUSTER', 'ANY'), outbound]) },
  },
  { name: 'one that goes', change: { delete: envoyFilter([outbound]) } },
];

function harmful(name: string, create: Document, reason: string): InvalidCase {
  const { namespace = '' } = Object(create['metadata']) as { readonly namespace?: string };
  return {
    name,
    change: { create },
    findings: [
      { severity: 'warning', reason, object: `EnvoyFilter ${namespace}/patch`, field: 'spec.configPatches[0]' },
    ],
  };
}

const INVALID: readonly InvalidCase[] = [
  harmful('routes of the sidecars', envoyFilter([outbound]), 'sidecar-outbound'),
  harmful('a filter of the sidecars', envoyFilter([patch('HTTP_FILTER', 'SIDECAR_OUTBOUND')]), 'sidecar-outbound'),
  harmful('any context', envoyFilter([patch('CLUSTER', 'ANY')]), 'sidecar-outbound'),
  harmful('no context', envoyFilter([patch('CLUSTER', undefined)]), 'sidecar-outbound'),
  harmful('no match at all', envoyFilter([{ applyTo: 'CLUSTER', patch: { operation: 'ADD' } }]), 'sidecar-outbound'),
  harmful('a context that nobody knows', envoyFilter([patch('CLUSTER', 'WAYPOINT')]), 'sidecar-outbound'),
  harmful('the bootstrap', envoyFilter([patch('BOOTSTRAP', 'SIDECAR_INBOUND')]), 'new-way'),
  harmful('a listener of its own', envoyFilter([patch('LISTENER', 'SIDECAR_INBOUND', 'ADD')]), 'new-way'),
  harmful('the gateways of the mesh', envoyFilter([patch('HTTP_FILTER', 'GATEWAY')], {}, ROOT), 'gateway'),
  harmful(
    'the egress gateway',
    envoyFilter(
      [patch('HTTP_FILTER', 'GATEWAY')],
      { workloadSelector: { labels: { istio: 'egressgateway', 'its-own': 'label' } } },
      ROOT,
    ),
    'gateway',
  ),
  {
    name: 'another value in the same place',
    change: {
      update: envoyFilter([patch('VIRTUAL_HOST', 'SIDECAR_OUTBOUND', 'MERGE', { routes: [{ name: 'direct' }] })]),
      from: envoyFilter([outbound]),
    },
    findings: [
      {
        severity: 'warning',
        reason: 'sidecar-outbound',
        object: 'EnvoyFilter shop/patch',
        field: 'spec.configPatches[0]',
      },
    ],
  },
];

testRule('envoy-filter', VALID, INVALID);
