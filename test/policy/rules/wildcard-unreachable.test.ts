import { entry, gatewayTls, meshTls, routes, toHost } from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const wild = (spec: object) => entry(['443 TLS'], { hosts: ['*.cnn.com'], ...spec });
const one = entry(['443 TLS'], { hosts: ['www.cnn.com'] }, { name: 'www' });
const to = (host: string) =>
  routes({
    hosts: ['*.cnn.com'],
    tls: [meshTls('*.cnn.com'), { ...gatewayTls('*.cnn.com'), route: [toHost(443, host)] }],
  });

function warned(reason: string, more: Partial<Expected> = {}): Expected {
  return {
    severity: 'warning',
    reason,
    object: 'VirtualService shop/cnn',
    field: 'spec.tls[1].route[0].destination.host',
    host: '*',
    port: 443,
    client: { namespace: '*' },
    ...more,
  };
}

const VALID: readonly ValidCase[] = [
  {
    name: 'one server with a full name behind the wildcard',
    world: [wild({ resolution: 'NONE' }), one],
    change: { create: to('www.cnn.com') },
  },
  {
    name: 'DNS with an endpoint',
    world: [wild({ endpoints: [{ address: 'www.cnn.com' }] })],
    change: { create: to('*.cnn.com') },
  },
  {
    name: 'one that was out of reach before',
    world: [wild({ resolution: 'NONE' })],
    change: { update: { ...to('*.cnn.com') }, from: to('*.cnn.com') },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'resolution NONE',
    world: [wild({ resolution: 'NONE' })],
    change: { create: to('*.cnn.com') },
    findings: [
      warned('none', {
        says: ['calls to *.cnn.com:443', 'the gateway is to dial *.cnn.com', 'a host with its full name here'],
      }),
    ],
  },
  {
    name: 'DYNAMIC_DNS',
    world: [wild({ resolution: 'DYNAMIC_DNS' })],
    change: { create: to('*.cnn.com') },
    findings: [warned('dynamic-dns', { says: ['resolution DYNAMIC_DNS is for sidecars'] })],
  },
  {
    name: 'DNS without an endpoint',
    world: [to('*.cnn.com')],
    change: { update: wild({}), from: wild({ endpoints: [{ address: 'www.cnn.com' }] }) },
    findings: [
      warned('dns', {
        object: 'ServiceEntry shop/cnn',
        field: 'spec.resolution',
        says: ['which is no name that DNS knows', 'give the entry endpoints'],
      }),
    ],
  },
];

testRule('wildcard-unreachable', VALID, INVALID);
