import t from 'tap';
import { calls, GATEWAY_SERVICE, scene } from '../scene.js';

const GROUND = `
${GATEWAY_SERVICE}
ServiceEntry net/ext: {hosts: [a.com, b.com, c.com], ports: [80 HTTP, 443 TLS], resolution: DNS}
Gateway istio-system/egw: {selector: {istio: egressgateway}, servers: [{port: 80 HTTP, hosts: ["*"]}]}
`;
const route = (title: string, hosts: string, rules: string, more = '') =>
  `VirtualService ${title}: {hosts: [${hosts}], gateways: [istio-system/egw], http: [${rules}]${more}}\n`;
const to = (name: string, match = '') => `{${match === '' ? '' : `match: [{${match}}], `}route: ["${name}.com:80"]}`;
const http = (host: string) => `http ${host}:80 into istio-system/istio-egressgateway`;
const out = (...names: readonly string[]) => names.map((name) => `${name}.com:80 external`).join(' | ');

t.test('T8.6 404 where nobody has the domain, none of its routes is kept, or some request fits none', (t) => {
  calls(t, scene(GROUND), { [http('x.com')]: '404' });
  calls(t, scene(GROUND, route('net/r', 'x.com', to('a', 'port: 81'))), { [http('x.com')]: '404' });
  calls(t, scene(GROUND, route('net/r', 'x.com', to('a', 'uri: {prefix: /a}'))), {
    [http('x.com')]: `${out('a')} | 404`,
  });
  calls(t, scene(GROUND, route('net/r', 'x.com', to('a'))), {
    [http('x.com')]: out('a'),
    [http('X.com')]: out('a'),
    [http('y.com')]: '404',
  });
  t.end();
});

t.test(
  'T8.6, T5.4 routes are kept by this Gateway, the server’s port and the gateway pod’s labels and namespace',
  (t) => {
    const kept = (match: string) => scene(GROUND, route('net/r', 'x.com', to('a', match)));
    for (const match of [
      'gateways: [istio-system/egw]',
      'gateways: [egw.istio-system]',
      'port: 80',
      'sourceLabels: {istio: egressgateway}',
      'sourceNamespace: istio-system',
    ]) {
      calls(t, kept(match), { [http('x.com')]: out('a') });
    }
    for (const match of [
      'gateways: [mesh]',
      'gateways: [net/egw]',
      'port: 8080',
      'sourceLabels: {app: web}',
      'sourceNamespace: net',
    ]) {
      calls(t, kept(match), { [http('x.com')]: '404' });
    }
    t.end();
  },
);

t.test('T8.6 a domain is the narrower of the VirtualService’s host and the server’s', (t) => {
  const served = (hosts: string) =>
    scene(
      GROUND,
      `Gateway istio-system/egw: {selector: {istio: egressgateway}, servers: [{port: 80 HTTP, hosts: [${hosts}]}]}\n`,
      route('net/r', '"*.x.com"', to('a')),
    );
  calls(t, served('"*"'), { [http('a.x.com')]: out('a'), [http('x.com')]: '404' });
  calls(t, served('a.x.com'), { [http('a.x.com')]: out('a'), [http('b.x.com')]: '404' });
  calls(t, served('"*.com"'), { [http('b.x.com')]: out('a') });
  calls(t, served('b.y.com'), { [http('b.y.com')]: '404' });
  t.end();
});

t.test('T8.6, B4 the same domain again: routes are appended in order, those that take all last', (t) => {
  const first = route('net/first @1', 'x.com', `${to('a', 'uri: {prefix: /a}')}, ${to('a', 'port: 80')}`);
  const second = route('net/second @2', 'x.com', `${to('b', 'uri: {prefix: /b}')}, ${to('c')}`);
  calls(t, scene(GROUND, first, second), { [http('x.com')]: out('a', 'b') });
  calls(t, scene(GROUND, first.replace('@1', '@3'), second), { [http('x.com')]: out('a', 'b', 'c') });
  t.end();
});

