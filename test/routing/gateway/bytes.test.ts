import t from 'tap';
import { calls, GATEWAY_SERVICE, scene } from '../scene.js';

const GROUND = `
${GATEWAY_SERVICE}
ServiceEntry net/ext: {hosts: [a.com, b.com], ports: [443 TLS, 3306 TCP], resolution: DNS}
`;
const server = (port: string, hosts: string, mode = '') =>
  `Gateway istio-system/egw: {selector: {istio: egressgateway}, servers: [{port: ${port}, hosts: [${hosts}]${mode === '' ? '' : `, tls: {mode: ${mode}, credentialName: c}`}}]}\n`;
const route = (title: string, hosts: string, spec: string) =>
  `VirtualService ${title}: {hosts: [${hosts}], gateways: [istio-system/egw], ${spec}}\n`;
const sni = (hosts: string, to: string, more = '') =>
  `{match: [{sniHosts: [${hosts}]${more}}], route: ["${to}.com:443"]}`;
const tcp = (to: string, match = '') => `{${match === '' ? '' : `match: [{${match}}], `}route: ["${to}.com:3306"]}`;
const into = (protocol: string, host: string, port = 443) =>
  `${protocol} ${host}:${port} into istio-system/istio-egressgateway`;
const [A, B] = ['a.com:443 external', 'b.com:443 external'];
const [A_TCP, B_TCP] = ['a.com:3306 external', 'b.com:3306 external'];

t.test('T8.4, B2 which section a server uses', (t) => {
  const routed = route(
    'net/r',
    'a.com',
    `http: [{route: ["a.com:80"]}], tls: [${sni('a.com', 'a')}], tcp: [${tcp('b')}]`,
  );
  const http = 'a.com:80 missing';
  const rows: readonly [port: string, mode: string, expected: Record<string, string>][] = [
    ['443 HTTP', '', { http, tls: 'none', tcp: 'none', 'mtls-http': 'none', 'mtls-tcp': 'none' }],
    ['443 HTTPS', 'SIMPLE', { http: 'none', tls: 'none', tcp: 'none', 'mtls-http': http, 'mtls-tcp': 'none' }],
    ['443 HTTPS', 'MUTUAL', { http: 'none', tls: 'none', tcp: 'none', 'mtls-http': http, 'mtls-tcp': 'none' }],
    ['443 HTTPS', 'ISTIO_MUTUAL', { http: 'none', tls: 'none', tcp: 'none', 'mtls-http': http, 'mtls-tcp': 'none' }],
    ['443 HTTPS', 'OPTIONAL_MUTUAL', { http: 'none', tls: 'none', 'mtls-http': http, 'mtls-tcp': 'none' }],
    ['443 TLS', 'SIMPLE', { http: 'none', tls: B_TCP, tcp: 'none', 'mtls-http': B_TCP, 'mtls-tcp': B_TCP }],
    ['443 TLS', 'MUTUAL', { tls: 'none', 'mtls-http': B_TCP, 'mtls-tcp': B_TCP }],
    ['443 TLS', 'ISTIO_MUTUAL', { tls: 'none', 'mtls-http': B_TCP, 'mtls-tcp': B_TCP, http: 'none' }],
    ['443 TLS', 'OPTIONAL_MUTUAL', { tls: B_TCP, 'mtls-tcp': B_TCP }],
    ['443 TLS', 'PASSTHROUGH', { http: 'none', tls: A, tcp: 'none', 'mtls-http': A, 'mtls-tcp': A }],
    ['443 HTTPS', 'PASSTHROUGH', { http: 'none', tls: A, 'mtls-http': A }],
    ['443 TLS', 'AUTO_PASSTHROUGH', { http: 'none', tls: 'none', 'mtls-tcp': 'none' }],
    ['443 TCP', '', { http: B_TCP, tls: B_TCP, tcp: B_TCP, 'mtls-http': B_TCP, 'mtls-tcp': B_TCP }],
    ['443 Mongo', '', { tcp: B_TCP }],
  ];
  for (const [port, mode, expected] of rows) {
    t.test(`${port} ${mode}`, (t) => {
      const where = scene(GROUND, server(port, 'a.com', mode), routed);
      for (const [protocol, wanted] of Object.entries(expected)) calls(t, where, { [into(protocol, 'a.com')]: wanted });
      t.end();
    });
  }
  t.end();
});

