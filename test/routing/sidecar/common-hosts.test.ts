import t, { type Test } from 'tap';
import type { Call, Client } from '../../../src/routing/call.js';
import { CommonHosts, SEVERAL } from '../../../src/routing/sidecar/common-hosts.js';
import { SidecarProxy } from '../../../src/routing/sidecar/sidecar-proxy.js';
import { trace } from '../../../src/routing/trace.js';
import { scene } from '../scene.js';
import { DEAF } from './deaf-trail.js';

/** One entry, one VirtualService, both everybody's; the port is not 80, where istiod also has the names that are no service's. */
const GROUND = `
ServiceEntry net/ext: {hosts: [www.ext.com], ports: [8080 HTTP], resolution: DNS}
ServiceEntry net/back: {hosts: [www.back.com], ports: [8080 HTTP, 81 HTTP], resolution: DNS}
VirtualService net/r: {hosts: [www.ext.com], http: [{route: ["www.back.com:81/v1"]}]}
DestinationRule net/back: {host: www.back.com, subsets: [{name: v1}]}
`;
const HOST = 'www.ext.com';

const POD: Omit<Extract<Client, { kind: 'sidecar' }>, 'namespace'> = { kind: 'sidecar', labels: {} };
const CLIENTS: readonly Client[] = [
  { ...POD, namespace: 'app' },
  { ...POD, namespace: 'net' },
  { ...POD, namespace: 'app', labels: { app: 'web' } },
  { ...POD, namespace: 'shop' },
];

/** Whatever pod comes first, the others are answered as if it had not been there. */
function checkAllOrders(t: Test, text: readonly string[], call: Call): boolean {
  let common = false;
  for (const first of CLIENTS) {
    const { topology } = scene(...text);
    for (let before = 0; before <= SEVERAL; before++) trace(topology, first, call);
    for (const second of CLIENTS) {
      t.strictSame(trace(topology, second, call), trace(topology, second, call, DEAF));
      if (second.kind !== 'sidecar') continue;
      const proxy = new SidecarProxy(topology.world, second.namespace, second.labels);
      common ||= CommonHosts.of(topology).ways(topology, proxy, call) !== undefined;
    }
  }
  return common;
}

const call = (host = HOST, port = 8080): Call => ({ host, port, protocol: 'http' });

