import { entry, gateway, GROUND, httpPair, routes } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const VALID: readonly ValidCase[] = [
  { name: 'a Gateway beside it', change: { create: httpPair() } },
  { name: 'no gateways', change: { create: routes({ gateways: [] }) } },
  {
    name: 'a Gateway of another namespace, by every spelling',
    ground: [...GROUND, gateway({ name: 'out', namespace: 'net' })],
    change: { create: routes({ gateways: ['net/out', 'out.net', 'out.net.svc.cluster.local'] }) },
  },
  {
    name: 'one that was unknown before',
    change: { update: httpPair({}, { gateways: ['gone'] }), from: routes({ gateways: ['gone'] }) },
  },
  { name: 'another object', change: { create: entry(['80 HTTP'], { exportTo: ['.'] }) } },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'a misspelt name, and one of another namespace',
    ground: [...GROUND, gateway({ name: 'out', namespace: 'net' })],
    change: { create: routes({ gateways: ['mesh', 'egres', 'egress', 'out'] }) },
    findings: [
      {
        severity: 'warning',
        reason: 'no-such-gateway',
        object: 'VirtualService shop/cnn',
        field: 'spec.gateways[1]',
        says: ['there is no Gateway shop/egres'],
      },
      {
        severity: 'warning',
        reason: 'no-such-gateway',
        object: 'VirtualService shop/cnn',
        field: 'spec.gateways[3]',
        says: ['there is no Gateway shop/out', 'as namespace/name'],
      },
    ],
  },
];

testRule('unknown-gateway', VALID, INVALID);