t.test('B4, B5, H41 the older wins the second hop, a private one of the gateway’s namespace before it', (t) => {
  const pair = route('net/pair @2', 'x.com', to('a'));
  calls(t, scene(GROUND, pair, route('net/young @3', 'x.com', to('b'))), { [http('x.com')]: out('a') });
  calls(t, scene(GROUND, pair, route('net/old @1', 'x.com', to('b'))), { [http('x.com')]: out('b') });
  calls(t, scene(GROUND, pair, route('istio-system/own @3', 'x.com', to('b'), ', exportTo: ["."]')), {
    [http('x.com')]: out('b'),
  });
  calls(t, scene(GROUND, pair, route('net/named @3', 'x.com', to('b'), ', exportTo: [istio-system]')), {
    [http('x.com')]: out('b'),
  });
  t.end();
});

t.test('B4, H41 a more specific domain takes the call alone', (t) => {
  const wide = route('net/wide @1', '"*.com"', to('a'));
  const exact = (rules: string) => route('net/exact @2', 'x.com', rules);
  calls(t, scene(GROUND, wide, exact(to('b'))), { [http('x.com')]: out('b'), [http('y.com')]: out('a') });
  calls(t, scene(GROUND, wide, exact(to('b', 'uri: {prefix: /b}'))), { [http('x.com')]: `${out('b')} | 404` });
  const narrow = route('net/narrow @3', '"*.x.com"', to('c'));
  calls(t, scene(GROUND, wide, narrow), { [http('a.x.com')]: out('c') });
  t.end();
});

t.test('B4 an exact one without surviving rules leaves the wildcard’s domain', (t) => {
  const where = scene(GROUND, route('net/wide', '"*.com"', to('a')), route('net/exact', 'x.com', to('b', 'port: 81')));
  calls(t, where, { [http('x.com')]: out('a') });
  t.end();
});

t.test(
  'T8.6 all HTTP servers of a port answer together; the same VirtualService once for each of its Gateways',
  (t) => {
    const more =
      'Gateway net/more @9: {selector: {istio: egressgateway}, servers: [{port: {number: 80, name: more, protocol: HTTP}, hosts: [x.com]}]}\n';
    const both =
      'VirtualService net/r: {hosts: [x.com], gateways: [istio-system/egw, net/more], http: [{match: [{gateways: [net/more]}], route: ["b.com:80"]}, {match: [{gateways: [istio-system/egw], uri: {prefix: /a}}], route: ["a.com:80"]}]}\n';
    calls(t, scene(GROUND, more, both), { [http('x.com')]: out('a', 'b') });
    t.end();
  },
);

t.test('T8.6 each HTTPS server alone', (t) => {
  const where = scene(
    GROUND,
    `Gateway istio-system/egw: {selector: {istio: egressgateway}, servers: [
      {port: {number: 443, name: one, protocol: HTTPS}, hosts: [x.com], tls: {mode: ISTIO_MUTUAL}},
      {port: {number: 443, name: two, protocol: HTTPS}, hosts: [y.com], tls: {mode: ISTIO_MUTUAL}}]}\n`,
    route('net/x', 'x.com', to('a')),
    route('net/y', 'y.com', to('b')),
  );
  calls(t, where, {
    'mtls-http x.com:443 into istio-system/istio-egressgateway': out('a'),
    'mtls-http y.com:443 into istio-system/istio-egressgateway': out('b'),
    'mtls-http z.com:443 into istio-system/istio-egressgateway': 'none',
  });
  t.end();
});

