import t from 'tap';
import { DEFAULT_MESH } from '../../../src/mesh/kinds/mesh-config.js';
import { MeshWorld } from '../../../src/mesh/world/mesh-world.js';
import { isOutside } from '../../../src/routing/destination/dial.js';
import { calls, GATEWAY_SERVICE, scene } from '../scene.js';

const entry = (title: string, spec: string) => `ServiceEntry ${title}: {hosts: [ext.com], ${spec}}\n`;
const http = (title: string, spec: string) => entry(title, `ports: [80 HTTP], ${spec}`);
const OUT = { 'http ext.com:80': 'ext.com:80 external' };
const IN = { 'http ext.com:80': 'ext.com:80' };

t.test('D4 what is outside the mesh', (t) => {
  const world = new MeshWorld({ ...DEFAULT_MESH, internalCIDRs: ['10.0.0.0/8', 'fc00::/7'] });
  for (const address of [
    '203.0.113.9',
    '11.0.0.1',
    '2001:db8::1',
    'e.com',
    'svc.cluster.local',
    'a.svc.cluster.local.evil.com',
    '010.0.0.1',
  ]) {
    t.ok(isOutside(world, address), address);
  }
  for (const address of [
    '10.1.2.3',
    '::ffff:10.0.0.1',
    'fd00::1',
    'web.shop.svc.cluster.local',
    'WEB.shop.SVC.cluster.local',
    'unix:///run/socket',
    '',
  ]) {
    t.notOk(isOutside(world, address), address);
  }
  t.end();
});

t.test('T6.3 DNS: names and IPs alike, the host itself where there are no endpoints', (t) => {
  for (const resolution of ['DNS', 'DNS_ROUND_ROBIN']) {
    const dns = (more = '') => scene(http('net/ext', `resolution: ${resolution}${more}`));
    calls(t, dns(), OUT);
    calls(t, dns(', endpoints: [{address: 203.0.113.9}]'), OUT);
    calls(t, dns(', endpoints: [{address: other.com}]'), OUT);
    calls(t, dns(', endpoints: [{address: 10.1.2.3}]'), IN);
    calls(t, dns(', endpoints: [{address: web.shop.svc.cluster.local}]'), IN);
    calls(t, dns(', endpoints: [{address: unix:///run/socket}]'), IN);
  }
  calls(t, scene(http('net/ext', 'resolution: DNS, endpoints: [{address: 10.1.2.3}, {address: other.com}]')), OUT);
  t.end();
});

t.test('D4, H31 an internal-looking name whose endpoint is another host goes out', (t) => {
  const where = scene(
    'ServiceEntry app/cache: {hosts: [cache.app.internal], location: MESH_INTERNAL, resolution: DNS, ports: [80 HTTP], endpoints: [{address: ext.com}]}',
  );
  calls(t, where, { 'http cache.app.internal:80': 'cache.app.internal:80 external auto' });
  t.end();
});

t.test(
  'T6.3 DNS: of all declarations of the host in its namespace with the same port number, whatever else they say',
  (t) => {
    const inside = http('net/ext @1', 'resolution: DNS, endpoints: [{address: 10.1.2.3}]');
    const more = (title: string, port: string, rest: string) => entry(`${title} @2`, `ports: [${port}], ${rest}`);
    const static_ = 'resolution: STATIC, endpoints: [{address: 203.0.113.9}]';
    calls(t, scene(inside, more('net/more', '80 TCP', `${static_}, exportTo: ["~"]`)), OUT);
    calls(t, scene(inside, more('net/more', '80 HTTP', 'resolution: DNS, exportTo: ["~"]')), OUT);
    calls(t, scene(inside, more('net/more', '81 HTTP', `${static_}, exportTo: ["~"]`)), IN);
    calls(t, scene(inside, more('old/more', '80 HTTP', `${static_}, exportTo: ["~"]`)), IN);
    t.end();
  },
);

t.test('T6.3 a second DNS_ROUND_ROBIN on a number that is taken adds nothing', (t) => {
  const robin = (title: string, address: string, more = '') =>
    http(title, `resolution: DNS_ROUND_ROBIN, endpoints: [{address: ${address}}]${more}`);
  calls(t, scene(robin('net/a @1', '10.1.2.3'), robin('net/b @2', 'other.com', ', exportTo: ["~"]')), IN);
  calls(t, scene(robin('net/a @2', '10.1.2.3'), robin('net/b @1', 'other.com', ', exportTo: ["~"]')), OUT);
  calls(t, scene(robin('net/a @1', '10.1.2.3'), http('net/b @2', 'resolution: DNS, exportTo: ["~"]')), OUT);
  t.end();
});

