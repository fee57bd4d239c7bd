import t from 'tap';
import { calls, GATEWAY_SERVICE, scene } from '../scene.js';

const GROUND = `
${GATEWAY_SERVICE}
ServiceEntry net/ext: {hosts: [a.com, b.com], ports: [80 HTTP, 443 TLS], resolution: DNS}
VirtualService net/a: {hosts: [a.com], gateways: [istio-system/egw, istio-system/more, net/far], http: [{route: ["a.com:80"]}], tcp: [{route: ["a.com:443"]}], tls: [{match: [{sniHosts: [a.com]}], route: ["a.com:443"]}]}
VirtualService net/b: {hosts: [b.com], gateways: [istio-system/egw, istio-system/more, net/far], http: [{route: ["b.com:80"]}], tcp: [{route: ["b.com:443"]}], tls: [{match: [{sniHosts: [b.com]}], route: ["b.com:443"]}]}
`;
const SELECTOR = 'selector: {istio: egressgateway}';
const gateway = (title: string, servers: string, selector = SELECTOR) =>
  `Gateway ${title}: {${selector === '' ? '' : `${selector}, `}servers: [${servers}]}\n`;
const INTO = 'into istio-system/istio-egressgateway';
const http = (host: string, port = 80) => `http ${host}:${port} ${INTO}`;
const tls = (host: string, port = 443) => `tls ${host}:${port} ${INTO}`;
const tcp = (port: number) => `tcp x:${port} ${INTO}`;
const [A, B] = ['a.com:80 external', 'b.com:80 external'];
const [A_TLS, B_TLS] = ['a.com:443 external', 'b.com:443 external'];

t.test('T8.1, B1 which Gateways a gateway’s pods have: of any namespace, by selector, an empty one for all', (t) => {
  const server = '{port: 80 HTTP, hosts: ["*"]}';
  calls(t, scene(GROUND), { [http('a.com')]: 'none' });
  calls(t, scene(GROUND, gateway('istio-system/egw', server)), { [http('a.com')]: A });
  calls(t, scene(GROUND, gateway('net/far', server)), { [http('a.com')]: A });
  calls(t, scene(GROUND, gateway('net/far', server, '')), { [http('a.com')]: A });
  calls(t, scene(GROUND, gateway('istio-system/egw', server, 'selector: {istio: ingressgateway}')), {
    [http('a.com')]: 'none',
  });
  calls(t, scene(GROUND, gateway('istio-system/egw', server, 'selector: {istio: egressgateway, app: x}')), {
    [http('a.com')]: 'none',
  });
  t.end();
});

t.test('T8.1, B1 the port: a port of a Service of the pods, which maps it, or the pods’ own', (t) => {
  const on = (number: number) => scene(GROUND, gateway('istio-system/egw', `{port: ${number} HTTP, hosts: ["*"]}`));
  calls(t, on(80), { [http('a.com')]: A, [http('a.com', 443)]: 'none', [http('a.com', 8080)]: 'none' });
  calls(t, on(8080), { [http('a.com')]: A });
  calls(t, on(3306), { [http('a.com', 3306)]: A });
  calls(t, on(8443), { [http('a.com', 443)]: A });
  const second =
    'Service istio-system/second: {clusterIP: 10.96.0.12, selector: {istio: egressgateway}, ports: [8080 http > 9999]}\n';
  calls(t, scene(GROUND, second, gateway('istio-system/egw', '{port: 8080 HTTP, hosts: ["*"]}')), {
    [http('a.com')]: 'none',
    'http a.com:8080 into istio-system/second': A,
  });
  const foreign = second.replace('istio-system/second', 'net/second');
  calls(t, scene(GROUND, foreign, gateway('istio-system/egw', '{port: 8080 HTTP, hosts: ["*"]}')), {
    [http('a.com')]: A,
  });
  const bare = second.replace(' selector: {istio: egressgateway},', '');
  calls(t, scene(GROUND, bare, gateway('istio-system/egw', '{port: 8080 HTTP, hosts: ["*"]}')), { [http('a.com')]: A });
  calls(t, scene(GROUND), { 'http a.com:80 into istio-system/never': 'none' });
  t.end();
});

