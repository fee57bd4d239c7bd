import t from 'tap';
import type { Protocol } from '../../../src/mesh/protocol.js';
import { manifest, read, told } from '../manifests.js';

t.test('reads what istiod reads', (t) => {
  t.same(
    read(
      'Service',
      {
        clusterIP: '10.96.0.10',
        selector: { istio: 'egressgateway' },
        ports: [
          { name: 'http2', port: 80, targetPort: 8080 },
          { name: 'tls', port: 443, targetPort: 'https' },
          { name: 'same', port: 90 },
          { name: 'none', port: 91, targetPort: 0 },
          { name: 'empty', port: 92, targetPort: '', protocol: '' },
        ],
      },
      { annotations: { 'networking.istio.io/exportTo': '., shop' } },
    ).spec,
    {
      type: 'ClusterIP',
      externalName: undefined,
      clusterIPs: ['10.96.0.10'],
      headless: false,
      selector: { istio: 'egressgateway' },
      ports: [
        { number: 80, name: 'http2', protocol: 'HTTP2', targetPort: 8080 },
        { number: 443, name: 'tls', protocol: 'TLS', targetPort: undefined },
        { number: 90, name: 'same', protocol: 'unset', targetPort: 90 },
        { number: 91, name: 'none', protocol: 'unset', targetPort: 91 },
        { number: 92, name: 'empty', protocol: 'unset', targetPort: 92 },
      ],
      exportTo: ['.', 'shop'],
    },
  );
  t.end();
});

t.test('tells the kinds of Service apart', (t) => {
  const headless = read('Service', { clusterIP: 'None', clusterIPs: ['None'] }).spec;
  t.equal(headless.headless, true);
  t.same(headless.clusterIPs, []);
  t.same(read('Service', { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'] }).spec.clusterIPs, [
    '10.0.0.1',
    'fd00::1',
  ]);
  t.same(read('Service', { clusterIPs: ['10.0.0.1', 'fd00::1'] }).spec.clusterIPs, [], 'istiod asks clusterIP first');
  const alias = read('Service', { type: 'ExternalName', externalName: 'edition.cnn.com' }).spec;
  t.equal(alias.externalName, 'edition.cnn.com');
  t.equal(
    read('Service', { externalName: 'edition.cnn.com' }).spec.externalName,
    undefined,
    'an external name counts only where the type says so',
  );
  t.equal(read('Service', { selector: {} }).spec.selector, undefined);
  t.same(read('Service', { selector: { app: null } }).spec.selector, { app: '' }, 'as Kubernetes decodes it');
  t.end();
});

t.test('takes a port for what istiod takes it', (t) => {
  const ports: [Record<string, unknown>, Protocol][] = [
    [{ name: 'http' }, 'HTTP'],
    [{ name: 'http-metrics' }, 'HTTP'],
    [{ name: 'HTTPS-x' }, 'HTTPS'],
    [{ name: 'httpx' }, 'unset'],
    [{ name: 'grpc-web' }, 'GRPC-Web'],
    [{ name: 'grpc-web-x' }, 'GRPC-Web'],
    [{ name: 'grpc-x' }, 'GRPC'],
    [{}, 'unset'],
    [{ name: 'http', appProtocol: 'tls' }, 'TLS'],
    [{ name: 'http', appProtocol: 'unknown' }, 'unset'],
    [{ name: 'http', appProtocol: '' }, 'unset'],
    [{ name: 'http', appProtocol: null }, 'HTTP'],
    [{ appProtocol: 'kubernetes.io/h2c' }, 'HTTP2'],
    [{ appProtocol: 'kubernetes.io/ws' }, 'HTTP'],
    [{ appProtocol: 'kubernetes.io/wss' }, 'HTTPS'],
    [{ name: 'http', protocol: 'UDP' }, 'UDP'],
    [{ name: 'udp' }, 'UDP'],
    [{ name: 'x', port: 3306 }, 'TCP'],
    [{ name: 'x', port: 25 }, 'TCP'],
    [{ name: 'x', port: 53 }, 'TCP'],
    [{ name: 'x', port: 27017 }, 'TCP'],
    [{ name: 'http', port: 3306 }, 'HTTP'],
    [{ name: 'mongo', protocol: 'SCTP' }, 'Mongo'],
  ];
  for (const [port, protocol] of ports) {
    t.equal(
      read('Service', { ports: [{ port: 80, ...port }] }).spec.ports[0]?.protocol,
      protocol,
      JSON.stringify(port),
    );
  }
  t.end();
});

t.test('splits the annotation exportTo', (t) => {
  const lists: [string, string[]][] = [
    ['*', ['*']],
    [' shop ,billing', ['shop', 'billing']],
    ['', []],
    // Not the mesh's default: istiod lets nobody see it.
    [',', ['', '']],
  ];
  for (const [written, exportTo] of lists) {
    const annotations = { 'networking.istio.io/exportTo': written };
    t.same(read('Service', {}, { annotations }).spec.exportTo, exportTo, `"${written}"`);
  }
  t.end();
});

t.test('refuses what Kubernetes refuses, by its field', (t) => {
  const refused: [Record<string, unknown>, string[]][] = [
    [
      { type: 'External' },
      ['spec.type must be one of ClusterIP, NodePort, LoadBalancer, ExternalName, not "External"'],
    ],
    [{ type: 'ExternalName' }, ['spec.externalName is required where type is ExternalName']],
    [{ ports: [{}] }, ['spec.ports[0].port is required']],
    [{ ports: [{ port: '80' }] }, ['spec.ports[0].port must be a whole number from 1 to 65535, not "80"']],
    [
      { ports: [{ port: 80, targetPort: 70000, protocol: 'tcp' }] },
      [
        'spec.ports[0].protocol must be one of TCP, UDP, SCTP, not "tcp"',
        'spec.ports[0].targetPort must be a whole number from 0 to 65535, not 70000',
      ],
    ],
    [{ selector: { app: 1 } }, ['spec.selector.app must be text, not 1']],
  ];
  for (const [spec, faults] of refused) t.same(told(manifest('Service', spec)), faults, faults.join('; '));
  t.end();
});

t.test('reads the spellings of 2019 of Istio alone', (t) => {
  t.equal(read('Service', { ports: [{ port: 80, target_port: 8080 }] }).spec.ports[0]?.targetPort, 80);
  t.end();
});
