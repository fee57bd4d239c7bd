import t from 'tap';
import { DEFAULT_MESH } from '../../../src/mesh/kinds/mesh-config.js';
import { gatewayKeys, gatewayKeysOf, routeFacets, servedHosts, shouted } from '../../../src/mesh/world/facets.js';
import { read } from '../manifests.js';

const http = (...rules: readonly unknown[]) => ({ hosts: ['e.com'], http: rules });
const to = (host: string) => ({ destination: { host } });

function facets(spec: unknown, annotations: Record<string, string> = {}) {
  return routeFacets(read('VirtualService', spec, { annotations }), DEFAULT_MESH);
}

t.test('the hosts of a VirtualService, short names resolved, each once', (t) => {
  const { hosts, shouted } = facets({ hosts: ['e.com', 'web', 'web.shop.svc.cluster.local', 'E.com', '*.F.com'] });
  t.strictSame(hosts, ['e.com', 'web.shop.svc.cluster.local', 'E.com', '*.F.com']);
  t.strictSame(shouted, ['e.com', '*.f.com'], 'upper-case ones in lower case as well');
  t.end();
});

t.test('the SNIs of its tls matches, in lower case', (t) => {
  const tls = [{ match: [{ sniHosts: ['E.com', '*.f.com'] }, { sniHosts: [] }] }];
  t.strictSame(facets({ hosts: ['e.com'], tls }).sni, ['e.com', '*.f.com', '*'], 'a match without any takes all');
  t.strictSame(facets(http()).sni, []);
  t.end();
});

t.test('the blocks of its tls and tcp matches, as they are written once', (t) => {
  const tls = [{ match: [{ sniHosts: ['e.com'], destinationSubnets: ['203.0.113.7/24'] }] }];
  const tcp = [{ match: [{ destinationSubnets: ['203.0.113.0/24', '198.51.100.1'] }] }];
  t.strictSame(facets({ hosts: ['e.com'], tls, tcp }).blocks, ['203.0.113.0/24', '198.51.100.1/32']);
  t.end();
});

t.test('the Gateways that it binds; the mesh is none', (t) => {
  t.strictSame(facets({ ...http(), gateways: ['mesh', 'egw', 'shop/egw', 'a/b'] }).gateways, ['shop/egw', 'a/b']);
  t.strictSame(facets(http()).gateways, []);
  t.end();
});

t.test('the hosts that any of its rules sends to, and the delegates that it names', (t) => {
  const rules = [
    { route: [to('web'), to('e.com')], mirror: { host: 'copy.com' } },
    { delegate: { name: 'part' } },
    { delegate: { name: 'part', namespace: 'other' } },
  ];
  const tls = [{ match: [{ sniHosts: ['e.com'] }], route: [to('tls.com')] }];
  const tcp = [{ route: [to('tcp.com'), to('e.com')] }];
  const { destinations, delegates } = facets({ ...http(...rules), tls, tcp });
  t.strictSame(destinations, ['web.shop.svc.cluster.local', 'e.com', 'copy.com', 'tls.com', 'tcp.com']);
  t.strictSame(delegates, ['shop/part', 'other/part']);
  t.end();
});

t.test('A3: with gateway semantics nothing is resolved', (t) => {
  const spec = { hosts: ['web'], gateways: ['egw', 'a/b'], http: [{ route: [to('web')] }] };
  const { hosts, gateways, destinations } = facets(spec, { 'internal.istio.io/route-semantics': 'gateway' });
  t.strictSame([hosts, gateways, destinations], [['web'], ['egw', 'a/b'], ['web']]);
  t.end();
});

t.test('the names that have upper-case letters', (t) => {
  t.strictSame(shouted(['e.com', 'E.com', '*.X.com']), ['e.com', '*.x.com']);
  t.end();
});

const server = (number: number, protocol: string, tls?: unknown, hosts: readonly string[] = ['e.com']) => ({
  port: { number, name: `p${number}`, protocol },
  hosts,
  ...(tls === undefined ? {} : { tls }),
});

t.test('a Gateway is found by one pair of its selector and the port of each plaintext server', (t) => {
  const servers = [
    server(80, 'HTTP'),
    server(81, 'HTTP', { httpsRedirect: true }),
    server(443, 'HTTPS', { mode: 'SIMPLE' }),
    server(3306, 'TCP'),
    server(80, 'GRPC'),
  ];
  const selector = { istio: 'egressgateway', app: 'egress' };
  const keys = gatewayKeys(read('Gateway', { selector, servers }));
  t.strictSame(keys, ['istio=egressgateway@80', 'istio=egressgateway@81', 'istio=egressgateway@3306']);
  const all = gatewayKeys(read('Gateway', { servers: [server(80, 'HTTP')] }));
  t.strictSame(all, ['@80'], 'without a selector it is for every pod');
  const asked = new Set(gatewayKeysOf({ app: 'egress', istio: 'egressgateway' }, 80));
  t.ok(asked.has(keys[0]!) && asked.has(all[0]!), 'a pod with these labels asks for both');
  t.end();
});

t.test('the hosts of its servers, without their namespaces', (t) => {
  const servers = [
    server(80, 'HTTP', undefined, ['e.com', './f.com', '*/f.com']),
    server(81, 'HTTP', undefined, ['ns/*']),
  ];
  t.strictSame(servedHosts(read('Gateway', { servers })), ['e.com', 'f.com', '*']);
  t.end();
});