t.test('B1 a match’s port is that of the server, also when the Service maps it', (t) => {
  const where = (number: number, port: number) =>
    scene(
      GATEWAY_SERVICE,
      'ServiceEntry net/ext: {hosts: [a.com], ports: [80 HTTP], resolution: DNS}\n',
      gateway('istio-system/egw', `{port: ${number} HTTP, hosts: ["*"]}`),
      `VirtualService net/a: {hosts: [a.com], gateways: [istio-system/egw], http: [{match: [{port: ${port}}], route: ["a.com:80"]}]}\n`,
    );
  calls(t, where(80, 80), { [http('a.com')]: A });
  calls(t, where(80, 8080), { [http('a.com')]: '404' });
  calls(t, where(8080, 8080), { [http('a.com')]: A });
  calls(t, where(8080, 80), { [http('a.com')]: '404' });
  t.end();
});

t.test('T8.1, B3 the namespaces of a server’s hosts', (t) => {
  const hosts = (written: string) =>
    scene(GROUND, gateway('istio-system/egw', `{port: 80 HTTP, hosts: ["${written}"]}`));
  for (const written of ['a.com', '*/a.com', 'net/a.com', 'net/*', '*.com', '*'])
    calls(t, hosts(written), { [http('a.com')]: A });
  for (const written of ['./a.com', 'app/a.com', 'b.com', 'A.com'])
    calls(t, hosts(written), { [http('a.com')]: '404' });
  calls(t, scene(GROUND, gateway('net/far', '{port: 80 HTTP, hosts: [./a.com]}')), { [http('a.com')]: A });
  t.end();
});