/** What makes pods differ, and whether the routes of the host are still the same for all. */
const TWISTS: Readonly<Record<string, readonly [text: string, common: boolean, call?: Call]>> = {
  nothing: ['{}', true],
  'a name of two labels': [
    `
ServiceEntry net/ext: {hosts: [ext.com], ports: [8080 HTTP], resolution: DNS}
VirtualService net/r: {hosts: [ext.com], http: [{route: ["www.back.com:81"]}]}
`,
    true,
    call('ext.com'),
  ],
  'a service beside a name of two labels': [
    `
ServiceEntry net/ext: {hosts: [web.net], ports: [8080 HTTP], resolution: DNS, exportTo: ["*"]}
VirtualService net/r: {hosts: [web.net], http: [{route: ["www.back.com:81"]}]}
Service net/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [8080 http], $annotations: {networking.istio.io/exportTo: .}}
VirtualService net/own @0: {hosts: [web], exportTo: ["."], http: [{directResponse: {status: 503}}]}
`,
    false,
    call('web.net'),
  ],
  'a name without a dot': [
    `
ServiceEntry net/ext: {hosts: [web], ports: [8080 HTTP], resolution: DNS}
VirtualService net/r: {hosts: [web], http: [{route: ["www.back.com:81"]}]}
Service shop/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [8080 http]}
`,
    false,
    call('web'),
  ],
  'an entry for some': [
    'ServiceEntry net/ext: {hosts: [www.ext.com], ports: [8080 HTTP], resolution: DNS, exportTo: [app]}',
    false,
  ],
  'a second entry': [
    'ServiceEntry app/own: {hosts: [www.ext.com], ports: [8081 HTTP], resolution: DNS, exportTo: ["."]}',
    false,
  ],
  'a VirtualService for some': [
    'VirtualService net/r: {hosts: [www.ext.com], exportTo: [app], http: [{route: ["www.back.com:81/v1"]}]}',
    false,
  ],
  'a second VirtualService': [
    'VirtualService app/own: {hosts: [www.ext.com], exportTo: ["."], http: [{route: ["www.back.com:8080"]}]}',
    false,
  ],
  'one in capitals': [
    'VirtualService app/own: {hosts: [WWW.ext.com], exportTo: ["."], http: [{route: ["www.back.com:8080"]}]}',
    false,
  ],
  'gateway semantics': [
    'VirtualService shop/r: {hosts: [www.ext.com], http: [{route: ["www.back.com:81"]}], $annotations: {internal.istio.io/route-semantics: gateway}}\nVirtualService net/r: null',
    false,
  ],
  'a source namespace': [
    'VirtualService net/r: {hosts: [www.ext.com], http: [{match: [{sourceNamespace: app}], route: ["www.back.com:81"]}, {route: ["www.back.com:8080"]}]}',
    false,
  ],
  'source labels': [
    'VirtualService net/r: {hosts: [www.ext.com], http: [{match: [{sourceLabels: {app: web}}], route: ["www.back.com:81"]}, {route: ["www.back.com:8080"]}]}',
    false,
  ],
  'a delegate': [
    `
VirtualService net/r: {hosts: [www.ext.com], http: [{match: [{port: 8080}], delegate: {name: d, namespace: net}}]}
VirtualService net/d: {http: [{match: [{sourceNamespace: app}], route: ["www.back.com:81"]}]}
`,
    false,
  ],
  'a destination for some': [
    'ServiceEntry net/back: {hosts: [www.back.com], ports: [8080 HTTP, 81 HTTP], resolution: DNS, exportTo: ["."]}',
    false,
  ],
  'an alias for some': [
    `
Service net/alias: {type: ExternalName, externalName: www.back.com, ports: [8080 http], $annotations: {networking.istio.io/exportTo: .}}
VirtualService net/r: {hosts: [www.ext.com], http: [{route: ["alias.net.svc.cluster.local:81"]}]}
`,
    false,
  ],
  'a rule of some': ['DestinationRule app/back: {host: www.back.com, subsets: [{name: v2}]}', true],
  'a rule for some pods': [
    'DestinationRule app/back: {host: www.back.com, workloadSelector: {matchLabels: {app: web}}, subsets: [{name: v1, trafficPolicy: {tls: {mode: SIMPLE}}}]}',
    true,
  ],
  'a destination that is visible to some by its port': [
    'ServiceEntry app/back: {hosts: [www.gone.com], ports: [8080 HTTP], resolution: DNS}\nVirtualService net/r: {hosts: [www.ext.com], http: [{route: ["www.gone.com:81"]}]}',
    true,
  ],
  'a Sidecar': ['Sidecar app/default: {egress: [{hosts: ["./*"]}]}', true],
};

for (const [name, [twist, common, what = call()]] of Object.entries(TWISTS)) {
  t.test(name, (t) => {
    t.equal(checkAllOrders(t, [GROUND, twist], what), common, 'the routes of the host are kept for all');
    t.end();
  });
}

t.test('other spellings, ports and policies', (t) => {
  for (const host of ['WWW.ext.com', 'www.ext.com.', 'www.ext.com:8080', 'www.never.com']) {
    checkAllOrders(t, [GROUND], call(host));
  }
  checkAllOrders(t, [GROUND], call(HOST, 81));
  checkAllOrders(t, [GROUND], { ...call(), protocol: 'tls' });
  checkAllOrders(t, [GROUND], { ...call(), address: '203.0.113.9' });
  t.end();
});
