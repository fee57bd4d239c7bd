import t from 'tap';
import { calls, GATEWAY_SERVICE, scene } from '../scene.js';

const EXT = 'ServiceEntry net/ext @1: {hosts: [ext.com], ports: [80 HTTP, 443 TLS, 3306 TCP], resolution: DNS}\n';
const alias = (title: string, target: string, ports = '80 http') =>
  `Service ${title}: {type: ExternalName, externalName: ${target}, ports: [${ports}]}\n`;
const DIRECT = 'ext.com:80 external';

t.test('T5.5, A10 an ExternalName Service is one more name for its target', (t) => {
  t.test('with all its short forms, whatever its namespace, exportTo and ports', (t) => {
    const where = scene(EXT, alias('app/outside', 'ext.com', '9000 tcp'));
    calls(t, where, {
      'http outside:80': DIRECT,
      'http outside:80 from shop': 'blackhole',
      'http outside.app:80 from shop': DIRECT,
      'http outside.app.svc:80 from shop': DIRECT,
      'http outside.app.svc.cluster.local:80 from shop': DIRECT,
      'http outside.app:9000': 'blackhole',
    });
    const hidden = alias('app/outside', 'ext.com').replace(
      'ports:',
      '$annotations: {networking.istio.io/exportTo: "~"}, ports:',
    );
    calls(t, scene(EXT, hidden), { 'http outside.app:80 from shop': DIRECT });
    t.end();
  });

  t.test('through others, and not in a circle', (t) => {
    const where = scene(EXT, alias('app/one', 'two.app.svc.cluster.local'), alias('app/two', 'ext.com'));
    calls(t, where, { 'http one.app:80': DIRECT, 'http two.app:80': DIRECT });
    const circle = scene(
      EXT,
      alias('app/one', 'two.app.svc.cluster.local'),
      alias('app/two', 'one.app.svc.cluster.local'),
    );
    calls(t, circle, { 'http one.app:80': 'blackhole' });
    calls(t, scene(EXT, alias('app/self', 'self.app.svc.cluster.local')), { 'http self.app:80': 'blackhole' });
    t.end();
  });

  t.test('a target that is not registered: the outbound policy', (t) => {
    calls(t, scene(alias('app/outside', 'un.known')), { 'http outside:80': 'blackhole' });
    calls(t, scene(alias('app/outside', 'un.known'), 'mesh: {outboundTrafficPolicy: ALLOW_ANY}'), {
      'http outside:80': 'passthrough',
    });
    t.end();
  });

  t.test('it takes the routes of its target', (t) => {
    const routed = 'VirtualService net/r: {hosts: [ext.com], http: [{route: [r.test:1]}]}\n';
    calls(t, scene(EXT, alias('app/outside', 'ext.com'), routed), { 'http outside.app:80': 'r.test:1 missing' });
    t.end();
  });

  t.test('a VirtualService for the alias itself works too', { todo: 'it is not claimed' }, (t) => {
    const own = 'VirtualService app/own: {hosts: [outside], http: [{route: [own.test:1]}]}\n';
    calls(t, scene(EXT, alias('app/outside', 'ext.com'), own), {
      'http outside:80': 'own.test:1 missing',
      'http outside.app:80 from shop': 'own.test:1 missing',
      'http outside.app.svc.cluster.local:80': 'own.test:1 missing',
      'http ext.com:80': DIRECT,
    });
    const wide = 'VirtualService app/wide: {hosts: ["*.svc.cluster.local"], http: [{route: [own.test:1]}]}\n';
    calls(t, scene(EXT, alias('app/outside', 'ext.com'), wide), { 'http outside.app:80': 'own.test:1 missing' });
    t.end();
  });

  t.test('with TLS only its target’s own chain: where that has routes, an alias is nobody’s', (t) => {
    calls(t, scene(EXT, alias('app/outside', 'ext.com')), {
      'tls outside:443': 'ext.com:443 external',
      'tls outside.app:443 from shop': 'ext.com:443 external',
      'tls outside:443 from shop': 'blackhole',
      'tls outside.app.svc:443': 'ext.com:443 external',
      'tls outside.app.svc.cluster.local:443': 'ext.com:443 external',
    });
    const routed =
      'VirtualService net/r: {hosts: [ext.com], tls: [{match: [{sniHosts: [ext.com]}], route: [r.test:1]}]}\n';
    calls(t, scene(EXT, alias('app/outside', 'ext.com'), routed), { 'tls outside.app:443': 'blackhole' });
    t.end();
  });

  t.test('with a Sidecar only where the hosts that import the target cover the alias too', (t) => {
    const through = (...hosts: readonly string[]) =>
      scene(
        EXT,
        alias('app/outside', 'ext.com'),
        `Sidecar app/default: {egress: [{hosts: [${hosts.map((host) => `'${host}'`).join(', ')}]}]}`,
      );
    const seen = { 'http outside.app:80': DIRECT, 'tls outside.app:443': 'ext.com:443 external' };
    const hidden = { 'http outside.app:80': 'blackhole', 'tls outside.app:443': 'blackhole' };
    calls(t, through('net/*'), seen);
    calls(t, through('*/*'), seen);
    calls(t, through('net/ext.com', 'net/outside.app.svc.cluster.local'), seen);
    calls(t, through('net/ext.com'), hidden);
    calls(t, through('net/ext.com', '*/outside.app.svc.cluster.local'), hidden);
    calls(t, through('*/ext.com', 'net/outside.app.svc.cluster.local'), hidden);
    calls(t, through('*/ext.com', '*/outside.app.svc.cluster.local'), seen);
    t.end();
  });
  t.end();
});

