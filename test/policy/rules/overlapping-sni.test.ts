import {
  egressGateway,
  entry,
  gateway,
  gatewayTls,
  meshTls,
  MUTUAL_GROUND,
  mutualPair,
  routes,
  server,
  toGateway,
  toHost,
} from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const both = entry(['443 TLS'], { hosts: ['cnn.com', 'www.cnn.com'] });
const mesh = (...sniHosts: string[]) => ({
  match: [{ gateways: ['mesh'], port: 443, sniHosts }],
  route: [toGateway(443)],
});
const out = (host: string, ...sniHosts: string[]) => ({
  match: [{ gateways: ['egress'], port: 443, sniHosts }],
  route: [toHost(443, host)],
});
const hosts = ['cnn.com', 'www.cnn.com'];
const right = routes({ hosts, tls: [mesh(...hosts), out('cnn.com', 'cnn.com'), out('www.cnn.com', 'www.cnn.com')] });

function warned(reason: string, more: Partial<Expected> = {}): Expected {
  return {
    severity: 'warning',
    reason,
    object: 'VirtualService shop/cnn',
    field: 'spec.tls[1].match[0].sniHosts',
    host: 'cnn.com',
    port: 443,
    client: { namespace: '*' },
    ...more,
  };
}

const VALID: readonly ValidCase[] = [
  { name: 'each SNI once', world: [both], change: { create: right } },
  {
    name: 'the same list twice: the second does nothing',
    world: [entry(['443 TLS']), routes({ tls: [meshTls(), gatewayTls()] })],
    change: { create: routes({ gateways: ['mesh'], tls: [meshTls()] }, { name: 'second' }) },
  },
  {
    name: 'a wildcard and a name under it',
    world: [
      entry(['443 TLS'], { hosts: ['*.cnn.com'] }),
      entry(['443 TLS'], { hosts: ['www.cnn.com'] }, { name: 'www' }),
    ],
    change: {
      create: routes({
        hosts: ['*.cnn.com'],
        tls: [
          mesh('*.cnn.com'),
          mesh('www.cnn.com'),
          out('www.cnn.com', '*.cnn.com'),
          out('www.cnn.com', 'www.cnn.com'),
        ],
      }),
    },
  },
  {
    name: 'servers that share a port, each with its host',
    ground: [
      egressGateway(),
      gateway({ name: 'other' }, { servers: [server(443, 'HTTPS', 'ISTIO_MUTUAL', ['bbc.com'])] }),
      ...MUTUAL_GROUND.slice(2),
    ],
    world: [entry(['80 HTTP']), mutualPair()],
    change: { create: MUTUAL_GROUND[1]! },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'one SNI in two lists of sidecars',
    world: [both],
    change: {
      update: routes({
        hosts,
        tls: [mesh('cnn.com'), mesh(...hosts), out('cnn.com', 'cnn.com'), out('www.cnn.com', 'www.cnn.com')],
      }),
      from: right,
    },
    findings: [
      warned('two-lists', {
        field: 'spec.tls[0].match[0].sniHosts',
        says: ['calls to cnn.com:443 from every namespace may break', 'a sidecar refuses the whole listener'],
      }),
    ],
  },
  {
    name: 'the same in two VirtualServices',
    world: [both, right],
    change: { create: routes({ gateways: ['mesh'], tls: [meshTls()] }, { name: 'second' }) },
    findings: [
      warned('two-lists', {
        object: 'VirtualService shop/second',
        field: 'spec.tls[0].match[0].sniHosts',
        says: ['VirtualService shop/cnn has the SNI in another list'],
      }),
    ],
  },
  {
    name: 'a match at the gateway that repeats one of its SNIs',
    world: [both],
    change: {
      update: routes({ hosts, tls: [mesh(...hosts), out('cnn.com', 'cnn.com'), out('www.cnn.com', ...hosts)] }),
      from: right,
    },
    findings: [
      warned('match-skipped', {
        field: 'spec.tls[2].match[0].sniHosts',
        host: 'www.cnn.com',
        says: ['an earlier match has an SNI of this one'],
      }),
    ],
  },
  {
    name: 'a host in the servers of two Gateways',
    ground: [
      egressGateway(),
      gateway({ name: 'first' }, { servers: [server(443, 'HTTPS', 'ISTIO_MUTUAL')] }),
      ...MUTUAL_GROUND.slice(2),
    ],
    world: [entry(['80 HTTP']), mutualPair()],
    change: { create: MUTUAL_GROUND[1]! },
    findings: [
      warned('server-refused', {
        object: 'Gateway shop/egress',
        field: 'spec.servers[0].hosts',
        port: 80,
        says: [
          'Gateway shop/first has a server with TLS for the same host on port 443',
          'bind VirtualService shop/cnn to that',
        ],
      }),
    ],
  },
];

testRule('overlapping-sni', VALID, INVALID);
