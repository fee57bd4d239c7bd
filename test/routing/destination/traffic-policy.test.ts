import t from 'tap';
import { calls, GATEWAY_SERVICE, scene } from '../scene.js';

/** Calls from `app` to web.net and to its subset v1. */
const INTERNAL = `
Service net/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http, 81 http]}
ServiceEntry app/in: {hosts: [v1.com], ports: [80 HTTP], resolution: DNS}
VirtualService net/r: {hosts: [v1.com], http: [{route: [web.net.svc.cluster.local:80/v1]}]}
`;
const WEB = 'web.net.svc.cluster.local:80';
const rule = (spec: string) => `DestinationRule net/web: {host: web, ${spec}}\n`;
const plain = (text: string) => ({ 'http web.net:80': `${WEB}${text}` });
const subset = (text: string) => ({ 'http v1.com:80': `${WEB}/v1${text}` });

/** The policy of the rule, and that of its subset v1. */
const policies = (own: string, inner = '') =>
  scene(
    INTERNAL,
    rule(
      `${own === '' ? '' : `trafficPolicy: ${own}, `}subsets: [{name: v1${inner === '' ? '' : `, trafficPolicy: ${inner}`}}]`,
    ),
  );

t.test('T6.4, C7 how a call is sent where nothing is said: auto for what is internal', (t) => {
  calls(t, scene(INTERNAL), plain(' auto'));
  const entry = (location: string, resolution: string) =>
    scene(
      `ServiceEntry app/ext: {hosts: [ext.com], ports: [80 HTTP], location: ${location}, resolution: ${resolution}}\n`,
    );
  calls(t, entry('MESH_EXTERNAL', 'DNS'), { 'http ext.com:80': 'ext.com:80 external' });
  calls(t, entry('MESH_INTERNAL', 'DNS'), { 'http ext.com:80': 'ext.com:80 external auto' });
  calls(t, entry('MESH_INTERNAL', 'STATIC'), { 'http ext.com:80': 'ext.com:80 auto' });
  calls(t, entry('MESH_INTERNAL', 'NONE'), { 'http ext.com:80': 'ext.com:80 external' });
  calls(t, scene('Service app/pods: {clusterIP: None, selector: {app: x}, ports: [80 http]}'), {
    'http pods:80': 'pods.app.svc.cluster.local:80 external',
  });
  t.end();
});

t.test('T6.4 the modes', (t) => {
  const tls = (text: string) => policies(`{tls: ${text}}`);
  calls(t, tls('{mode: DISABLE}'), plain(''));
  calls(t, tls('{}'), plain(''));
  calls(t, tls('{mode: SIMPLE}'), plain(' simple'));
  calls(t, tls('{mode: SIMPLE, sni: s.com}'), plain(' simple sni=s.com'));
  calls(t, tls('{mode: MUTUAL, clientCertificate: /a, privateKey: /b}'), plain(' mutual'));
  calls(t, tls('{mode: MUTUAL, sni: s.com}'), plain(' mutual sni=s.com'));
  calls(t, tls('{mode: ISTIO_MUTUAL, sni: s.com}'), plain(' istio-mutual sni=s.com'));
  const standard = policies('{tls: {mode: ISTIO_MUTUAL}}');
  calls(t, standard, {
    ...plain(' istio-mutual sni=outbound_.80_._.web.net.svc.cluster.local'),
    ...subset(' istio-mutual sni=outbound_.80_.v1_.web.net.svc.cluster.local'),
  });
  t.end();
});

t.test('T6.4 a sidecar takes a credentialName only from a rule that is made for its pod; a gateway always', (t) => {
  const named = (mode: string, more = '') =>
    rule(`trafficPolicy: {tls: {mode: ${mode}, credentialName: c}}${more}`)
      .replace('net/web', 'app/web')
      .replace('host: web,', 'host: web.net.svc.cluster.local,');
  const selected = ', workloadSelector: {matchLabels: {app: x}}';
  for (const [mode, text] of [
    ['SIMPLE', 'simple'],
    ['MUTUAL', 'mutual'],
  ] as const) {
    calls(t, scene(INTERNAL, named(mode)), plain(''));
    calls(t, scene(INTERNAL, named(mode, selected)), { 'http web.net:80 with app=x': `${WEB} ${text}` });
  }
  calls(
    t,
    scene(INTERNAL, named('ISTIO_MUTUAL')),
    plain(' istio-mutual sni=outbound_.80_._.web.net.svc.cluster.local'),
  );
  const gateway = scene(`
${GATEWAY_SERVICE}
ServiceEntry net/ext: {hosts: [ext.com], ports: [80 HTTP, 443 TLS], resolution: DNS}
Gateway istio-system/egw: {selector: {istio: egressgateway}, servers: [{port: 80 HTTP, hosts: ["*"]}]}
VirtualService net/r: {hosts: [ext.com], gateways: [istio-system/egw], http: [{route: ["ext.com:443"]}]}
DestinationRule istio-system/ext: {host: ext.com, exportTo: ["."], trafficPolicy: {tls: {mode: SIMPLE, credentialName: c}}}
`);
  calls(t, gateway, { 'http ext.com:80 into istio-system/istio-egressgateway': 'ext.com:443 external simple' });
  t.end();
});

