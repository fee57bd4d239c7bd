import t from 'tap';
import { calls, scene } from '../scene.js';

/** Where the routes of each rival send a call can be told apart by a destination that does not exist. */
const to = (name: string) =>
  `http: [{route: [${name}.test:1]}], tls: [{match: [{sniHosts: [ext.com]}], route: [${name}.test:1]}]`;
const goes = (name: string) => ({
  'http ext.com:80': `${name}.test:1 missing`,
  'tls ext.com:443': `${name}.test:1 missing`,
});

const GROUND = `
ServiceEntry app/ext @1: {hosts: [ext.com], ports: [80 HTTP, 443 TLS], resolution: DNS}
`;
const DIRECT = { 'http ext.com:80': 'ext.com:80 external', 'tls ext.com:443': 'ext.com:443 external' };

const route = (title: string, name: string, more = '') =>
  `VirtualService ${title}: {hosts: [ext.com], ${to(name)}${more}}\n`;

t.test('A1 which VirtualServices a sidecar obeys', (t) => {
  calls(t, scene(GROUND, route('app/r', 'r')), goes('r'));
  calls(t, scene(GROUND, route('app/r', 'r', ', gateways: [mesh]')), goes('r'));
  calls(t, scene(GROUND, route('app/r', 'r', ', gateways: [istio-system/egw, mesh]')), goes('r'));
  calls(t, scene(GROUND, route('app/r', 'r', ', gateways: [istio-system/egw]')), DIRECT);
  t.end();
});

t.test('A1, H12 a match may narrow what spec.gateways lists, never widen it', (t) => {
  const where = scene(
    GROUND,
    'VirtualService app/r: {hosts: [ext.com], gateways: [istio-system/egw], http: [{match: [{gateways: [mesh]}], route: [r.test:1]}]}',
  );
  calls(t, where, DIRECT);
  t.end();
});

t.test('A2, H20 a VirtualService that is not exported to the client leaves the entry direct', (t) => {
  const only = (exportTo: string) => scene(GROUND, route('net/r', 'r', `, exportTo: ${exportTo}`));
  calls(t, only('["."]'), DIRECT);
  calls(t, only('[shop]'), DIRECT);
  calls(t, only('[app]'), goes('r'));
  calls(t, only('["*"]'), goes('r'));
  calls(t, only('[shop, "*"]'), goes('r'));
  const standard = 'mesh: {defaultVirtualServiceExportTo: ["."]}';
  calls(t, scene(GROUND, standard, route('net/r', 'r')), DIRECT);
  calls(t, scene(GROUND, standard, route('app/r', 'r')), goes('r'));
  t.end();
});

t.test('T1.5, A3 the order: private, exported by name, public; oldest first in each', (t) => {
  const rivals: Readonly<Record<string, readonly [string, string]>> = {
    'older public before younger public, H19': [route('x/a @2', 'old'), route('app/b @3', 'young')],
    'a public one of the client’s own namespace has no advantage': [route('x/a @2', 'old'), route('app/b @1', 'older')],
    'private before an older public one, H18': [
      route('x/a @2', 'public'),
      route('app/b @3', 'own', ', exportTo: ["."]'),
    ],
    'its own namespace by name is private': [route('x/a @2', 'public'), route('app/b @3', 'own', ', exportTo: [app]')],
    'exported by name before an older public one': [
      route('x/a @2', 'public'),
      route('y/b @3', 'named', ', exportTo: [app]'),
    ],
    'private before an older one exported by name': [
      route('y/b @2', 'named', ', exportTo: [app]'),
      route('app/b @3', 'own', ', exportTo: ["."]'),
    ],
    'by name where the age is the same': [route('x/b @2', 'b'), route('y/a @2', 'a')],
    'then by namespace': [route('y/a @2', 'y'), route('x/a @2', 'x')],
  };
  const winners = ['old', 'older', 'own', 'own', 'named', 'own', 'a', 'x'];
  Object.entries(rivals).forEach(([title, worlds], index) => {
    t.test(title, (t) => {
      calls(t, scene(GROUND, ...worlds), goes(winners[index]!));
      t.end();
    });
  });
  t.end();
});

t.test('T1.5, H23 through a Sidecar only what it imports counts', (t) => {
  const sidecar = "Sidecar app/default: {egress: [{hosts: ['app/ext.com']}]}";
  calls(t, scene(GROUND, route('net/r', 'r'), sidecar), DIRECT);
  calls(t, scene(GROUND, route('app/r', 'r'), sidecar), goes('r'));
  t.end();
});

