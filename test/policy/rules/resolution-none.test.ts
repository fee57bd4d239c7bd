import { entry, httpPair } from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const none = entry(['80 HTTP'], { resolution: 'NONE' });

function warned(reason: string, says: readonly string[] = []): Expected {
  return {
    severity: 'warning',
    reason,
    object: 'ServiceEntry shop/cnn',
    field: 'spec.resolution',
    host: 'cnn.com',
    port: 80,
    client: { namespace: '*' },
    says,
  };
}

const VALID: readonly ValidCase[] = [
  { name: 'DNS', world: [httpPair()], change: { create: plain } },
  {
    name: 'STATIC with an endpoint outside',
    world: [httpPair()],
    change: {
      update: entry(['80 HTTP'], { resolution: 'STATIC', endpoints: [{ address: '203.0.113.9' }] }),
      from: plain,
    },
  },
  {
    name: 'an endpoint inside, on purpose',
    world: [httpPair()],
    change: {
      update: entry(['80 HTTP'], { resolution: 'STATIC', endpoints: [{ address: '10.1.2.3' }] }),
      from: plain,
    },
  },
  {
    name: 'NONE beside a namesake that has endpoints',
    world: [
      httpPair(),
      entry(['80 HTTP'], { resolution: 'STATIC', endpoints: [{ address: '203.0.113.9' }] }, { name: 'other' }),
    ],
    change: { update: none, from: plain },
  },
  {
    name: 'NONE before',
    world: [httpPair()],
    change: { update: entry(['80 HTTP'], { resolution: 'NONE' }, { labels: { a: 'b' } }), from: none },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'NONE',
    world: [httpPair()],
    change: { update: none, from: plain },
    findings: [
      warned('none', [
        'the gateway is to dial cnn.com',
        'resolution NONE, which leaves it without an address',
        'write resolution DNS',
      ]),
    ],
  },
  {
    name: 'routes to an entry of resolution NONE',
    world: [none],
    change: { create: httpPair() },
    findings: [warned('none')],
  },
  {
    name: 'STATIC without an endpoint',
    world: [httpPair()],
    change: { update: entry(['80 HTTP'], { resolution: 'STATIC' }), from: plain },
    findings: [warned('no-endpoint', ['resolution STATIC and no endpoint', 'give it endpoints'])],
  },
  {
    name: 'DNS by a selector that selects nothing',
    world: [httpPair()],
    change: { update: entry(['80 HTTP'], { workloadSelector: { labels: { app: 'gone' } } }), from: plain },
    findings: [warned('no-endpoint')],
  },
];

testRule('resolution-none', VALID, INVALID);
