import t from 'tap';
import { calls, GATEWAY_SERVICE, scene } from '../scene.js';

/** What arrives at the gateway can be told by the server that takes it. */
const GROUND = `
${GATEWAY_SERVICE}
ServiceEntry app/in: {hosts: [in.com, other.com], ports: [80 HTTP, 443 TLS, 3306 TCP], resolution: DNS}
`;
const servers = (list: string) => `Gateway istio-system/egw: {selector: {istio: egressgateway}, servers: [${list}]}\n`;
const HTTP = servers('{port: 80 HTTP, hosts: ["*"]}');
const behind = (host: string, section = `http: [{route: ["${host}:80"]}]`) =>
  `VirtualService net/out: {hosts: [${host}], gateways: [istio-system/egw], ${section}}\n`;
const http = (rule: string) => `VirtualService app/r: {hosts: [in.com], http: [${rule}]}\n`;
const subset = (tls: string) =>
  `DestinationRule istio-system/egress: {host: EGW, subsets: [{name: s, trafficPolicy: {tls: ${tls}}}]}\n`;

t.test('T7 the hop follows a cluster of the gateway that is not missing', (t) => {
  const where = scene(GROUND, HTTP, behind('in.com'), http('{route: ["EGW:80"]}'));
  calls(t, where, { 'http in.com:80': 'EGW:80 auto -> (in.com:80 external)' });
  calls(t, scene(GROUND, HTTP, behind('in.com'), http('{route: ["EGW:80/never"]}')), {
    'http in.com:80': 'EGW:80/never missing',
  });
  const mirrored = http('{route: ["in.com:80"], mirror: "EGW:80"}');
  calls(t, scene(GROUND, HTTP, behind('in.com'), mirrored), {
    'http in.com:80': 'in.com:80 external | EGW:80 mirror auto -> (in.com:80 external)',
  });
  t.end();
});

t.test('T7 whatever it dials, and by the port of the Service: none where that has no such port', (t) => {
  const pass =
    'DestinationRule istio-system/egress: {host: EGW, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}\n';
  calls(t, scene(GROUND, HTTP, behind('in.com'), pass, http('{route: ["EGW:80"]}')), {
    'http in.com:80': 'EGW:80 external -> (in.com:80 external)',
  });
  const shadow =
    'ServiceEntry app/shadow: {hosts: [EGW], ports: [81 HTTP], resolution: STATIC, endpoints: [{address: 203.0.113.9}]}\n';
  calls(t, scene(GROUND, HTTP, behind('in.com'), shadow, http('{route: ["EGW:81"]}')), {
    'http in.com:80': 'EGW:81 external -> (none)',
  });
  t.end();
});

t.test('T7 only Services that are egress gateways have a hop', (t) => {
  const other =
    'Service istio-system/other: {clusterIP: 10.96.0.11, selector: {istio: ingressgateway}, ports: [80 http]}\n';
  calls(t, scene(GROUND, HTTP, other, http('{route: ["other.istio-system.svc.cluster.local:80"]}')), {
    'http in.com:80': 'other.istio-system.svc.cluster.local:80 auto',
  });
  t.end();
});

t.test(
  'T7, A6.7, H42 the Host there: rewrite.authority, else the Host of the rule’s headers, else of its sole destination',
  (t) => {
    const found = (rule: string) =>
      scene(GROUND, HTTP, behind('in.com'), behind('other.com').replace('net/out', 'net/other'), http(rule));
    const kept = { 'http in.com:80': 'EGW:80 auto -> (in.com:80 external)' };
    const changed = { 'http in.com:80': 'EGW:80 auto -> (other.com:80 external)' };
    calls(t, found('{route: ["EGW:80"]}'), kept);
    calls(t, found('{route: ["EGW:80"], rewrite: {uri: /x}}'), kept);
    calls(t, found('{route: ["EGW:80"], rewrite: {authority: other.com}}'), changed);
    calls(t, found('{route: ["EGW:80"], rewrite: {authority: "OTHER.com:8080"}}'), changed);
    for (const headers of [
      'set: {Host: other.com}',
      'add: {host: other.com}',
      'set: {":authority": other.com}',
      'set: {HOST: other.com}, add: {host: never.com}',
    ]) {
      calls(t, found(`{route: ["EGW:80"], headers: {request: {${headers}}}}`), changed);
    }
    calls(t, found('{route: ["EGW:80"], headers: {request: {set: {x-host: other.com}}}}'), kept);
    const sole = (more: string) =>
      `{route: [{destination: {host: EGW, port: {number: 80}}, headers: {request: {set: {Host: other.com}}}}${more}]}`;
    calls(t, found(sole('')), changed);
    const weighted =
      '{route: [{destination: {host: EGW, port: {number: 80}}, weight: 50, headers: {request: {set: {Host: other.com}}}}, "EGW:80 * 50"]}';
    calls(t, found(weighted), {
      'http in.com:80': 'EGW:80 auto -> (in.com:80 external) | EGW:80 auto -> (other.com:80 external)',
    });
    calls(t, found('{route: ["in.com:80"], mirror: "EGW:80", rewrite: {authority: other.com}}'), {
      'http in.com:80': 'in.com:80 external | EGW:80 mirror auto -> (other.com:80 external)',
    });
    t.end();
  },
);

