import t from 'tap';
import { calls, GATEWAY_SERVICE, scene } from './scene.js';

/* Istio's egress tutorials as they are written, and the mistakes that their readers make. */

const CNN = 'edition.cnn.com';
const ENTRY = `
ServiceEntry app/cnn: {hosts: [${CNN}], ports: [80 HTTP, 443 HTTPS], resolution: DNS}
`;
const RULE = 'DestinationRule app/egress: {host: EGW, subsets: [{name: cnn}]}\n';
const gateway = (server: string) => `Gateway app/egw: {selector: {istio: egressgateway}, servers: [${server}]}\n`;
const routes = (spec: string) => `VirtualService app/cnn: {hosts: [${CNN}], gateways: [egw, mesh], ${spec}}\n`;
const http = (mesh: string, out: string) =>
  `http: [{match: [{gateways: [mesh], port: 80}], route: ["${mesh} * 100"]}, {match: [{gateways: [egw], port: 80}], route: ["${out} * 100"]}]`;
const HTTP = `http ${CNN}:80`;
const TLS = `tls ${CNN}:443`;

const PLAIN = scene(
  GATEWAY_SERVICE,
  ENTRY,
  RULE,
  gateway(`{port: 80 HTTP, hosts: [${CNN}]}`),
  routes(http('EGW:80/cnn', `${CNN}:80`)),
);

t.test('F1 plain HTTP: port 443 stays direct, and from other namespaces the subset is missing', (t) => {
  calls(t, PLAIN, {
    [HTTP]: `EGW:80/cnn auto -> (${CNN}:80 external)`,
    [TLS]: `${CNN}:443 external`,
    [`${HTTP} from shop`]: 'EGW:80/cnn missing',
  });
  const shared = scene(
    GATEWAY_SERVICE,
    ENTRY,
    RULE.replace('app/', 'istio-system/'),
    gateway(`{port: 80 HTTP, hosts: [${CNN}]}`),
    routes(http('EGW:80/cnn', `${CNN}:80`)),
  );
  calls(t, shared, { [`${HTTP} from shop`]: `EGW:80/cnn auto -> (${CNN}:80 external)` });
  t.end();
});

t.test('F2 HTTPS passed through: port 80 stays direct', (t) => {
  const where = scene(
    GATEWAY_SERVICE,
    ENTRY.replace('HTTPS', 'TLS'),
    RULE,
    gateway(`{port: 443 TLS, hosts: [${CNN}], tls: {mode: PASSTHROUGH}}`),
    routes(
      `tls: [{match: [{gateways: [mesh], port: 443, sniHosts: [${CNN}]}], route: ["EGW:443/cnn"]}, {match: [{gateways: [egw], port: 443, sniHosts: [${CNN}]}], route: ["${CNN}:443"]}]`,
    ),
  );
  calls(t, where, { [TLS]: `EGW:443/cnn auto -> (${CNN}:443 external)`, [HTTP]: `${CNN}:80 external` });
  t.end();
});

t.test('F3 TLS originated by the gateway, on port 80', (t) => {
  const where = scene(
    GATEWAY_SERVICE,
    ENTRY,
    `DestinationRule app/egress: {host: EGW, subsets: [{name: cnn, trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL, sni: ${CNN}}}]}}]}\n`,
    `DestinationRule app/originate: {host: ${CNN}, trafficPolicy: {portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]}}\n`,
    gateway(`{port: 80 HTTPS, hosts: [${CNN}], tls: {mode: ISTIO_MUTUAL}}`),
    routes(http('EGW:80/cnn', `${CNN}:443`)),
  );
  calls(t, where, {
    [HTTP]: `EGW:80/cnn istio-mutual sni=${CNN} -> (${CNN}:443 external simple)`,
    // The origination is also the sidecar's that dials the host: TLS in TLS (C7).
    [TLS]: `${CNN}:443 external simple`,
  });
  t.end();
});

