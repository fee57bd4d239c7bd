import t from 'tap';
import { calls, scene } from '../scene.js';

/** A client whose Sidecar imports `in.com` and the routes, and not the services that these send to. */
const CLIENT = `
ServiceEntry app/in: {hosts: [in.com], ports: [80 HTTP, 8080 HTTP, 443 TLS, 3306 TCP], resolution: DNS}
Sidecar app/default: {egress: [{hosts: ['./in.com']}]}
`;
const out = (title: string, spec = 'ports: [80 HTTP, 81 HTTP], resolution: DNS') =>
  `ServiceEntry ${title}: {hosts: [out.com], ${spec}}\n`;
const routes = (spec: string) => `VirtualService app/r: {hosts: [in.com], ${spec}}\n`;
const FOUND = { 'http in.com:80': 'out.com:80 external' };

t.test('T6.2 a sidecar also gets clusters for destinations that it did not import', (t) => {
  t.test('they get no listener and no virtual host', (t) => {
    calls(t, scene(CLIENT, out('net/out'), routes('http: [{route: ["out.com:80"]}]')), {
      ...FOUND,
      'http out.com:80': 'blackhole',
      'http out.com:81': 'blackhole',
    });
    t.end();
  });

  t.test('of any section of a VirtualService that it sees, whichever is used', (t) => {
    for (const spec of [
      'http: [{route: ["out.com:80"]}]',
      'http: [{route: [in.com], mirror: "out.com:80"}]',
      'http: [{route: [in.com]}], tls: [{match: [{sniHosts: [in.com]}], route: ["out.com:80"]}]',
      'http: [{route: [in.com]}], tcp: [{route: ["out.com:80"]}]',
    ]) {
      const user = 'VirtualService app/user @1: {hosts: [in.com], http: [{route: ["out.com:80"]}]}\n';
      calls(t, scene(CLIENT, out('net/out'), user, routes(spec).replace('app/r', 'app/r @2')), FOUND);
    }
    const unseen = 'VirtualService net/r: {hosts: [in.com], http: [{route: ["out.com:80"]}]}\n';
    const proxied =
      'Sidecar app/default: {egress: [{hosts: ["./in.com"]}], outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: out.com, port: {number: 80}}}}\n';
    calls(t, scene(CLIENT, out('net/out'), unseen, proxied), { 'http un.known:80': 'out.com:80 missing' });
    calls(t, scene(CLIENT, out('net/out'), routes('http: [{route: ["out.com:80"]}]'), proxied), {
      'http un.known:80': 'out.com:80 external',
    });
    t.end();
  });

  t.test('only the ports that the VirtualService names for the host, all if it names none', (t) => {
    const proxied = (port: number) =>
      `Sidecar app/default: {egress: [{hosts: ["./in.com"]}], outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: out.com, port: {number: ${port}}}}}\n`;
    const asked = (port: number, spec: string, expected: string) => {
      calls(t, scene(CLIENT, out('net/out'), routes(spec), proxied(port)), { 'http un.known:80': expected });
    };
    asked(80, 'http: [{route: ["out.com:80"]}]', 'out.com:80 external');
    asked(81, 'http: [{route: ["out.com:80"]}]', 'out.com:81 missing');
    asked(81, 'http: [{route: [out.com]}]', 'out.com:81 external');
    asked(82, 'http: [{route: [out.com]}]', 'out.com:82 missing');
    asked(81, 'http: [{route: ["out.com:80 * 50", "out.com:81 * 50"]}]', 'out.com:81 external');
    t.end();
  });

  t.test('HTTP rules for another sourceNamespace do not count; other conditions do not matter', (t) => {
    const proxied =
      'Sidecar app/default: {egress: [{hosts: ["./in.com"]}], outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: out.com, port: {number: 80}}}}\n';
    const asked = (match: string, expected: string) => {
      calls(t, scene(CLIENT, out('net/out'), routes(`http: [{match: [${match}], route: ["out.com:80"]}]`), proxied), {
        'http un.known:80': expected,
      });
    };
    asked('{sourceNamespace: shop}', 'out.com:80 missing');
    asked('{sourceNamespace: app}', 'out.com:80 external');
    asked('{sourceNamespace: shop}, {port: 9}', 'out.com:80 external');
    asked('{sourceLabels: {v: "9"}, port: 9}', 'out.com:80 external');
    const tls = routes('tls: [{match: [{sniHosts: [in.com], sourceNamespace: shop}], route: ["out.com:80"]}]');
    calls(t, scene(CLIENT, out('net/out'), tls, proxied), { 'http un.known:80': 'out.com:80 external' });
    t.end();
  });

  t.test('from the client’s namespace, hidden or not, else Kubernetes, else the oldest visible', (t) => {
    const http = routes('http: [{route: ["out.com:80"]}]');
    const young = out('net/young @2');
    calls(t, scene(CLIENT, http, young, out('old/old @1', 'ports: [81 HTTP], resolution: DNS')), {
      'http in.com:80': 'out.com:80 missing',
    });
    calls(
      t,
      scene(CLIENT, http, young, out('old/old @1', 'ports: [81 HTTP], resolution: DNS, exportTo: ["."]')),
      FOUND,
    );
    calls(t, scene(CLIENT, http, young, out('app/own @3', 'ports: [81 HTTP], resolution: DNS, exportTo: ["~"]')), {
      'http in.com:80': 'out.com:80 missing',
    });
    const service = 'Service net/web @3: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http]}\n';
    const shadow =
      'ServiceEntry aaa/web @1: {hosts: [web.net.svc.cluster.local], ports: [80 HTTP], resolution: DNS, endpoints: [{address: evil.com}]}\n';
    calls(t, scene(CLIENT, service, shadow, routes('http: [{route: ["web.net.svc.cluster.local:80"]}]')), {
      'http in.com:80': 'web.net.svc.cluster.local:80 auto',
    });
    t.end();
  });

  t.test('of a delegate too, for its root', (t) => {
    const where = scene(
      CLIENT,
      out('net/out'),
      routes('http: [{delegate: {name: part}}]'),
      'VirtualService app/part: {http: [{route: ["out.com:80"]}]}\n',
    );
    calls(t, where, FOUND);
    t.end();
  });

  t.test('what is imported with fewer ports gets those that are named, where both declarations would merge', (t) => {
    const ported = 'Sidecar app/default: {egress: [{port: 80 HTTP, hosts: ["./in.com", "net/*"]}]}\n';
    const http = routes('http: [{route: ["out.com:81"]}]');
    calls(t, scene(CLIENT, ported, http, out('net/out')), { 'http in.com:80': 'out.com:81 external' });
    const other = out('app/own @9', 'ports: [81 HTTP], resolution: DNS, $labels: {x: y}');
    calls(t, scene(CLIENT, ported, http, out('net/out'), other), { 'http in.com:80': 'out.com:81 missing' });
    t.end();
  });

  t.test('an alias never gives a cluster of its own name', (t) => {
    const alias = 'Service net/alias: {type: ExternalName, externalName: un.known, ports: [80 http]}\n';
    calls(t, scene(CLIENT, alias, routes('http: [{route: ["alias.net.svc.cluster.local:80"]}]')), {
      'http in.com:80': 'alias.net.svc.cluster.local:80 missing',
    });
    t.end();
  });
  t.end();
});

t.test('T6.1 TLS and TCP destinations that are not imported: the sole port of the hidden service', (t) => {
  const where = scene(
    CLIENT,
    out('net/out', 'ports: [9443 TLS], resolution: DNS'),
    routes('tls: [{match: [{sniHosts: [in.com]}], route: [out.com]}]'),
  );
  calls(t, where, { 'tls in.com:443': 'out.com:9443 external' });
  t.end();
});
