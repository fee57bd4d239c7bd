import t from 'tap';
import { calls, scene } from '../scene.js';

const entry = (title: string, spec: string) => `ServiceEntry ${title}: {resolution: DNS, ${spec}}\n`;

/** Who answers on a TCP port without addresses is the first service of the listener: the order can be seen there. */
const tcp = (title: string, host: string, exportTo = '["*"]') =>
  entry(title, `hosts: [${host}], ports: [3306 TCP], exportTo: ${exportTo}`);

t.test('T1.3 the order of services', (t) => {
  t.test('oldest first, then by host name, then by namespace', (t) => {
    calls(t, scene(tcp('x/young @2', 'a.com'), tcp('x/old @1', 'b.com')), { 'tcp any:3306': 'b.com:3306 external' });
    calls(t, scene(tcp('x/a @1', 'b.com'), tcp('x/b @1', 'a.com')), { 'tcp any:3306': 'a.com:3306 external' });
    t.end();
  });

  t.test('what is private or exported by name comes before what is public, whatever the age', (t) => {
    const older = tcp('x/old @1', 'public.com');
    calls(t, scene(older, tcp('app/own @2', 'own.com', '["."]')), { 'tcp any:3306': 'own.com:3306 external' });
    calls(t, scene(older, tcp('y/named @2', 'named.com', '[app]')), { 'tcp any:3306': 'named.com:3306 external' });
    calls(t, scene(older, tcp('app/public @2', 'mine.com')), { 'tcp any:3306': 'public.com:3306 external' });
    calls(t, scene(tcp('app/own @2', 'own.com', '["."]'), tcp('y/named @1', 'named.com', '[app]')), {
      'tcp any:3306': 'named.com:3306 external',
      'tcp any:3306 from shop': 'blackhole',
    });
    t.end();
  });
  t.end();
});

t.test('A2, T1.3 exportTo', (t) => {
  const exported = (exportTo: string, mesh = '{}') =>
    scene(entry('net/ext', `hosts: [ext.com], ports: [80 HTTP], exportTo: ${exportTo}`), `mesh: ${mesh}`);
  const to = (...namespaces: readonly string[]) =>
    Object.fromEntries(
      ['net', 'app', 'shop'].map((one) => [
        `http ext.com:80 from ${one}`,
        namespaces.includes(one) ? 'ext.com:80 external' : 'blackhole',
      ]),
    );
  calls(t, exported('["*"]'), to('net', 'app', 'shop'));
  calls(t, exported('["."]'), to('net'));
  calls(t, exported('[app]'), to('app'));
  calls(t, exported('[".", app]'), to('net', 'app'));
  calls(t, exported('[net]'), to('net'));
  calls(t, exported('[app, "*"]'), to('net', 'app', 'shop'));
  calls(t, exported('["~"]'), to());
  calls(t, exported('[]'), to('net', 'app', 'shop'));
  calls(t, exported('[]', '{defaultServiceExportTo: ["."]}'), to('net'));
  calls(t, exported('["*"]', '{defaultServiceExportTo: ["."]}'), to('net', 'app', 'shop'));
  t.end();
});

t.test('D11, T1.3 a Kubernetes Service is exported by its annotation', (t) => {
  const where = scene(`
Service net/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http, 3306 tcp], $annotations: {networking.istio.io/exportTo: "."}}
ServiceEntry app/ext: {hosts: [ext.com], ports: [80 HTTP], resolution: DNS}
VirtualService app/routes: {hosts: [ext.com], http: [{route: [web.net.svc.cluster.local:80]}]}
`);
  calls(t, where, {
    'http web:80 from net': 'web.net.svc.cluster.local:80 auto',
    'tcp web:3306 from net at 10.0.0.9': 'web.net.svc.cluster.local:3306 auto',
    'http web.net:80': 'blackhole',
    'tcp web:3306 at 10.0.0.9': 'blackhole',
    'http ext.com:80': 'web.net.svc.cluster.local:80 missing',
  });
  t.end();
});

