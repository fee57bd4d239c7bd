import t from 'tap';
import { calls, scene } from '../scene.js';

const EXT = 'ServiceEntry net/ext: {hosts: [ext.com], ports: [80 HTTP, 443 TLS], resolution: DNS}\n';
const to = (destination: string) => `VirtualService net/r: {hosts: [ext.com], http: [{route: ["${destination}"]}]}\n`;

t.test('T6.2, C4 what makes a cluster missing', (t) => {
  t.test('a service that the proxy does not have, or not with this port', (t) => {
    calls(t, scene(EXT, to('un.known:80')), { 'http ext.com:80': 'un.known:80 missing' });
    calls(t, scene(EXT, to('ext.com:81')), { 'http ext.com:80': 'ext.com:81 missing' });
    calls(t, scene(EXT, to('ext.com:443')), { 'http ext.com:80': 'ext.com:443 external' });
    t.end();
  });

  t.test('a subset that the one DestinationRule does not define', (t) => {
    const rule = (subsets: string) => `DestinationRule net/ext: {host: ext.com, subsets: [${subsets}]}\n`;
    calls(t, scene(EXT, to('ext.com:80/v1')), { 'http ext.com:80': 'ext.com:80/v1 missing' });
    calls(t, scene(EXT, to('ext.com:80/v1'), rule('{name: v2}')), { 'http ext.com:80': 'ext.com:80/v1 missing' });
    calls(t, scene(EXT, to('ext.com:80/v1'), rule('{name: v2}, {name: v1}')), {
      'http ext.com:80': 'ext.com:80/v1 external',
    });
    t.end();
  });

  t.test('a DNS service without endpoints, and a subset whose labels no endpoint has', (t) => {
    const selecting =
      'ServiceEntry net/ext: {hosts: [ext.com], ports: [80 HTTP], resolution: DNS, workloadSelector: {labels: {app: vm}}}\n';
    calls(t, scene(selecting), { 'http ext.com:80': 'ext.com:80 missing' });
    calls(t, scene(selecting, 'WorkloadEntry net/vm: {address: vm.com, labels: {app: vm}}\n'), {
      'http ext.com:80': 'ext.com:80 external',
    });
    const labelled = (resolution: string) =>
      `ServiceEntry net/ext: {hosts: [ext.com], ports: [80 HTTP], resolution: ${resolution}, endpoints: [{address: 203.0.113.9, labels: {v: "1"}}]}\n`;
    const subsets =
      'DestinationRule net/ext: {host: ext.com, subsets: [{name: one, labels: {v: "1"}}, {name: two, labels: {v: "2"}}]}\n';
    for (const resolution of ['DNS', 'DNS_ROUND_ROBIN']) {
      calls(t, scene(labelled(resolution), subsets, to('ext.com:80/one')), {
        'http ext.com:80': 'ext.com:80/one external',
      });
      calls(t, scene(labelled(resolution), subsets, to('ext.com:80/two')), {
        'http ext.com:80': 'ext.com:80/two missing',
      });
    }
    calls(t, scene(labelled('STATIC'), subsets, to('ext.com:80/one')), {
      'http ext.com:80': 'ext.com:80/one external',
    });
    calls(t, scene(labelled('STATIC'), subsets, to('ext.com:80/two')), { 'http ext.com:80': 'ext.com:80/two' });
    t.end();
  });

  t.test('every subset of DYNAMIC_DNS', (t) => {
    const dynamic = 'ServiceEntry net/ext: {hosts: ["*.ext.com"], ports: [80 HTTP], resolution: DYNAMIC_DNS}\n';
    const subsets = 'DestinationRule net/ext: {host: "*.ext.com", subsets: [{name: v1}]}\n';
    const routed =
      'VirtualService net/r: {hosts: ["*.ext.com"], http: [{route: [{destination: {host: "*.ext.com", subset: v1}}]}]}\n';
    calls(t, scene(dynamic), { 'http www.ext.com:80': '*.ext.com:80 external' });
    calls(t, scene(dynamic, subsets, routed), { 'http www.ext.com:80': '*.ext.com:80/v1 missing' });
    t.end();
  });

  t.test('TCP and TLS calls alike', (t) => {
    const tls =
      'VirtualService net/r: {hosts: [ext.com], tls: [{match: [{sniHosts: [ext.com]}], route: ["ext.com:443/v1"]}]}\n';
    calls(t, scene(EXT, tls), { 'tls ext.com:443': 'ext.com:443/v1 missing' });
    t.end();
  });
  t.end();
});

t.test('A4, T1.4 the port of another declaration, which has a listener, may have no cluster', (t) => {
  const where = scene(
    EXT,
    'ServiceEntry net/more @9: {hosts: [ext.com], ports: [81 HTTP], resolution: NONE}\n',
    to('ext.com:81'),
  );
  calls(t, where, { 'http ext.com:80': 'ext.com:81 missing' });
  t.end();
});