t.test('T7 how it is wrapped: by the TLS of the cluster', (t) => {
  const wrapped = (tls: string, list: string, more = behind('in.com')) =>
    scene(GROUND, servers(list), more, subset(tls), http('{route: ["EGW:443/s"]}'));
  const simple = '{port: 443 HTTPS, hosts: [in.com], tls: {mode: SIMPLE, credentialName: c}}';
  const mutual = '{port: 443 HTTPS, hosts: [in.com], tls: {mode: ISTIO_MUTUAL}}';
  const plain = '{port: 443 HTTP, hosts: [in.com]}';

  calls(t, wrapped('{mode: DISABLE}', plain), { 'http in.com:80': 'EGW:443/s -> (in.com:80 external)' });
  calls(t, wrapped('{mode: DISABLE}', simple), { 'http in.com:80': 'EGW:443/s -> (none)' });
  calls(t, wrapped('{mode: SIMPLE, sni: in.com}', simple), {
    'http in.com:80': 'EGW:443/s simple sni=in.com -> (in.com:80 external)',
  });
  calls(t, wrapped('{mode: SIMPLE, sni: IN.com}', simple), {
    'http in.com:80': 'EGW:443/s simple sni=IN.com -> (in.com:80 external)',
  });
  calls(t, wrapped('{mode: SIMPLE}', simple), { 'http in.com:80': 'EGW:443/s simple -> (none)' });
  calls(t, wrapped('{mode: SIMPLE, sni: in.com}', mutual), {
    'http in.com:80': 'EGW:443/s simple sni=in.com -> (none)',
  });
  calls(t, wrapped('{mode: MUTUAL, sni: in.com}', mutual), {
    'http in.com:80': 'EGW:443/s mutual sni=in.com -> (in.com:80 external)',
  });
  calls(t, wrapped('{mode: ISTIO_MUTUAL, sni: in.com}', mutual), {
    'http in.com:80': 'EGW:443/s istio-mutual sni=in.com -> (in.com:80 external)',
  });
  calls(t, wrapped('{mode: ISTIO_MUTUAL, sni: in.com}', plain), {
    'http in.com:80': 'EGW:443/s istio-mutual sni=in.com -> (none)',
  });
  t.end();
});

t.test('B8 without an sni in the rule the default one finds no chain, but a server for every host', (t) => {
  const at = (hosts: string) =>
    scene(
      GROUND,
      servers(`{port: 443 HTTPS, hosts: [${hosts}], tls: {mode: ISTIO_MUTUAL}}`),
      behind('in.com'),
      subset('{mode: ISTIO_MUTUAL}'),
      http('{route: ["EGW:443/s"]}'),
    );
  const sni = 'sni=outbound_.443_.s_.EGW';
  calls(t, at('in.com'), { 'http in.com:80': `EGW:443/s istio-mutual ${sni} -> (none)` });
  calls(t, at('"*"'), { 'http in.com:80': `EGW:443/s istio-mutual ${sni} -> (in.com:80 external)` });
  t.end();
});

t.test('T7, B8 a TLS client keeps its SNI; wrapped it is opaque inside', (t) => {
  const tls = 'VirtualService app/r: {hosts: [in.com], tls: [{match: [{sniHosts: [in.com]}], route: ["EGW:443/s"]}]}\n';
  const passthrough = servers('{port: 443 TLS, hosts: [in.com], tls: {mode: PASSTHROUGH}}');
  const out = behind(
    'in.com',
    'tls: [{match: [{sniHosts: [in.com]}], route: ["in.com:443"]}], tcp: [{route: ["in.com:443"]}], http: [{route: ["in.com:80"]}]',
  );
  calls(t, scene(GROUND, passthrough, out, subset('{mode: DISABLE}'), tls), {
    'tls in.com:443': 'EGW:443/s -> (in.com:443 external)',
  });
  const ending = (protocol: string) => servers(`{port: 443 ${protocol}, hosts: [in.com], tls: {mode: ISTIO_MUTUAL}}`);
  const mutual = subset('{mode: ISTIO_MUTUAL, sni: in.com}');
  calls(t, scene(GROUND, ending('TLS'), out, mutual, tls), {
    'tls in.com:443': 'EGW:443/s istio-mutual sni=in.com -> (in.com:443 external)',
  });
  calls(t, scene(GROUND, ending('HTTPS'), out, mutual, tls), {
    'tls in.com:443': 'EGW:443/s istio-mutual sni=in.com -> (none)',
  });
  t.end();
});

t.test('T7 auto counts as plain', (t) => {
  const mutual = servers('{port: 443 HTTPS, hosts: ["*"], tls: {mode: ISTIO_MUTUAL}}');
  calls(t, scene(GROUND, mutual, behind('in.com'), http('{route: ["EGW:443"]}')), {
    'http in.com:80': 'EGW:443 auto -> (none)',
  });
  t.end();
});

t.test('B7 a rule to the gateway without a gateways match holds at the gateway too: missing there, or a loop', (t) => {
  const loop =
    'VirtualService app/r: {hosts: [in.com], gateways: [mesh, istio-system/egw], http: [{route: ["EGW:80"]}]}\n';
  calls(t, scene(GROUND, HTTP, loop), { 'http in.com:80': 'EGW:80 auto -> (EGW:80 auto)' });
  const named = loop.replace('EGW:80', 'EGW:80/s');
  calls(t, scene(GROUND, HTTP, named, 'DestinationRule app/egress: {host: EGW, subsets: [{name: s}]}\n'), {
    'http in.com:80': 'EGW:80/s auto -> (EGW:80/s missing)',
  });
  t.end();
});