t.test('A3 the annotation internal.istio.io/route-semantics: gateway', (t) => {
  const semantics = (value: string) => `, $annotations: {internal.istio.io/route-semantics: ${value}}`;
  const derived = semantics('gateway');

  t.test('H22 in the client’s namespace it goes first in its class, all sections', (t) => {
    const older = route('x/a @1', 'old');
    calls(t, scene(GROUND, older, route('app/b @2', 'derived', derived)), goes('derived'));
    const own = route('app/own @1', 'own', ', exportTo: ["."]');
    calls(t, scene(GROUND, own, route('app/b @2', 'derived', derived)), goes('own'));
    calls(t, scene(GROUND, own, route('app/b @2', 'derived', `${derived}, exportTo: ["."]`)), goes('derived'));
    t.end();
  });

  t.test('elsewhere it has its age, and with HTTP counts only for a service of its own namespace', (t) => {
    calls(t, scene(GROUND, route('x/b @2', 'derived', derived)), {
      'http ext.com:80': 'ext.com:80 external',
      'tls ext.com:443': 'derived.test:1 missing',
    });
    calls(t, scene(GROUND, route('x/a @1', 'old'), route('y/b @2', 'derived', derived)), goes('old'));
    const from = (namespace: string) => ({ [`http ext.com:80 from ${namespace}`]: 'derived.test:1 missing' });
    calls(t, scene(GROUND, route('app/b @2', 'derived', derived)), { ...from('app'), ...from('shop') });
    t.end();
  });

  t.test(
    'in the client’s own namespace it counts for a registered host of any namespace, then for all its hosts',
    (t) => {
      const net = 'ServiceEntry net/ext @1: {hosts: [ext.com], ports: [80 HTTP], resolution: DNS}\n';
      calls(t, scene(net, route('app/b', 'derived', derived)), {
        'http ext.com:80': 'derived.test:1 missing',
        'http ext.com:80 from shop': 'ext.com:80 external',
      });
      const two = (host: string) =>
        `VirtualService app/b: {hosts: [${host}, loose.com], http: [{route: [derived.test:1]}]${derived}}\n`;
      calls(t, scene(net, two('ext.com')), { 'http loose.com:80': 'derived.test:1 missing' });
      calls(t, scene(net, two('other.com')), { 'http loose.com:80': 'blackhole', 'http other.com:80': 'blackhole' });
      t.end();
    },
  );

  t.test('its wildcards claim no service, yet own it against a wider plain one', (t) => {
    const wild = (title: string, host: string, name: string, more = '') =>
      `VirtualService ${title}: {hosts: ["${host}", ext.com], http: [{route: [${name}.test:1]}]${more}}\n`;
    const entry = 'ServiceEntry app/www @1: {hosts: [www.ext.com, ext.com], ports: [80 HTTP], resolution: DNS}\n';
    const plain = 'VirtualService app/wide: {hosts: ["*.com"], http: [{route: [plain.test:1]}]}\n';
    calls(t, scene(entry, plain), { 'http www.ext.com:80': 'plain.test:1 missing' });
    calls(t, scene(entry, plain, wild('app/b', '*.ext.com', 'derived', derived)), {
      'http www.ext.com:80': 'www.ext.com:80 external',
      'http ext.com:80': 'derived.test:1 missing',
      'http api.ext.com:80': 'derived.test:1 missing',
    });
    t.end();
  });

  t.test('TLS and TCP know no such limits: wildcards of any namespace too', (t) => {
    const tls = `tls: [{match: [{sniHosts: ["*.com"]}], route: [derived.test:1]}], tcp: [{route: [derived.test:1]}]`;
    const where = scene(
      'ServiceEntry app/ext @1: {hosts: [ext.com], ports: [443 TLS, 3306 TCP], resolution: DNS}\n',
      `VirtualService x/b: {hosts: ["*.com"], ${tls}${derived}}\n`,
    );
    calls(t, where, { 'tls ext.com:443': 'derived.test:1 missing', 'tcp ext.com:3306': 'derived.test:1 missing' });
    t.end();
  });

  t.test('nothing in it is expanded: hosts, destinations, delegates', (t) => {
    const where = scene(`
Service app/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http]}
ServiceEntry app/ext @1: {hosts: [ext.com], ports: [80 HTTP], resolution: DNS}
VirtualService app/short: {hosts: [web, ext.com], http: [{route: [web:80]}]${derived}}
`);
    calls(t, where, { 'http ext.com:80': 'web:80 missing', 'http web.app:80': 'web.app.svc.cluster.local:80 auto' });
    const delegating = scene(
      GROUND,
      `
VirtualService app/root: {hosts: [ext.com], http: [{delegate: {name: part}}]${derived}}
VirtualService app/part: {http: [{route: [part.test:1]}]}
`,
    );
    calls(t, delegating, { 'http ext.com:80': '' });
    t.end();
  });

  t.test('a Sidecar imports it by containment', (t) => {
    const through = (host: string) => `Sidecar app/default: {egress: [{hosts: ['app/*', '${host}']}]}`;
    const wild = `VirtualService net/b: {hosts: ["*.com"], tls: [{match: [{sniHosts: [ext.com]}], route: [derived.test:1]}]${derived}}\n`;
    calls(t, scene(GROUND, wild, through('net/ext.com')), { 'tls ext.com:443': 'ext.com:443 external' });
    calls(t, scene(GROUND, wild, through('net/*.com')), { 'tls ext.com:443': 'derived.test:1 missing' });
    const plain = wild.replace(derived, '');
    calls(t, scene(GROUND, plain, through('net/ext.com')), { 'tls ext.com:443': 'derived.test:1 missing' });
    t.end();
  });

  t.test('`ingress` instead leaves delegates unmerged and everything else as usual', (t) => {
    const ingress = semantics('ingress');
    calls(t, scene(GROUND, route('x/a @1', 'old'), route('app/b @2', 'young', ingress)), goes('old'));
    const where = scene(
      GROUND,
      `
VirtualService app/root: {hosts: [ext.com], http: [{delegate: {name: part}}]${ingress}}
VirtualService app/part: {http: [{route: [part.test:1]}]}
`,
    );
    calls(t, where, { 'http ext.com:80': '' });
    t.end();
  });
  t.end();
});