t.test('T8.6 httpsRedirect: 301 for its domains and for the server’s hosts', (t) => {
  const redirecting = (hosts: string, protocol = 'HTTP') =>
    `Gateway istio-system/egw: {selector: {istio: egressgateway}, servers: [{port: 80 ${protocol}, hosts: [${hosts}], tls: {httpsRedirect: true}}]}\n`;
  calls(t, scene(GROUND, redirecting('x.com')), { [http('x.com')]: '301', [http('y.com')]: '404' });
  calls(t, scene(GROUND, redirecting('"*"'), route('net/r', 'x.com', to('a'))), { [http('x.com')]: '301' });
  const plain =
    'Gateway net/more @9: {selector: {istio: egressgateway}, servers: [{port: {number: 80, name: more, protocol: HTTP}, hosts: [x.com]}]}\n';
  const bound = 'VirtualService net/r: {hosts: [x.com], gateways: [net/more], http: [{route: ["a.com:80"]}]}\n';
  calls(t, scene(GROUND, redirecting('"*.com"'), plain, bound), { [http('x.com')]: out('a'), [http('y.com')]: '301' });
  t.end();
});

t.test('T8.7, B6 the services of a gateway: no Sidecar, no own namespace first', (t) => {
  const own = 'ServiceEntry istio-system/own @9: {hosts: [a.com], ports: [81 HTTP], resolution: DNS}\n';
  calls(t, scene(GROUND, own, route('net/r', 'x.com', to('a'))), { [http('x.com')]: out('a') });
  calls(t, scene(GROUND, own.replace('@9', '@0'), route('net/r', 'x.com', to('a'))), {
    [http('x.com')]: 'a.com:80 missing',
  });
  const hidden = GROUND.replace('resolution: DNS}', 'resolution: DNS, exportTo: ["."]}');
  calls(t, scene(hidden, route('net/r', 'x.com', to('a'))), { [http('x.com')]: 'a.com:80 missing' });
  const exported = GROUND.replace('resolution: DNS}', 'resolution: DNS, exportTo: [istio-system]}');
  calls(t, scene(exported, route('net/r', 'x.com', to('a'))), { [http('x.com')]: out('a') });
  t.end();
});

t.test('T8.7 the sole port of a destination: of the VirtualService’s own namespace’s service, if visible', (t) => {
  const bare = '{route: ["a.com"]}';
  const sole = 'ServiceEntry shop/own @9: {hosts: [a.com], ports: [8080 HTTP], resolution: DNS}\n';
  calls(t, scene(GROUND, sole, route('shop/r', 'x.com', bare)), { [http('x.com')]: 'a.com:8080 missing' });
  calls(t, scene(GROUND, sole, route('net/r', 'x.com', bare)), { [http('x.com')]: out('a') });
  const hidden = sole.replace('resolution: DNS', 'resolution: DNS, exportTo: ["."]');
  calls(t, scene(GROUND, hidden, route('shop/r', 'x.com', bare)), { [http('x.com')]: out('a') });
  t.end();
});

t.test(
  'A3 at a gateway the annotation puts a public one of its namespace first, and nothing in it is expanded',
  (t) => {
    const derived = ', $annotations: {internal.istio.io/route-semantics: gateway}';
    const pair = route('net/pair @1', 'x.com', to('a'));
    calls(t, scene(GROUND, pair, route('istio-system/own @3', 'x.com', to('b'), derived)), {
      [http('x.com')]: out('b'),
    });
    calls(t, scene(GROUND, pair, route('net/far @3', 'x.com', to('b'), derived)), { [http('x.com')]: out('a') });
    const privately = route('istio-system/a @2', 'x.com', to('a'), ', exportTo: ["."]');
    calls(t, scene(GROUND, privately, route('istio-system/own @3', 'x.com', to('b'), `${derived}, exportTo: ["."]`)), {
      [http('x.com')]: out('a'),
    });
    const short = `VirtualService istio-system/own: {hosts: [x.com], gateways: [egw], http: [${to('b')}]${derived}}\n`;
    calls(t, scene(GROUND, short), { [http('x.com')]: '404' });
    t.end();
  },
);