t.test('T8.5 a client’s plain TLS passes SIMPLE and OPTIONAL_MUTUAL, HTTP inside or not', (t) => {
  const routed = route('net/r', 'a.com', `tcp: [${tcp('a')}]`);
  calls(t, scene(GROUND, server('443 TLS', 'a.com', 'SIMPLE'), routed), {
    [into('tls', 'a.com')]: A_TCP,
    [into('tls', 'A.com')]: A_TCP,
    [into('tls', 'b.com')]: 'none',
  });
  t.end();
});

t.test('T8.4 the target from tcp: the first fitting VirtualService with a rule that fits', (t) => {
  const on = (...routes: readonly string[]) => scene(GROUND, server('3306 TCP', '"*"'), ...routes);
  const call = into('tcp', 'x', 3306);
  calls(t, on(), { [call]: 'none' });
  calls(t, on(route('net/r', 'a.com', `tls: [${sni('a.com', 'a')}], http: [{route: ["a.com:80"]}]`)), {
    [call]: 'none',
  });
  calls(
    t,
    on(route('net/old @1', 'a.com', `tcp: [${tcp('a')}]`), route('net/young @2', 'b.com', `tcp: [${tcp('b')}]`)),
    { [call]: A_TCP },
  );
  calls(
    t,
    on(
      route('net/old @1', 'a.com', `tcp: [${tcp('a', 'port: 80')}]`),
      route('net/young @2', 'b.com', `tcp: [${tcp('b')}]`),
    ),
    { [call]: B_TCP },
  );
  calls(t, on(route('net/r', 'a.com', `tcp: [${tcp('a', 'port: 80')}, ${tcp('b', 'port: 3306')}]`)), { [call]: B_TCP });
  calls(t, on(route('net/r', 'a.com', `tcp: [${tcp('a', 'gateways: [mesh]')}]`)), { [call]: 'none' });
  calls(t, on(route('net/r', 'a.com', `tcp: [${tcp('a', 'gateways: [istio-system/egw]')}]`)), { [call]: A_TCP });
  t.end();
});

t.test('T8.4 matches here look at gateways and port only', (t) => {
  const where = scene(
    GROUND,
    server('3306 TCP', '"*"'),
    route(
      'net/r',
      'a.com',
      `tcp: [${tcp('a', 'sourceLabels: {app: never}, sourceNamespace: never, destinationSubnets: [203.0.113.0/24]')}]`,
    ),
  );
  calls(t, where, { [into('tcp', 'x', 3306)]: A_TCP });
  const tls = scene(
    GROUND,
    server('443 TLS', '"*"', 'PASSTHROUGH'),
    route('net/r', 'a.com', `tls: [${sni('a.com', 'a', ', sourceLabels: {app: never}, sourceNamespace: never')}]`),
  );
  calls(t, tls, { [into('tls', 'a.com')]: A });
  t.end();
});

t.test('T8.4, B2 TLS that is ended, with tls routes alone: no chain', (t) => {
  const where = scene(
    GROUND,
    server('443 TLS', 'a.com', 'ISTIO_MUTUAL'),
    route('net/r', 'a.com', `tls: [${sni('a.com', 'a')}]`),
  );
  calls(t, where, { [into('mtls-tcp', 'a.com')]: 'none' });
  t.end();
});