t.test('F4 mutual TLS originated by the gateway, on port 443', (t) => {
  const where = scene(
    GATEWAY_SERVICE,
    ENTRY,
    `DestinationRule app/egress: {host: EGW, subsets: [{name: cnn, trafficPolicy: {portLevelSettings: [{port: {number: 443}, tls: {mode: ISTIO_MUTUAL, sni: ${CNN}}}]}}]}\n`,
    `DestinationRule istio-system/originate: {host: ${CNN}, trafficPolicy: {tls: {mode: MUTUAL, credentialName: c, sni: ${CNN}}}}\n`,
    gateway(`{port: 443 HTTPS, hosts: [${CNN}], tls: {mode: ISTIO_MUTUAL}}`),
    routes(
      `http: [{match: [{gateways: [mesh], port: 80}], route: ["EGW:443/cnn"]}, {match: [{gateways: [egw], port: 443}], route: ["${CNN}:443"]}]`,
    ),
  );
  calls(t, where, { [HTTP]: `EGW:443/cnn istio-mutual sni=${CNN} -> (${CNN}:443 external mutual sni=${CNN})` });
  t.end();
});

t.test('F5 a wildcard whose names one server answers for', (t) => {
  const where = scene(
    GATEWAY_SERVICE,
    `ServiceEntry app/wild: {hosts: ["*.wikipedia.org"], ports: [443 HTTPS], resolution: NONE}\n`,
    `ServiceEntry app/www: {hosts: [www.wikipedia.org], ports: [443 HTTPS], resolution: DNS}\n`,
    'DestinationRule app/egress: {host: EGW, subsets: [{name: wiki}]}\n',
    'Gateway app/egw: {selector: {istio: egressgateway}, servers: [{port: 443 HTTPS, hosts: ["*.wikipedia.org"], tls: {mode: PASSTHROUGH}}]}\n',
    'VirtualService app/wiki: {hosts: ["*.wikipedia.org"], gateways: [mesh, egw], tls: [{match: [{gateways: [mesh], port: 443, sniHosts: ["*.wikipedia.org"]}], route: ["EGW:443/wiki"]}, {match: [{gateways: [egw], port: 443, sniHosts: ["*.wikipedia.org"]}], route: ["www.wikipedia.org:443"]}]}\n',
  );
  for (const host of ['en.wikipedia.org', 'www.wikipedia.org']) {
    calls(t, where, { [`tls ${host}:443`]: 'EGW:443/wiki auto -> (www.wikipedia.org:443 external)' });
  }
  t.end();
});

t.test('F9 an ExternalName Service needs its target registered where the mesh is REGISTRY_ONLY', (t) => {
  const alias = `Service app/cnn: {type: ExternalName, externalName: ${CNN}, ports: [80 http]}\n`;
  calls(t, scene(alias), { 'http cnn:80': 'blackhole' });
  calls(t, scene(alias, ENTRY), { 'http cnn:80': `${CNN}:80 external` });
  t.end();
});

