import { entry, gateway, meshTls, MUTUAL_GROUND, mutualPair, routes, server, toHost, wrapped } from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const [service = {}, mutual = {}, right = {}] = MUTUAL_GROUND;
const passed = (...sniHosts: string[]) =>
  routes({ tls: [meshTls(), { match: [{ gateways: ['egress'], port: 443, sniHosts }], route: [toHost(443)] }] });
const wide = gateway({}, { servers: [server(443, 'HTTPS', 'ISTIO_MUTUAL', ['*'])] });

function warned(reason: string, more: Partial<Expected>): Expected {
  return {
    severity: 'warning',
    reason,
    object: 'DestinationRule istio-system/egress',
    field: 'spec.subsets[0].trafficPolicy.portLevelSettings[0].tls',
    host: 'cnn.com',
    port: 80,
    client: { namespace: '*' },
    ...more,
  };
}

const VALID: readonly ValidCase[] = [
  { name: 'the SNI of the server', ground: [service, mutual], world: [plain, mutualPair()], change: { create: right } },
  {
    name: "the cluster's own SNI at a server for every name",
    ground: [service, wide],
    world: [plain, mutualPair()],
    change: { create: wrapped({ mode: 'ISTIO_MUTUAL' }) },
  },
  { name: "the client's SNI in the match", world: [entry(['443 TLS'])], change: { create: passed('cnn.com') } },
  {
    name: 'one that was wrong before',
    ground: [service, mutual],
    world: [plain, mutualPair()],
    change: {
      update: wrapped({ mode: 'ISTIO_MUTUAL' }, { labels: { a: 'b' } }),
      from: wrapped({ mode: 'ISTIO_MUTUAL' }),
    },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: "the cluster's own SNI, where the server has names",
    ground: [service, mutual],
    world: [plain, mutualPair()],
    change: { update: wrapped({ mode: 'ISTIO_MUTUAL' }), from: right },
    findings: [
      warned('default-sni', {
        says: [
          'the SNI outbound_.443_.cnn_.istio-egressgateway.istio-system.svc.cluster.local',
          'asks for cnn.com',
          'write sni cnn.com beside tls.mode ISTIO_MUTUAL for port 443 of subset cnn in DestinationRule istio-system/egress',
        ],
      }),
    ],
  },
  {
    name: 'a server that takes every name no more',
    ground: [service, wrapped({ mode: 'ISTIO_MUTUAL' })],
    world: [plain, mutualPair()],
    change: { update: mutual, from: wide },
    findings: [warned('default-sni', { object: 'Gateway shop/egress', field: 'spec.servers[0].tls.mode' })],
  },
  {
    name: 'a misspelt SNI',
    ground: [service, mutual],
    world: [plain, mutualPair()],
    change: { update: wrapped({ mode: 'ISTIO_MUTUAL', sni: 'cnm.com' }), from: right },
    findings: [warned('other-sni', { says: ['the sidecar sends the SNI cnm.com', 'write sni cnn.com for port 443'] })],
  },
  {
    name: 'TLS without an SNI',
    ground: [service, gateway({}, { servers: [server(443, 'HTTPS', 'SIMPLE')] })],
    world: [plain, mutualPair()],
    change: { update: wrapped({ mode: 'SIMPLE' }), from: right },
    findings: [warned('other-sni', { says: ['the sidecar sends no SNI'] })],
  },
  {
    name: 'a match at the gateway for another name',
    world: [entry(['443 TLS'])],
    change: { update: passed('www.cnn.com'), from: passed('cnn.com') },
    findings: [
      warned('no-match', {
        object: 'VirtualService shop/cnn',
        field: 'spec.tls[1].match[0].sniHosts',
        port: 443,
        says: ['this match has www.cnn.com, not cnn.com', 'add cnn.com to sniHosts'],
      }),
    ],
  },
];

testRule('sni-mismatch', VALID, INVALID);