t.test('T6.1, A10 as a destination it becomes the external name', (t) => {
  const routed = (ports: string, section: string) =>
    scene(
      EXT,
      'ServiceEntry app/in: {hosts: [in.com], ports: [80 HTTP, 443 TLS, 3306 TCP], resolution: DNS}\n',
      alias('app/outside', 'ext.com', ports),
      `VirtualService app/r: {hosts: [in.com], ${section}}\n`,
    );
  const http = 'http: [{route: [outside]}]';
  calls(t, routed('80 http', http), { 'http in.com:80': DIRECT });
  t.test('with HTTP only if it lists the port that is dialled, with TLS and TCP always', (t) => {
    calls(t, routed('81 http', http), { 'http in.com:80': 'outside.app.svc.cluster.local:80 missing' });
    const tls = 'tls: [{match: [{sniHosts: [in.com]}], route: ["outside:443"]}]';
    calls(t, routed('9000 x', tls), { 'tls in.com:443': 'ext.com:443 external' });
    calls(t, routed('9000 x', 'tcp: [{route: ["outside:3306"]}]'), { 'tcp x:3306': 'ext.com:3306 external' });
    t.end();
  });
  t.end();
});

t.test('H17 a short destination is a Service beside its VirtualService, and may stand for something else', (t) => {
  const where = scene(
    GATEWAY_SERVICE,
    EXT,
    alias('app/istio-egressgateway', 'ext.com'),
    'ServiceEntry app/in: {hosts: [in.com], ports: [80 HTTP], resolution: DNS}\n',
    'VirtualService app/short: {hosts: [in.com], http: [{route: ["istio-egressgateway:80"]}]}\n',
  );
  calls(t, where, { 'http in.com:80': DIRECT });
  t.end();
});

t.test('A10 the name counts, not its look', (t) => {
  const host = 'istio-egressgateway.app.svc.cluster.local';
  const where = scene(
    EXT,
    alias('app/istio-egressgateway', 'ext.com'),
    `VirtualService app/r: {hosts: [in.com], http: [{route: ["${host}:80"]}]}\n`,
    'ServiceEntry app/in: {hosts: [in.com], ports: [80 HTTP], resolution: DNS}\n',
  );
  calls(t, where, { 'http in.com:80': DIRECT });
  t.end();
});

t.test('A10 at the gateway the Host is still the alias', (t) => {
  const where = scene(
    GATEWAY_SERVICE,
    EXT,
    alias('app/outside', 'ext.com'),
    'Gateway istio-system/egw: {selector: {istio: egressgateway}, servers: [{port: 80 HTTP, hosts: ["*"]}]}\n',
    'VirtualService net/r: {hosts: [ext.com], gateways: [mesh, istio-system/egw], http: [{match: [{gateways: [mesh]}], route: [EGW:80]}, {route: [ext.com:80]}]}\n',
  );
  calls(t, where, {
    'http ext.com:80': 'EGW:80 auto -> (ext.com:80 external)',
    'http outside.app:80': 'EGW:80 auto -> (404)',
  });
  t.end();
});