t.test('T6.3 STATIC: IPs alone, of all declarations whose port has the same name', (t) => {
  const fixed = (more: string) => http('net/ext @1', `resolution: STATIC${more}`);
  calls(t, scene(fixed(', endpoints: [{address: 203.0.113.9}]')), OUT);
  calls(t, scene(fixed(', endpoints: [{address: 10.1.2.3}]')), IN);
  calls(t, scene(fixed('')), IN);
  calls(t, scene(fixed(', endpoints: [{address: other.com}]')), IN);
  calls(t, scene(fixed(', endpoints: [{address: unix:///run/socket}]')), IN);
  const more = (port: string, rest: string) => entry('net/more @2', `ports: [${port}], exportTo: ["~"], ${rest}`);
  const named = '{number: 9999, name: http-80, protocol: TCP}';
  calls(t, scene(fixed(''), more(named, 'resolution: STATIC, endpoints: [{address: 203.0.113.9}]')), OUT);
  calls(t, scene(fixed(''), more(named, 'resolution: DNS, endpoints: [{address: 203.0.113.9}]')), OUT);
  calls(t, scene(fixed(''), more(named, 'resolution: DNS')), IN);
  calls(
    t,
    scene(
      fixed(''),
      more('{number: 80, name: other, protocol: HTTP}', 'resolution: STATIC, endpoints: [{address: 203.0.113.9}]'),
    ),
    IN,
  );
  t.end();
});

t.test('T6.3 NONE, headless and PASSTHROUGH on a sidecar: the original destination', (t) => {
  calls(t, scene(http('net/ext', 'resolution: NONE')), OUT);
  calls(t, scene('Service app/pods: {clusterIP: None, selector: {app: x}, ports: [80 http]}'), {
    'http pods:80': 'pods.app.svc.cluster.local:80 external',
  });
  calls(
    t,
    scene(
      http('net/ext', 'resolution: STATIC, endpoints: [{address: 10.1.2.3}]'),
      'DestinationRule net/ext: {host: ext.com, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}\n',
    ),
    OUT,
  );
  t.end();
});

t.test('T6.3, B6 NONE at a gateway: no endpoints, unless a namesake of its namespace has IPs', (t) => {
  const gateway = `
${GATEWAY_SERVICE}
Gateway istio-system/egw: {selector: {istio: egressgateway}, servers: [{port: 80 HTTP, hosts: ["*"]}]}
VirtualService net/r: {hosts: [ext.com], gateways: [istio-system/egw], http: [{route: ["ext.com:80"]}]}
`;
  const into = 'http ext.com:80 into istio-system/istio-egressgateway';
  const none = http('net/ext @1', 'resolution: NONE');
  calls(t, scene(gateway, none), { [into]: 'ext.com:80' });
  const twin = (rest: string) => http('net/twin @2', `${rest}, exportTo: ["~"]`);
  calls(t, scene(gateway, none, twin('resolution: STATIC, endpoints: [{address: 203.0.113.9}]')), {
    [into]: 'ext.com:80 external',
  });
  calls(t, scene(gateway, none, twin('resolution: DNS, endpoints: [{address: 203.0.113.9}]')), {
    [into]: 'ext.com:80 external',
  });
  calls(t, scene(gateway, none, twin('resolution: DNS')), { [into]: 'ext.com:80' });
  calls(t, scene(gateway, http('net/ext', 'resolution: STATIC')), { [into]: 'ext.com:80' });
  calls(t, scene(gateway, http('net/ext', 'resolution: DYNAMIC_DNS').replace('ext.com', '"*.ext.com"')), {
    [into]: 'ext.com:80 missing',
  });
  t.end();
});

t.test('D7, H34 an entry in the gateway’s namespace adds its IPs to the gateway, by the name of the port', (t) => {
  const routed = `
ServiceEntry app/in: {hosts: [in.com], ports: [80 HTTP], resolution: DNS}
VirtualService app/r: {hosts: [in.com], http: [{route: ["EGW:80"]}]}
`;
  const merged = (namespace: string, spec: string) =>
    scene(GATEWAY_SERVICE, routed, `ServiceEntry ${namespace}/shadow: {hosts: [EGW], ${spec}}\n`);
  const endpoints = 'endpoints: [{address: 203.0.113.9}]';
  const named = 'ports: [{number: 9999, name: http2, protocol: TCP}]';
  const stolen = { 'http in.com:80': 'EGW:80 external auto -> (none)' };
  const safe = { 'http in.com:80': 'EGW:80 auto -> (none)' };
  calls(t, merged('istio-system', `${named}, resolution: STATIC, ${endpoints}`), stolen);
  calls(t, merged('istio-system', `${named}, resolution: DNS, ${endpoints}, exportTo: ["~"]`), stolen);
  calls(t, merged('istio-system', `${named}, resolution: DNS, endpoints: [{address: evil.com}]`), safe);
  calls(t, merged('istio-system', `ports: [80 HTTP], resolution: STATIC, ${endpoints}`), safe);
  calls(t, merged('net', `${named}, resolution: STATIC, ${endpoints}`), safe);
  t.end();
});