t.test('T8.4 PASSTHROUGH: the SNIs of each match; the server’s hosts do not limit them (B3)', (t) => {
  const on = (hosts: string, ...routes: readonly string[]) =>
    scene(GROUND, server('443 TLS', hosts, 'PASSTHROUGH'), ...routes);
  const wide = route('net/r', '"*.x.com"', `tls: [${sni('"*.x.com"', 'a')}]`);
  calls(t, on('www.x.com', wide), {
    [into('tls', 'www.x.com')]: A,
    [into('tls', 'api.x.com')]: A,
    [into('tls', 'x.com')]: 'none',
  });
  calls(t, on('other.com', wide), { [into('tls', 'www.x.com')]: 'none' });
  calls(t, on('"*"', route('net/r', 'a.com', `tls: [${sni('a.com', 'a', ', gateways: [mesh]')}]`)), {
    [into('tls', 'a.com')]: 'none',
  });
  calls(t, on('"*"', route('net/r', 'a.com', `tls: [${sni('a.com', 'a', ', port: 80')}]`)), {
    [into('tls', 'a.com')]: 'none',
  });
  calls(t, on('"*"', route('net/r', 'a.com', `tls: [${sni('a.com', 'a', ', port: 443')}]`)), {
    [into('tls', 'a.com')]: A,
  });
  t.end();
});

t.test('T8.4 the closest SNI takes the call, whatever the order', (t) => {
  const where = scene(
    GROUND,
    server('443 TLS', '"*"', 'PASSTHROUGH'),
    route('net/wide @1', '"*.com"', `tls: [${sni('"*.com"', 'a')}]`),
    route('net/exact @2', 'www.x.com', `tls: [${sni('WWW.x.com', 'b')}]`),
  );
  calls(t, where, { [into('tls', 'www.x.com')]: B, [into('tls', 'api.x.com')]: A, [into('tls', 'WWW.X.com')]: B });
  t.end();
});

t.test('T8.4, B4 a match any of whose SNIs is taken on the port is skipped, with all its others', (t) => {
  const where = scene(
    GROUND,
    server('443 TLS', '"*"', 'PASSTHROUGH'),
    route('net/first @1', 'x.com', `tls: [${sni('x.com', 'a')}]`),
    route('net/second @2', 'x.com, y.com', `tls: [${sni('x.com, y.com', 'b')}]`),
  );
  calls(t, where, { [into('tls', 'x.com')]: A, [into('tls', 'y.com')]: 'none' });
  const within = scene(
    GROUND,
    server('443 TLS', '"*"', 'PASSTHROUGH'),
    route(
      'net/r',
      'x.com, y.com',
      `tls: [${sni('x.com', 'a')}, {match: [{sniHosts: [x.com]}, {sniHosts: [y.com]}], route: ["b.com:443"]}]`,
    ),
  );
  calls(t, within, { [into('tls', 'x.com')]: A, [into('tls', 'y.com')]: B });
  t.end();
});

t.test('B4 an ended TLS server and a passed one stand side by side, the closest SNI decides', (t) => {
  const both = `Gateway istio-system/egw: {selector: {istio: egressgateway}, servers: [
    {port: {number: 443, name: one, protocol: TLS}, hosts: [x.com], tls: {mode: ISTIO_MUTUAL}},
    {port: {number: 443, name: two, protocol: TLS}, hosts: ["*.com"], tls: {mode: PASSTHROUGH}}]}\n`;
  const where = scene(
    GROUND,
    both,
    route('net/x', 'x.com', `tcp: [${tcp('a')}]`),
    route('net/y', '"*.com"', `tls: [${sni('"*.com"', 'b')}]`),
  );
  calls(t, where, { [into('mtls-tcp', 'x.com')]: A_TCP, [into('mtls-tcp', 'y.com')]: B, [into('tls', 'y.com')]: B });
  t.end();
});

t.test('T6.1 at a gateway a destination without a port: the sole port of the service, else the server’s', (t) => {
  const bare = (to: string) => route('net/r', 'x.com', `tcp: [{route: [${to}]}]`);
  const sole = 'ServiceEntry net/sole: {hosts: [sole.com], ports: [9000 TCP], resolution: DNS}\n';
  const open = server('3306 TCP', '"*"');
  calls(t, scene(GROUND, open, sole, bare('sole.com')), { [into('tcp', 'x', 3306)]: 'sole.com:9000 external' });
  calls(t, scene(GROUND, open, bare('a.com')), { [into('tcp', 'x', 3306)]: A_TCP });
  t.end();
});