t.test('C7 an explicit mode is obeyed for an external host too, by whoever dials it', (t) => {
  const where = scene(`
ServiceEntry app/ext: {hosts: [ext.com], ports: [443 TLS], resolution: DNS}
DestinationRule app/ext: {host: ext.com, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
`);
  calls(t, where, { 'tls ext.com:443': 'ext.com:443 external istio-mutual sni=outbound_.443_._.ext.com' });
  t.end();
});

t.test('C6 settings of the port take the place of the rule’s own altogether', (t) => {
  const port = (number: number, settings: string) =>
    `{tls: {mode: SIMPLE}, portLevelSettings: [{port: {number: ${number}}, ${settings}}]}`;
  calls(t, policies(port(80, 'tls: {mode: MUTUAL}')), { ...plain(' mutual'), ...subset(' mutual') });
  calls(t, policies(port(80, 'loadBalancer: {simple: RANDOM}')), plain(' auto'));
  calls(t, policies(port(81, 'tls: {mode: MUTUAL}')), plain(' simple'));
  t.end();
});

t.test('C6 a subset’s fields override one by one, its settings of the port altogether, also with nothing', (t) => {
  calls(t, policies('{tls: {mode: SIMPLE}}', '{loadBalancer: {simple: RANDOM}}'), subset(' simple'));
  calls(t, policies('{tls: {mode: SIMPLE}}', '{tls: {mode: MUTUAL}}'), { ...subset(' mutual'), ...plain(' simple') });
  const own = '{tls: {mode: SIMPLE}}';
  calls(t, policies(own, '{portLevelSettings: [{port: {number: 80}, tls: {mode: MUTUAL}}]}'), subset(' mutual'));
  calls(t, policies(own, '{portLevelSettings: [{port: {number: 80}}]}'), subset(' auto'));
  calls(t, policies(own, '{portLevelSettings: [{port: {number: 81}}]}'), subset(' simple'));
  calls(t, policies(own, '{tls: {mode: MUTUAL}, portLevelSettings: [{port: {number: 80}}]}'), subset(' auto'));
  t.end();
});

t.test('C5, H39 PASSTHROUGH: straight to the address that was dialled', (t) => {
  const pass = 'loadBalancer: {simple: PASSTHROUGH}';
  const port = (settings: string) => `portLevelSettings: [{port: {number: 80}, ${settings}}]`;
  const mutual = (name = '') => ` external istio-mutual sni=outbound_.80_.${name}_.web.net.svc.cluster.local`;

  t.test('from the rule’s own policy it holds for every subset, even one with its own balancer', (t) => {
    calls(t, policies(`{${pass}}`), { ...plain(' external'), ...subset(mutual('v1')) });
    calls(t, policies(`{${pass}}`, '{loadBalancer: {simple: RANDOM}}'), subset(' external'));
    calls(t, policies(`{${pass}}`, `{${port('loadBalancer: {simple: RANDOM}')}}`), subset(mutual('v1')));
    t.end();
  });

  t.test('from a subset, or from the settings of a port of either', (t) => {
    calls(t, policies('', `{${pass}}`), { ...subset(' external'), ...plain(' auto') });
    calls(t, policies('', `{${port(pass)}}`), subset(mutual('v1')));
    calls(t, policies(`{${port(pass)}}`), { ...plain(mutual('')), ...subset(mutual('v1')) });
    calls(t, policies(`{${pass}, ${port('tls: {mode: SIMPLE}')}}`), plain(' simple'));
    t.end();
  });

  t.test('TLS, if the policy sets none: absent where the balancer is the cluster’s own, else istio-mutual', (t) => {
    calls(t, policies(`{${pass}, tls: {mode: SIMPLE}}`), {
      ...plain(' external simple'),
      ...subset(' external simple'),
    });
    calls(t, policies(`{loadBalancer: {simple: RANDOM}, ${port(pass)}}`), plain(' external'));
    t.end();
  });

  t.test('other balancers change nothing', (t) => {
    for (const simple of ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM'])
      calls(t, policies(`{loadBalancer: {simple: ${simple}}}`), plain(' auto'));
    t.end();
  });
  t.end();
});
