import { egressGateway, entry, fullPair, gateway, httpPair, service, sidecar } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const inside = entry(['80 HTTP'], {
  location: 'MESH_INTERNAL',
  endpoints: [{ address: '10.0.0.1' }],
  resolution: 'STATIC',
});
const other = { ...egressGateway(), metadata: { name: 'other', namespace: 'edge' } };

const VALID: readonly ValidCase[] = [
  { name: 'a mesh with one', world: [httpPair()], change: { create: plain } },
  { name: 'an entry that is denied all the same', change: { create: plain } },
  { name: 'an entry for what is inside', ground: [], change: { create: inside } },
  { name: 'a Gateway, a Sidecar', ground: [], change: { create: sidecar({}) } },
  { name: 'an object that was there without one', ground: [], change: { update: fullPair(), from: httpPair() } },
  { name: 'one of two deleted', ground: [other], change: { delete: egressGateway() } },
  { name: 'another Service deleted', ground: [], change: { delete: service({ selector: { app: 'a' } }) } },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'an entry where there is none',
    ground: [gateway()],
    change: { create: plain },
    findings: [
      {
        severity: 'warning',
        reason: 'no-gateway',
        object: 'ServiceEntry shop/cnn',
        field: 'spec.hosts',
        says: ['egressGateways in the policy'],
      },
    ],
  },
  {
    name: 'routes where there is none',
    ground: [gateway()],
    change: { create: httpPair() },
    findings: [{ severity: 'warning', reason: 'no-gateway', object: 'VirtualService shop/cnn', field: 'spec.hosts' }],
  },
  {
    name: 'a Service that the policy does not name',
    world: [httpPair()],
    change: { create: plain },
    policy: { egressGateways: [{ by: 'service', namespace: 'edge', name: 'egress' }] },
    findings: [{ severity: 'warning', reason: 'no-gateway', object: 'ServiceEntry shop/cnn', field: 'spec.hosts' }],
  },
  {
    name: 'the last one deleted',
    ground: [gateway()],
    change: { delete: egressGateway() },
    findings: [
      {
        severity: 'warning',
        reason: 'removed',
        object: 'Service istio-system/istio-egressgateway',
        field: 'spec.selector',
      },
    ],
  },
  {
    name: 'the last one made something else',
    ground: [gateway()],
    change: { update: egressGateway({ selector: { app: 'other' } }), from: egressGateway() },
    findings: [
      {
        severity: 'warning',
        reason: 'removed',
        object: 'Service istio-system/istio-egressgateway',
        field: 'spec.selector',
      },
    ],
  },
];

testRule('egress-gateway-absent', VALID, INVALID);