t.test('T1.4, A4 one host in several namespaces', (t) => {
  const one = (title: string, port: string, more = '') => entry(title, `hosts: [ext.com], ports: [${port}]${more}`);

  t.test('the client’s own declarations hide all others, with all their ports', (t) => {
    const where = scene(one('net/old @1', '80 HTTP, 8080 HTTP'), one('app/own @2', '80 HTTP, 9000 HTTP'));
    calls(t, where, {
      'http ext.com:80': 'ext.com:80 external',
      'http ext.com:9000': 'ext.com:9000 external',
      'http ext.com:8080': 'blackhole',
      'http ext.com:8080 from shop': 'ext.com:8080 external',
      'http ext.com:9000 from shop': 'blackhole',
    });
    t.end();
  });

  t.test(
    'D9, H37 an own entry with another protocol hides the TLS one: its routes are those of another section',
    (t) => {
      const where = scene(
        one('net/old @1', '443 TLS'),
        one('app/own @2', '443 TCP'),
        'VirtualService net/r: {hosts: [ext.com], tls: [{match: [{sniHosts: [ext.com]}], route: [gone.com:1]}]}',
      );
      calls(t, where, {
        'tls ext.com:443': 'ext.com:443 external',
        'tls ext.com:443 from shop': 'gone.com:1 missing',
      });
      t.end();
    },
  );

  t.test('else the Kubernetes Service’s, be it younger', (t) => {
    const host = 'web.net.svc.cluster.local';
    const where = scene(
      entry('aaa/old @1', `hosts: [${host}], ports: [80 HTTP, 8080 HTTP], endpoints: [{address: evil.com}]`),
      'Service net/web @2: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http]}',
    );
    calls(t, where, {
      [`http ${host}:80`]: `${host}:80 auto`,
      [`http ${host}:8080`]: 'blackhole',
      [`http ${host}:8080 from aaa`]: `${host}:8080 external`,
    });
    t.end();
  });

  t.test('else that of the first in the order of T1.3: exported by name before an older public one', (t) => {
    const where = scene(one('old/public @1', '80 HTTP'), one('new/named @2', '8080 HTTP', ', exportTo: [app]'));
    calls(t, where, {
      'http ext.com:8080': 'ext.com:8080 external',
      'http ext.com:80': 'blackhole',
      'http ext.com:80 from shop': 'ext.com:80 external',
    });
    t.end();
  });

  t.test('a Sidecar that does not import it lets another namespace’s count', (t) => {
    const where = scene(
      one('old/public @1', '80 HTTP'),
      one('new/public @2', '8080 HTTP'),
      "Sidecar app/default: {egress: [{hosts: ['new/*']}]}",
    );
    calls(t, where, { 'http ext.com:8080': 'ext.com:8080 external', 'http ext.com:80': 'blackhole' });
    t.end();
  });
  t.end();
});

t.test('T1.4 several declarations of one namespace', (t) => {
  const one = (title: string, spec: string) => `ServiceEntry net/${title}: {hosts: [ext.com], ${spec}}\n`;
  const dns = (title: string, port: string, more = '') => one(title, `resolution: DNS, ports: [${port}]${more}`);

  t.test('a later one adds its ports where resolution, labels and exportTo are equal', (t) => {
    calls(t, scene(dns('a @1', '80 HTTP'), dns('b @2', '8080 HTTP')), {
      'http ext.com:80': 'ext.com:80 external',
      'http ext.com:8080': 'ext.com:8080 external',
    });
    t.end();
  });

  t.test('else its ports have a listener and no cluster', (t) => {
    const missing = { 'http ext.com:80': 'ext.com:80 external', 'http ext.com:8080': 'ext.com:8080 missing' };
    const first = dns('a @1', '80 HTTP', ', exportTo: ["*"], $labels: {team: x}');
    for (const more of [
      ', exportTo: ["*"]',
      ', exportTo: ["*"], $labels: {team: y}',
      ', exportTo: [".", "*"], $labels: {team: x}',
    ]) {
      calls(t, scene(first, dns('b @2', '8080 HTTP', more)), missing);
    }
    const otherwise = one('b @2', 'resolution: NONE, ports: [8080 HTTP], exportTo: ["*"], $labels: {team: x}');
    calls(t, scene(first, otherwise), missing);
    const same = dns('b @2', '8080 HTTP', ', exportTo: ["*"], $labels: {team: x}');
    calls(t, scene(first, same), { 'http ext.com:8080': 'ext.com:8080 external' });
    t.end();
  });

  t.test('a Kubernetes Service takes the place of an earlier entry', (t) => {
    const host = 'web.net.svc.cluster.local';
    const where = scene(`
ServiceEntry net/web @1: {hosts: [${host}], resolution: DNS, ports: [80 HTTP, 8080 HTTP], endpoints: [{address: evil.com}]}
Service net/web @2: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http]}
`);
    calls(t, where, { [`http ${host}:80`]: `${host}:80 auto`, [`http ${host}:8080`]: `${host}:8080 missing` });
    t.end();
  });

  t.test('of two with the same port the route’s protocol is the later one’s, the cluster the first one’s', (t) => {
    const where = scene(dns('a @1', '80 HTTP'), dns('b @2', '80 TCP'));
    calls(t, where, { 'tcp ext.com:80': 'ext.com:80 external', 'http ext.com:80': 'blackhole' });
    t.end();
  });
  t.end();
});

t.test('D2 the location says nothing of the way', (t) => {
  const where = scene(entry('net/in', 'hosts: [ext.com], ports: [80 HTTP], location: MESH_INTERNAL'));
  calls(t, where, { 'http ext.com:80': 'ext.com:80 external auto' });
  t.end();
});
