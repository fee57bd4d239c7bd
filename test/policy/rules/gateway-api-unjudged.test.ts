import { gatewayApi } from '../kubernetes-manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const toEntry = { parentRefs: [{ name: 'gw' }, { group: 'networking.istio.io', kind: 'ServiceEntry', name: 'cnn' }] };
const toService = { parentRefs: [{ group: '', kind: 'Service', name: 'reviews' }] };

const VALID: readonly ValidCase[] = [
  { name: 'a route of a Gateway', change: { create: gatewayApi('HTTPRoute', { parentRefs: [{ name: 'ingress' }] }) } },
  { name: 'a route of nothing', change: { create: gatewayApi('TLSRoute', {}, 'v1alpha2') } },
  { name: 'a parent that cannot be read', change: { create: gatewayApi('HTTPRoute', { parentRefs: 'cnn' }) } },
  { name: "another vendor's Gateway", change: { create: gatewayApi('Gateway', { gatewayClassName: 'nginx' }) } },
  {
    name: 'what was so already',
    change: { update: gatewayApi('HTTPRoute', toEntry), from: gatewayApi('HTTPRoute', toEntry) },
  },
  { name: 'one that goes', change: { delete: gatewayApi('HTTPRoute', toEntry) } },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'a route of an entry',
    change: { create: gatewayApi('HTTPRoute', toEntry) },
    findings: [
      {
        severity: 'warning',
        reason: 'mesh-route',
        object: 'HTTPRoute shop/cnn',
        field: 'spec.parentRefs[1]',
        says: ['ServiceEntry cnn'],
      },
    ],
  },
  ...['GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map((kind): InvalidCase => ({
    name: `${kind} of a Service`,
    change: { create: gatewayApi(kind, toService, 'v1alpha2') },
    findings: [{ severity: 'warning', reason: 'mesh-route', object: `${kind} shop/cnn`, field: 'spec.parentRefs[0]' }],
  })),
  {
    name: "a Gateway of Istio's",
    change: { create: gatewayApi('Gateway', { gatewayClassName: 'istio' }) },
    findings: [{ severity: 'warning', reason: 'gateway', object: 'Gateway shop/cnn', field: 'spec.gatewayClassName' }],
  },
];

testRule('gateway-api-unjudged', VALID, INVALID);