t.test('T8.2, B4 which servers are refused', (t) => {
  const passing = (title: string, hosts: string) =>
    gateway(title, `{port: 443 TLS, hosts: [${hosts}], tls: {mode: PASSTHROUGH}}`);
  const ending = (title: string, hosts: string) =>
    gateway(title, `{port: 443 TLS, hosts: [${hosts}], tls: {mode: SIMPLE, credentialName: c}}`);

  t.test('with tls: one of whose hosts, the same text, is in an earlier tls server on the port', (t) => {
    const two = scene(GROUND, ending('istio-system/egw @1', 'a.com'), passing('istio-system/more @2', 'a.com, b.com'));
    calls(t, two, { [tls('a.com')]: A_TLS, [tls('b.com')]: 'none' });
    const apart = scene(GROUND, ending('istio-system/egw @1', 'a.com'), passing('istio-system/more @2', 'b.com'));
    calls(t, apart, { [tls('b.com')]: B_TLS });
    const covered = scene(GROUND, ending('istio-system/egw @1', 'a.com'), passing('istio-system/more @2', '"*.com"'));
    calls(t, covered, { [tls('b.com')]: B_TLS });
    const spelt = scene(GROUND, ending('istio-system/egw @1', 'net/b.com'), passing('istio-system/more @2', 'b.com'));
    calls(t, spelt, { [tls('b.com')]: B_TLS });
    const otherPort = scene(
      GROUND,
      gateway('istio-system/egw @1', '{port: 3306 TLS, hosts: [b.com], tls: {mode: PASSTHROUGH}}'),
      passing('istio-system/more @2', 'b.com'),
    );
    calls(t, otherPort, { [tls('b.com')]: B_TLS });
    const otherPods = scene(
      GROUND,
      passing('istio-system/egw @1', 'b.com').replace('egressgateway', 'other'),
      passing('istio-system/more @2', 'b.com'),
    );
    calls(t, otherPods, { [tls('b.com')]: B_TLS });
    t.end();
  });

  t.test('the order is that of the Gateways’ age, and within one as written', (t) => {
    const within = gateway(
      'istio-system/egw',
      '{port: 443 TLS, hosts: [a.com], tls: {mode: SIMPLE, credentialName: c}}, {port: {number: 8443, name: second, protocol: TLS}, hosts: [a.com, b.com], tls: {mode: PASSTHROUGH}}',
    );
    calls(t, scene(GROUND, within), { [tls('b.com')]: 'none' });
    const young = scene(
      GROUND,
      ending('istio-system/egw @3', 'a.com'),
      passing('istio-system/more @2', 'a.com, b.com'),
    );
    calls(t, young, { [tls('b.com')]: B_TLS });
    t.end();
  });

  t.test('where a plaintext one is there already, unless both are of the HTTP family', (t) => {
    const plain = (title: string, protocol: string, hosts: string) =>
      gateway(title, `{port: 80 ${protocol}, hosts: [${hosts}]}`);
    calls(
      t,
      scene(GROUND, plain('istio-system/egw @1', 'HTTP', 'a.com'), plain('istio-system/more @2', 'GRPC', 'b.com')),
      { [http('a.com')]: A, [http('b.com')]: B },
    );
    calls(
      t,
      scene(GROUND, plain('istio-system/egw @1', 'TCP', 'a.com'), plain('istio-system/more @2', 'TCP', 'b.com')),
      { [tcp(80)]: A_TLS },
    );
    calls(
      t,
      scene(GROUND, plain('istio-system/egw @1', 'TCP', 'a.com'), plain('istio-system/more @2', 'HTTP', 'b.com')),
      { [http('b.com')]: A_TLS },
    );
    calls(
      t,
      scene(GROUND, plain('istio-system/egw @1', 'HTTP', 'a.com'), plain('istio-system/more @2', 'TCP', 'b.com')),
      { [tcp(80)]: 'none' },
    );
    const secure = gateway('istio-system/more @2', '{port: 80 TLS, hosts: [b.com], tls: {mode: PASSTHROUGH}}');
    calls(t, scene(GROUND, plain('istio-system/egw @1', 'HTTP', 'a.com'), secure), { [tls('b.com', 80)]: 'none' });
    calls(t, scene(GROUND, plain('istio-system/egw @1', 'TCP', 'a.com'), secure), { [tls('b.com', 80)]: A_TLS });
    t.end();
  });

  t.test('plaintext after TLS is accepted beside it', (t) => {
    const secure = gateway('istio-system/egw @1', '{port: 80 TLS, hosts: [a.com], tls: {mode: PASSTHROUGH}}');
    const plain = gateway('istio-system/more @2', '{port: 80 HTTP, hosts: [b.com]}');
    calls(t, scene(GROUND, secure, plain), { [tls('a.com', 80)]: A_TLS, [http('b.com')]: B, [http('a.com')]: '404' });
    t.end();
  });

  t.test('an HTTP server that redirects counts as plaintext, and its hosts as taken for tls', (t) => {
    const redirecting = gateway('istio-system/egw @1', '{port: 80 HTTP, hosts: [a.com], tls: {httpsRedirect: true}}');
    calls(t, scene(GROUND, redirecting, gateway('istio-system/more @2', '{port: 80 HTTP, hosts: [b.com]}')), {
      [http('a.com')]: '301',
      [http('b.com')]: B,
    });
    const again = gateway('istio-system/more @2', '{port: 80 HTTP, hosts: [a.com, b.com], tls: {httpsRedirect: true}}');
    calls(t, scene(GROUND, redirecting, again), { [http('b.com')]: '404' });
    t.end();
  });
  t.end();
});

t.test('T8.3, B3 which VirtualServices a server has', (t) => {
  const open = gateway('istio-system/egw', '{port: 80 HTTP, hosts: ["*"]}');
  const with_ = (more: string) =>
    scene(
      GATEWAY_SERVICE,
      'ServiceEntry net/ext: {hosts: [a.com], ports: [80 HTTP], resolution: DNS}\n',
      open,
      `VirtualService net/a: {hosts: [a.com], http: [{route: ["a.com:80"]}]${more}}\n`,
    );
  for (const name of ['istio-system/egw', 'egw.istio-system', 'egw.istio-system.svc.cluster.local'])
    calls(t, with_(`, gateways: [${name}]`), { [http('a.com')]: A });
  for (const name of ['egw', 'net/egw', 'mesh']) calls(t, with_(`, gateways: [${name}]`), { [http('a.com')]: '404' });
  calls(t, with_(''), { [http('a.com')]: '404' });
  calls(t, with_(', gateways: [istio-system/egw], exportTo: ["."]'), { [http('a.com')]: '404' });
  calls(t, with_(', gateways: [istio-system/egw], exportTo: [istio-system]'), { [http('a.com')]: A });
  t.end();
});