t.test('D6, H33 an entry for the gateway’s name in the client’s namespace takes its place there', (t) => {
  const where = scene(`
${GATEWAY_SERVICE}
ServiceEntry app/in: {hosts: [in.com], ports: [80 HTTP], resolution: DNS}
VirtualService app/r: {hosts: [in.com], http: [{route: ["EGW:80"]}]}
ServiceEntry app/shadow: {hosts: [EGW], ports: [80 HTTP], resolution: STATIC, endpoints: [{address: 203.0.113.9}]}
`);
  calls(t, where, {
    'http in.com:80': 'EGW:80 external -> (none)',
    'http in.com:80 from shop': 'EGW:80 auto -> (none)',
  });
  t.end();
});

t.test('D8, H35 a WorkloadEntry joins what selects its labels, in its own namespace', (t) => {
  const service = 'Service app/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http]}\n';
  const workload = (title: string, labels: string, address = '203.0.113.9') =>
    `WorkloadEntry ${title}: {address: ${address}, labels: ${labels}}\n`;
  const stolen = { 'http web:80': 'web.app.svc.cluster.local:80 external auto' };
  const safe = { 'http web:80': 'web.app.svc.cluster.local:80 auto' };
  calls(t, scene(service, workload('app/vm', '{app: web, v: "1"}')), stolen);
  calls(t, scene(service, workload('app/vm', '{app: api}')), safe);
  calls(t, scene(service, workload('net/vm', '{app: web}')), safe);
  calls(t, scene(service, workload('app/vm', '{app: web}', '10.1.2.3')), safe);
  const selecting = http('net/ext', 'resolution: STATIC, workloadSelector: {labels: {app: vm}}');
  calls(t, scene(selecting, workload('net/vm', '{app: vm}')), OUT);
  calls(t, scene(selecting, workload('app/vm', '{app: vm}')), IN);
  const bare = 'Service app/web: {clusterIP: 10.0.0.9, ports: [80 http]}\n';
  calls(t, scene(bare, workload('app/vm', '{app: web}')), safe);
  const labels = 'WorkloadEntry app/vm: {address: 203.0.113.9, $labels: {app: web}}\n';
  calls(t, scene(service, labels), stolen);
  t.end();
});

t.test('D8, H35 with a subset it can be the only endpoint', (t) => {
  const where = scene(
    'Service app/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http]}\n',
    'WorkloadEntry app/in: {address: 10.1.2.3, labels: {app: web, x: z}}\n',
    'WorkloadEntry app/out: {address: 203.0.113.9, labels: {app: web, x: y}}\n',
    'DestinationRule app/web: {host: web, subsets: [{name: z, labels: {x: z}}, {name: y, labels: {x: y}}]}\n',
    'ServiceEntry app/ext: {hosts: [z.com, y.com], ports: [80 HTTP], resolution: DNS}\n',
    'VirtualService app/z: {hosts: [z.com], http: [{route: ["web:80/z"]}]}\n',
    'VirtualService app/y: {hosts: [y.com], http: [{route: ["web:80/y"]}]}\n',
  );
  calls(t, where, {
    'http z.com:80': 'web.app.svc.cluster.local:80/z auto',
    'http y.com:80': 'web.app.svc.cluster.local:80/y external auto',
  });
  t.end();
});

t.test('T6.3, D4, H38 a targetPort or an endpoint’s port changes the dialled port only', (t) => {
  const where = scene(
    'ServiceEntry app/ext: {hosts: [ext.com], resolution: DNS, ports: [{number: 80, name: h, protocol: HTTP, targetPort: 443}], endpoints: [{address: ext.com, ports: {h: 8443}}]}',
  );
  calls(t, where, { ...OUT, 'http ext.com:443': 'blackhole' });
  t.end();
});

t.test('DYNAMIC_DNS is a forward proxy’s choice', (t) => {
  calls(t, scene('ServiceEntry app/ext: {hosts: ["*.ext.com"], resolution: DYNAMIC_DNS, ports: [80 HTTP]}'), {
    'http www.ext.com:80': '*.ext.com:80 external',
  });
  t.end();
});