t.test('G what readers do wrong', (t) => {
  const right = (changed: string) =>
    scene(
      GATEWAY_SERVICE,
      ENTRY,
      RULE,
      gateway(`{port: 80 HTTP, hosts: [${CNN}]}`),
      routes(http('EGW:80/cnn', `${CNN}:80`)),
      changed,
    );
  const missing = { [HTTP]: 'EGW:80/cnn missing' };

  t.test('1 the subset’s rule is where nobody looks, or hidden by an own one', (t) => {
    calls(
      t,
      right('DestinationRule app/egress: null\nDestinationRule other/egress: {host: EGW, subsets: [{name: cnn}]}'),
      missing,
    );
    calls(
      t,
      right('DestinationRule app/egress: {host: "*.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}'),
      missing,
    );
    t.end();
  });
  t.test('2 the subset is never defined', (t) => {
    calls(t, right('DestinationRule app/egress: {host: EGW, subsets: [{name: ccn}]}'), missing);
    t.end();
  });
  t.test('3 the entry has more ports than the routes', (t) => {
    calls(t, PLAIN, { [TLS]: `${CNN}:443 external` });
    t.end();
  });
  t.test('4 http routes for an HTTPS port', (t) => {
    calls(t, right(routes(`http: [{match: [{gateways: [mesh], port: 443}], route: ["EGW:443/cnn"]}]`)), {
      [TLS]: `${CNN}:443 external`,
    });
    t.end();
  });
  t.test('5 sourceLabels or port eliminate all rules: direct, not 404', (t) => {
    calls(t, right(routes('http: [{match: [{sourceLabels: {app: web}}], route: ["EGW:80/cnn"]}]')), {
      [HTTP]: `${CNN}:80 external`,
    });
    t.end();
  });
  t.test('6 the app dials an address: Host and SNI still count', (t) => {
    calls(t, PLAIN, {
      [`${HTTP} at 203.0.113.7`]: `EGW:80/cnn auto -> (${CNN}:80 external)`,
      'tcp x:5432 at 203.0.113.7': 'blackhole',
    });
    t.end();
  });
  t.test('7 ALLOW_ANY is not blocked by a Sidecar’s hosts', (t) => {
    calls(
      t,
      right("mesh: {outboundTrafficPolicy: ALLOW_ANY}\nSidecar app/default: {egress: [{hosts: ['istio-system/*']}]}"),
      { [HTTP]: 'passthrough' },
    );
    t.end();
  });
  t.test('9 resolution NONE: the gateway has nothing to dial', (t) => {
    calls(t, right(`ServiceEntry app/cnn: {hosts: [${CNN}], ports: [80 HTTP], resolution: NONE}`), {
      [HTTP]: `EGW:80/cnn auto -> (${CNN}:80)`,
    });
    t.end();
  });
  t.test('12 the gateway’s half lacks gateways: both proxies use the first rule', (t) => {
    calls(t, right(routes(`http: [{route: ["EGW:80/cnn"]}, {match: [{gateways: [egw]}], route: ["${CNN}:80"]}]`)), {
      [HTTP]: 'EGW:80/cnn auto -> (EGW:80/cnn missing)',
    });
    t.end();
  });
  t.test('15 two TCP hosts on one port of the gateway: all to the first', (t) => {
    const tcp = (name: string, age: number) =>
      `ServiceEntry app/${name}: {hosts: [${name}.com], addresses: [203.0.113.${age}], ports: [3306 TCP], resolution: DNS}\nVirtualService app/${name} @${age}: {hosts: [${name}.com], gateways: [mesh, egw], tcp: [{match: [{gateways: [mesh]}], route: ["EGW:3306"]}, {match: [{gateways: [egw]}], route: ["${name}.com:3306"]}]}\n`;
    const where = scene(GATEWAY_SERVICE, gateway('{port: 3306 TCP, hosts: ["*"]}'), tcp('one', 1), tcp('two', 2));
    calls(t, where, {
      'tcp x:3306 at 203.0.113.1': 'EGW:3306 auto -> (one.com:3306 external)',
      'tcp x:3306 at 203.0.113.2': 'EGW:3306 auto -> (one.com:3306 external)',
    });
    t.end();
  });
  t.test('17 exportTo too narrow for the gateway', (t) => {
    calls(t, right(routes(`exportTo: ["."], ${http('EGW:80/cnn', `${CNN}:80`)}`)), {
      [HTTP]: 'EGW:80/cnn auto -> (404)',
    });
    calls(t, right(`ServiceEntry app/cnn: {hosts: [${CNN}], ports: [80 HTTP], resolution: DNS, exportTo: ["."]}`), {
      [HTTP]: `EGW:80/cnn auto -> (${CNN}:80 missing)`,
    });
    t.end();
  });
  t.test('18 a Host with a port', (t) => {
    calls(t, PLAIN, { [`http ${CNN}:80:80`]: `EGW:80/cnn auto -> (${CNN}:80 external)` });
    t.end();
  });
  t.test('19 the Service has no such port: nothing listens there', (t) => {
    const where = right(`${gateway(`{port: 8888 HTTP, hosts: [${CNN}]}`)}${routes(http('EGW:8888/cnn', `${CNN}:80`))}`);
    calls(t, where, { [HTTP]: 'EGW:8888/cnn missing' });
    t.end();
  });
  t.test('20 the Gateway selects other pods', (t) => {
    calls(t, right(gateway(`{port: 80 HTTP, hosts: [${CNN}]}`).replace('egressgateway', 'egress')), {
      [HTTP]: 'EGW:80/cnn auto -> (none)',
    });
    t.end();
  });
  t.end();
});
