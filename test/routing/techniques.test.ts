import t from 'tap';
import { calls, DELIVERED, DELIVERED_TLS, PAIR, scene } from './scene.js';

/*
 * The named ways around an egress gateway, and what looks like one and is none. Each is a change to a world in which everything is
 * right: see `PAIR`.
 */

const HTTP = 'http ext.com:80';
const TLS = 'tls ext.com:443';
const DIRECT = 'ext.com:80 external';
const DIRECT_TLS = 'ext.com:443 external';
const BOTH = { [HTTP]: DELIVERED, [TLS]: DELIVERED_TLS };

const MESH_RULE = '{match: [{gateways: [mesh], port: 80}], route: ["EGW:80/ext"]}';
const GATEWAY_RULE = '{match: [{gateways: [egw], port: 80}], route: ["ext.com:80"]}';
const MESH_TLS = '{match: [{gateways: [mesh], port: 443, sniHosts: [ext.com]}], route: ["EGW:443/ext"]}';
const GATEWAY_TLS = '{match: [{gateways: [egw], port: 443, sniHosts: [ext.com]}], route: ["ext.com:443"]}';

/** The right pair with other HTTP rules, or other TLS rules. */
const good = (http: string, tls = `${MESH_TLS}, ${GATEWAY_TLS}`, more = 'gateways: [mesh, egw]') =>
  `VirtualService istio-system/good @5: {hosts: [ext.com], ${more}, http: [${http}], tls: [${tls}]}\n`;
const rules = (...http: readonly string[]) => good(http.join(', '));

interface Technique {
  readonly name: string;
  /** What is otherwise than in the right world. */
  readonly change: string;
  readonly expected: Readonly<Record<string, string>>;
}

const VIRTUAL_SERVICE: readonly Technique[] = [
  {
    name: 'H01 a weight of 10 goes direct',
    change: rules(
      '{match: [{gateways: [mesh], port: 80}], route: ["EGW:80/ext * 90", "ext.com:80 * 10"]}',
      GATEWAY_RULE,
    ),
    expected: { [HTTP]: `${DELIVERED} | ${DIRECT}`, [TLS]: DELIVERED_TLS },
  },
  {
    name: 'H02 a mirror goes direct',
    change: rules('{match: [{gateways: [mesh]}], route: ["EGW:80/ext"], mirrors: ["ext.com:80"]}', GATEWAY_RULE),
    expected: { [HTTP]: `${DELIVERED} | ext.com:80 mirror external` },
  },
  {
    name: 'H03 an earlier direct rule shadows the pair',
    change: rules('{match: [{uri: {prefix: /}}], route: ["ext.com:80"]}', MESH_RULE, GATEWAY_RULE),
    expected: { [HTTP]: DIRECT },
  },
  {
    name: 'H04 one unscoped rule to the host: both proxies use it',
    change: rules('{route: ["ext.com:80"]}'),
    expected: { [HTTP]: DIRECT, 'http ext.com:80 into istio-system/istio-egressgateway': DIRECT },
  },
  {
    name: 'H05 a second match of the gateway’s rule also fits the mesh',
    change: rules('{match: [{gateways: [egw]}, {port: 80}], route: ["ext.com:80"]}', MESH_RULE),
    expected: { [HTTP]: DIRECT },
  },
  {
    name: 'H06 the gateway’s rule names the mesh too',
    change: rules('{match: [{gateways: [egw, mesh]}], route: ["ext.com:80"]}', MESH_RULE),
    expected: { [HTTP]: DIRECT },
  },
  {
    name: 'H07 to the gateway with a header, all else direct',
    change: rules(
      '{match: [{gateways: [mesh], headers: {x: {exact: "1"}}}], route: ["EGW:80/ext"]}',
      '{route: ["ext.com:80"]}',
    ),
    expected: { [HTTP]: `EGW:80/ext auto -> (ext.com:80 external) | ${DIRECT}` },
  },
  {
    name: 'H08 a match of another port: the rule is eliminated, the default is direct',
    change: rules('{match: [{gateways: [mesh], port: 8080}], route: ["EGW:80/ext"]}', GATEWAY_RULE),
    expected: { [HTTP]: DIRECT },
  },
  {
    name: 'H09 eliminated for all pods but some',
    change: rules('{match: [{port: 80, sourceLabels: {v: "1"}}], route: ["EGW:80/ext"]}', GATEWAY_RULE),
    expected: { [HTTP]: DIRECT, [`${HTTP} with v=1`]: DELIVERED },
  },
  {
    name: 'H10 what looks limited to some pods is for all: gateways switches sourceLabels off',
    change: rules(
      '{match: [{gateways: [mesh], sourceLabels: {app: never}}], route: ["ext.com:80"]}',
      MESH_RULE,
      GATEWAY_RULE,
    ),
    expected: { [HTTP]: DIRECT },
  },
  {
    name: 'H11 http routes for a TLS port are ignored',
    change: good(
      `${MESH_RULE}, ${GATEWAY_RULE}, {match: [{gateways: [mesh], port: 443}], route: ["EGW:443/ext"]}`,
      GATEWAY_TLS,
    ),
    expected: { [TLS]: DIRECT_TLS },
  },
  {
    name: 'H12 the mesh is not in spec.gateways, though a match names it',
    change: good(`${MESH_RULE}, ${GATEWAY_RULE}`, `${MESH_TLS}, ${GATEWAY_TLS}`, 'gateways: [egw]'),
    expected: { [HTTP]: DIRECT, [TLS]: DIRECT_TLS },
  },
  {
    name: 'H13 sniHosts narrower than the hosts: other names are the outbound policy’s',
    change: `
ServiceEntry app/ext @1: {hosts: ["*.ext.com"], ports: [443 TLS], resolution: NONE}
VirtualService istio-system/good @5: {hosts: ["*.ext.com"], tls: [{match: [{port: 443, sniHosts: [www.ext.com]}], route: ["EGW:443/ext"]}]}
`,
    expected: { 'tls www.ext.com:443': 'EGW:443/ext auto -> (none)', 'tls api.ext.com:443': 'blackhole' },
  },
  {
    name: 'H13 under ALLOW_ANY they pass',
    change: `
mesh: {outboundTrafficPolicy: ALLOW_ANY}
ServiceEntry app/ext @1: {hosts: ["*.ext.com"], ports: [443 TLS], resolution: NONE}
VirtualService istio-system/good @5: {hosts: ["*.ext.com"], tls: [{match: [{port: 443, sniHosts: [www.ext.com]}], route: ["EGW:443/ext"]}]}
`,
    expected: { 'tls api.ext.com:443': 'passthrough' },
  },
  {
    name: 'H14 TCP subnets narrower than the entry: the direct chain stays',
    change: `
ServiceEntry app/ext @1: {hosts: [ext.com], addresses: [203.0.113.0/24], ports: [3306 TCP], resolution: NONE}
VirtualService istio-system/good @5: {hosts: [ext.com], tcp: [{match: [{gateways: [mesh], destinationSubnets: [203.0.113.0/25]}], route: ["EGW:3306/ext"]}]}
`,
    expected: {
      'tcp x:3306 at 203.0.113.7': 'EGW:3306/ext auto -> (none)',
      'tcp x:3306 at 203.0.113.200': 'ext.com:3306 external',
    },
  },
  {
    name: 'H15 a delegate whose body is direct',
    change: `
${rules('{match: [{gateways: [mesh]}], delegate: {name: d, namespace: other}}', GATEWAY_RULE)}
VirtualService other/d: {http: [{route: ["ext.com:80"]}]}
`,
    expected: { [HTTP]: DIRECT },
  },
  {
    name: 'H15 a delegate that is missing',
    change: rules('{match: [{gateways: [mesh]}], delegate: {name: d, namespace: other}}', GATEWAY_RULE),
    expected: { [HTTP]: DIRECT },
  },
  {
    name: 'H16 a redirect to another authority',
    change: rules('{match: [{gateways: [mesh]}], redirect: {authority: evil.com}}', GATEWAY_RULE),
    expected: { [HTTP]: 'redirect evil.com' },
  },
  {
    name: 'H17 a short destination is a Service beside the VirtualService, which stands for the host itself',
    change: `
VirtualService istio-system/good: null
VirtualService app/good @5: {hosts: [ext.com], http: [{route: ["istio-egressgateway:80"]}]}
Service app/istio-egressgateway: {type: ExternalName, externalName: ext.com, ports: [80 http]}
`,
    expected: { [HTTP]: DIRECT },
  },
];

const SCOPE: readonly Technique[] = [
  {
    name: 'H18 a newer private VirtualService beats the older public one',
    change: 'VirtualService app/own @9: {hosts: [ext.com], exportTo: ["."], http: [{route: ["ext.com:80"]}]}',
    expected: { [HTTP]: DIRECT, [`${HTTP} from shop`]: DELIVERED },
  },
  {
    name: 'H19 an older public one of another namespace wins',
    change: 'VirtualService other/old @4: {hosts: [ext.com], http: [{route: ["ext.com:80"]}]}',
    expected: { [HTTP]: DIRECT },
  },
  {
    name: 'H20 the pair is not exported to the client',
    change: good(
      `${MESH_RULE}, ${GATEWAY_RULE}`,
      `${MESH_TLS}, ${GATEWAY_TLS}`,
      'gateways: [mesh, egw], exportTo: ["."]',
    ),
    expected: { [HTTP]: DIRECT, [TLS]: DIRECT_TLS },
  },
  {
    name: 'H21 an older wildcard VirtualService: harmless with HTTP, wins with TLS',
    change:
      'VirtualService other/wild @4: {hosts: ["*.com"], http: [{route: ["ext.com:80"]}], tls: [{match: [{sniHosts: [ext.com]}], route: ["ext.com:443"]}]}',
    expected: { [HTTP]: DELIVERED, [TLS]: DIRECT_TLS },
  },
  {
    name: 'H22 the annotation of derived routes, which anybody may set',
    change:
      'VirtualService app/own @9: {hosts: [ext.com], http: [{route: ["ext.com:80"]}], tls: [{match: [{sniHosts: [ext.com]}], route: ["ext.com:443"]}], $annotations: {internal.istio.io/route-semantics: gateway}}',
    expected: { [HTTP]: DIRECT, [TLS]: DIRECT_TLS, [`${HTTP} from shop`]: DELIVERED },
  },
  {
    name: 'H23 a Sidecar imports the entry and not the routes',
    change: `
VirtualService istio-system/good: null
VirtualService net/good @5: {hosts: [ext.com], http: [${MESH_RULE}]}
Sidecar app/default: {egress: [{hosts: [app/ext.com, "istio-system/*"]}]}
`,
    expected: { [HTTP]: DIRECT },
  },
  {
    name: 'H25 a Sidecar sets its own outbound policy',
    change: 'Sidecar app/default: {outboundTrafficPolicy: {mode: ALLOW_ANY}}',
    expected: { 'http un.known:80': 'passthrough', 'tls un.known:443': 'passthrough', ...BOTH },
  },
  {
    name: 'H26 an egressProxy that is some other service takes what is unknown, and nothing that is registered',
    change:
      'Sidecar app/default: {outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: ext.com, port: {number: 443}}}}',
    expected: {
      'http un.known:80': DIRECT_TLS,
      'tls un.known:443': DIRECT_TLS,
      'tcp x:9999': DIRECT_TLS,
      ...BOTH,
    },
  },
];

const SERVICES: readonly Technique[] = [
  {
    name: 'H27 one more host',
    change: 'ServiceEntry app/ext @1: {hosts: [ext.com, evil.com], ports: [80 HTTP, 443 TLS], resolution: DNS}',
    expected: { ...BOTH, 'http evil.com:80': 'evil.com:80 external', 'tls evil.com:443': 'evil.com:443 external' },
  },
  {
    name: 'H28 one more port',
    change: 'ServiceEntry app/ext @1: {hosts: [ext.com], ports: [80 HTTP, 8080 HTTP], resolution: DNS}',
    expected: { [HTTP]: DELIVERED, 'http ext.com:8080': 'ext.com:8080 external' },
  },
  {
    name: 'H29 a wildcard entry wider than the routes: HTTP direct, other ports even for the routed name; TLS of other names blocked',
    change: `
ServiceEntry app/ext @1: {hosts: ["*.com"], ports: [80 HTTP, 8080 HTTP, 443 TLS], resolution: NONE}
ServiceEntry istio-system/ext @1: {hosts: [ext.com], ports: [80 HTTP, 443 TLS], resolution: DNS, exportTo: ["."]}
`,
    expected: {
      [HTTP]: DELIVERED,
      'http api.com:80': '*.com:80 external',
      'http ext.com:8080': '*.com:8080 external',
      [TLS]: DELIVERED_TLS,
      'tls api.com:443': 'blackhole',
    },
  },
  {
    name: 'H30 no protocol while the routes are for TLS',
    change: 'ServiceEntry app/ext @1: {hosts: [ext.com], ports: [443], resolution: DNS}',
    expected: { [TLS]: DIRECT_TLS },
  },
  {
    name: 'H30 TCP while the routes are for TLS',
    change: 'ServiceEntry app/ext @1: {hosts: [ext.com], ports: [443 TCP], resolution: DNS}',
    expected: { [TLS]: DIRECT_TLS },
  },
  {
    name: 'H31 another name whose endpoint is the host',
    change:
      'ServiceEntry app/cache: {hosts: [cache.app.internal], location: MESH_INTERNAL, resolution: DNS, ports: [80 HTTP], endpoints: [{address: ext.com}]}',
    expected: { 'http cache.app.internal:80': 'cache.app.internal:80 external auto', ...BOTH },
  },
  {
    name: 'H32 a block of addresses takes TLS by address',
    change:
      'ServiceEntry app/block: {hosts: [x.internal], addresses: [203.0.113.0/24], resolution: NONE, ports: [443 TCP]}',
    expected: { [TLS]: DELIVERED_TLS, [`${TLS} at 203.0.113.7`]: 'x.internal:443 external' },
  },
  {
    name: 'H33 an entry takes the gateway’s name in the client’s namespace',
    change: `
ServiceEntry app/shadow: {hosts: [EGW], resolution: STATIC, ports: [80 HTTP], endpoints: [{address: 203.0.113.9}]}
DestinationRule app/egress: {host: EGW, subsets: [{name: ext}]}
`,
    expected: { [HTTP]: 'EGW:80/ext external -> (ext.com:80 external)', [`${HTTP} from shop`]: DELIVERED },
  },
  {
    name: 'H34 an entry in the gateway’s namespace merges into it',
    change:
      'ServiceEntry istio-system/merge: {hosts: [EGW], resolution: STATIC, ports: [{number: 80, name: http2, protocol: HTTP}], endpoints: [{address: 203.0.113.9}]}',
    expected: { [HTTP]: 'EGW:80/ext external auto -> (ext.com:80 external)', [TLS]: DELIVERED_TLS },
  },
  {
    name: 'H35 a WorkloadEntry joins the gateway',
    change: 'WorkloadEntry istio-system/vm: {address: 203.0.113.9, labels: {istio: egressgateway}}',
    expected: {
      [HTTP]: 'EGW:80/ext external auto -> (ext.com:80 external)',
      [TLS]: 'EGW:443/ext external auto -> (ext.com:443 external)',
    },
  },
  {
    name: 'H37 an own TCP entry for the host hides the TLS one',
    change: `
ServiceEntry app/ext: null
ServiceEntry net/ext @1: {hosts: [ext.com], ports: [80 HTTP, 443 TLS], resolution: DNS}
ServiceEntry app/own @9: {hosts: [ext.com], ports: [443 TCP], resolution: DNS}
`,
    expected: { [TLS]: DIRECT_TLS, [`${TLS} from shop`]: DELIVERED_TLS },
  },
  {
    name: 'H38 a targetPort: 80 is looked at, 443 is dialled',
    change: `
ServiceEntry app/alt: {hosts: [alt.com], resolution: DNS, ports: [{number: 80, name: h, protocol: HTTP, targetPort: 443}], endpoints: [{address: ext.com}]}
DestinationRule app/alt: {host: alt.com, trafficPolicy: {tls: {mode: SIMPLE}}}
`,
    expected: { 'http alt.com:80': 'alt.com:80 external simple' },
  },
];

const RULES: readonly Technique[] = [
  {
    name: 'H39 PASSTHROUGH on the gateway’s host: the route says the gateway, the call goes straight',
    change:
      'DestinationRule istio-system/egress @1: {host: EGW, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}, subsets: [{name: ext}]}',
    expected: {
      [HTTP]: 'EGW:80/ext external istio-mutual sni=outbound_.80_.ext_.EGW -> (none)',
    },
  },
  {
    name: 'H40 the same for selected pods only',
    change:
      'DestinationRule app/some: {host: EGW, workloadSelector: {matchLabels: {app: x}}, subsets: [{name: ext, trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}}]}',
    expected: {
      [`${HTTP} with app=x`]: 'EGW:80/ext external -> (ext.com:80 external)',
      [HTTP]: 'EGW:80/ext missing',
      [`${HTTP} from shop`]: DELIVERED,
    },
  },
];

const GATEWAY: readonly Technique[] = [
  {
    name: 'H41 an older VirtualService on the gateway re-targets the second hop',
    change: `
ServiceEntry app/evil: {hosts: [evil.com], ports: [80 HTTP], resolution: DNS}
VirtualService other/hijack @4: {hosts: [ext.com], gateways: [istio-system/egw], http: [{route: ["evil.com:80"]}]}
`,
    expected: { [HTTP]: 'EGW:80/ext auto -> (evil.com:80 external)' },
  },
  {
    name: 'H42 a rewritten authority selects another virtual host of the gateway',
    change: `
ServiceEntry istio-system/evil: {hosts: [evil.com], ports: [80 HTTP], resolution: DNS, exportTo: ["."]}
Gateway istio-system/egw @1: {selector: {istio: egressgateway}, servers: [{port: 80 HTTP, hosts: ["*"]}]}
VirtualService istio-system/evil: {hosts: [evil.com], gateways: [egw], http: [{route: ["evil.com:80"]}]}
${rules('{match: [{gateways: [mesh]}], rewrite: {authority: evil.com}, route: ["EGW:80/ext"]}', GATEWAY_RULE)}
`,
    expected: { [HTTP]: 'EGW:80/ext auto -> (evil.com:80 external)' },
  },
];

const MORE: readonly Technique[] = [
  {
    name: 'H49 the routes are deleted, the entry stays',
    change: 'VirtualService istio-system/good: null',
    expected: { [HTTP]: DIRECT, [TLS]: DIRECT_TLS },
  },
  {
    name: 'H50 bytes that are no HTTP on the HTTP port, under ALLOW_ANY',
    change: 'mesh: {outboundTrafficPolicy: ALLOW_ANY}',
    expected: { 'tls ext.com:80': 'passthrough', 'tcp x:80': 'passthrough', ...BOTH },
  },
  {
    name: 'H50 needs REGISTRY_ONLY',
    change: '{}',
    expected: { 'tls ext.com:80': 'blackhole', 'tcp x:80': 'blackhole' },
  },
  {
    name: 'H52 a younger public VirtualService anywhere steals TLS by address',
    change:
      'VirtualService other/thief @9: {hosts: [ext.com], tls: [{match: [{sniHosts: [ext.com], destinationSubnets: [203.0.113.0/24]}], route: ["ext.com:443"]}]}',
    expected: { [TLS]: DELIVERED_TLS, [`${TLS} at 203.0.113.7`]: DIRECT_TLS },
  },
  {
    name: 'H53 a younger exact VirtualService inside a pair on a wildcard: takes TLS, and HTTP on port 80',
    change: `
ServiceEntry app/ext @1: {hosts: ["*.ext.com"], ports: [80 HTTP, 8080 HTTP, 443 TLS], resolution: NONE}
VirtualService istio-system/good @5: {hosts: ["*.ext.com"], http: [{route: ["EGW:80/ext"]}], tls: [{match: [{sniHosts: ["*.ext.com"]}], route: ["EGW:443/ext"]}]}
VirtualService other/thief @9: {hosts: [www.ext.com], http: [{route: [{destination: {host: "*.ext.com", port: {number: 80}}}]}], tls: [{match: [{sniHosts: [www.ext.com]}], route: [{destination: {host: "*.ext.com"}}]}]}
`,
    expected: {
      'http www.ext.com:80': '*.ext.com:80 external',
      'http www.ext.com:8080': 'EGW:80/ext auto -> (404)',
      'http api.ext.com:80': 'EGW:80/ext auto -> (404)',
      'tls www.ext.com:443': '*.ext.com:443 external',
      'tls api.ext.com:443': 'EGW:443/ext auto -> (none)',
    },
  },
  {
    name: 'H54 a TCP entry without addresses takes all that no chain wants, REGISTRY_ONLY or not',
    change: 'ServiceEntry app/all: {hosts: [x.internal], resolution: NONE, ports: [443 TCP, 80 TCP]}',
    expected: {
      ...BOTH,
      'tls un.known:443': 'x.internal:443 external',
      'http un.known:443': 'x.internal:443 external',
      'tcp x:80': 'x.internal:80 external',
      'tls ext.com:80': 'x.internal:80 external',
      'http un.known:80': 'blackhole',
    },
  },
  {
    name: 'H55 an exact TLS VirtualService inside somebody’s wildcard entry blocks all other names',
    change: `
ServiceEntry app/ext @1: {hosts: ["*.ext.com"], ports: [443 TLS], resolution: NONE}
VirtualService istio-system/good @5: {hosts: [www.ext.com], tls: [{match: [{sniHosts: [www.ext.com]}], route: ["EGW:443/ext"]}]}
`,
    expected: { 'tls www.ext.com:443': 'EGW:443/ext auto -> (none)', 'tls api.ext.com:443': 'blackhole' },
  },
  {
    name: 'H56 an older VirtualService with any subnets limits the pair to them',
    change:
      'VirtualService other/old @4: {hosts: [ext.com], tls: [{match: [{sniHosts: [a.ext.com], destinationSubnets: [198.51.100.0/24]}], route: ["EGW:443/ext"]}]}',
    expected: { [`${TLS} at 198.51.100.7`]: DELIVERED_TLS, [`${TLS} at 203.0.113.7`]: 'blackhole', [TLS]: 'blackhole' },
  },
  {
    name: 'H56 elsewhere direct under ALLOW_ANY',
    change: `
mesh: {outboundTrafficPolicy: ALLOW_ANY}
VirtualService other/old @4: {hosts: [ext.com], tls: [{match: [{sniHosts: [a.ext.com], destinationSubnets: [198.51.100.0/24]}], route: ["EGW:443/ext"]}]}
`,
    expected: { [TLS]: 'passthrough' },
  },
  {
    name: 'H57 an upper-case host: the lower-case routes do not overlap it, the SNI fits it',
    change: 'ServiceEntry app/ext @1: {hosts: [EXT.COM], ports: [80 HTTP, 443 TLS], resolution: DNS}',
    expected: { [TLS]: 'EXT.COM:443 external' },
  },
];

const LOOK_ALIKES: readonly Technique[] = [
  {
    name: 'a header that misses, without a rule for all: 404',
    change: rules('{match: [{gateways: [mesh], headers: {x: {exact: "1"}}}], route: ["EGW:80/ext"]}', GATEWAY_RULE),
    expected: { [HTTP]: `${DELIVERED} | 404` },
  },
  {
    name: 'a newer public VirtualService for the same host, on the mesh and on the gateway',
    change:
      'VirtualService other/young @9: {hosts: [ext.com], gateways: [mesh, istio-system/egw], http: [{route: ["ext.com:80"]}], tls: [{match: [{sniHosts: [ext.com]}], route: ["ext.com:443"]}]}',
    expected: BOTH,
  },
  {
    name: 'a missing subset',
    change: 'DestinationRule istio-system/egress @1: {host: EGW, subsets: [{name: other}]}',
    expected: { [HTTP]: 'EGW:80/ext missing', [TLS]: 'EGW:443/ext missing' },
  },
  {
    name: 'an entry that the gateway does not see',
    change: 'ServiceEntry app/ext @1: {hosts: [ext.com], ports: [80 HTTP, 443 TLS], resolution: DNS, exportTo: ["."]}',
    expected: { [HTTP]: 'EGW:80/ext auto -> (ext.com:80 missing)', [TLS]: 'EGW:443/ext auto -> (ext.com:443 missing)' },
  },
  {
    name: 'a half name of the gateway',
    change: rules('{match: [{gateways: [mesh]}], route: ["istio-egressgateway.istio-system:80/ext"]}', GATEWAY_RULE),
    expected: { [HTTP]: 'istio-egressgateway.istio-system:80/ext missing' },
  },
  {
    name: 'a VirtualService of another namespace that names the Gateway without its own: the sidecar still goes there, 404',
    change: `
VirtualService istio-system/good: null
VirtualService app/good @5: {hosts: [ext.com], gateways: [mesh, egw], http: [${MESH_RULE}, ${GATEWAY_RULE}]}
`,
    expected: { [HTTP]: 'EGW:80/ext auto -> (404)' },
  },
  {
    name: 'an ExternalName Service whose ports lack the one that is dialled, as an HTTP destination',
    change: `
Service app/alias: {type: ExternalName, externalName: ext.com, ports: [81 http]}
${rules('{match: [{gateways: [mesh]}], route: ["alias.app.svc.cluster.local:80"]}', GATEWAY_RULE)}
`,
    expected: { [HTTP]: 'alias.app.svc.cluster.local:80 missing' },
  },
  {
    name: 'a direct rule for the Gateway alone: that is the second hop',
    change: rules(MESH_RULE, '{match: [{gateways: [egw]}], route: ["ext.com:80"]}'),
    expected: BOTH,
  },
  {
    name: 'the pair in two VirtualServices',
    change: `
VirtualService istio-system/good: null
VirtualService istio-system/mesh @5: {hosts: [ext.com], http: [{route: ["EGW:80/ext"]}]}
VirtualService istio-system/out @5: {hosts: [ext.com], gateways: [egw], http: [{route: ["ext.com:80"]}]}
`,
    expected: { [HTTP]: DELIVERED },
  },
  {
    name: 'a weight of zero to the host',
    change: rules('{match: [{gateways: [mesh]}], route: ["EGW:80/ext * 100", "ext.com:80 * 0"]}', GATEWAY_RULE),
    expected: BOTH,
  },
  {
    name: 'an entry that is exported to nobody',
    change: 'ServiceEntry app/ext @1: {hosts: [ext.com], ports: [80 HTTP, 443 TLS], resolution: DNS, exportTo: ["~"]}',
    expected: { [HTTP]: 'EGW:80/ext auto -> (ext.com:80 missing)', [TLS]: 'blackhole' },
  },
];

const CHAPTERS: Readonly<Record<string, readonly Technique[]>> = {
  'what a VirtualService says': VIRTUAL_SERVICE,
  'other VirtualServices, and who sees what': SCOPE,
  'entries, Services and workloads': SERVICES,
  DestinationRules: RULES,
  'the second hop': GATEWAY,
  'order, bytes, addresses and case': MORE,
  'what looks like a bypass, and is none': LOOK_ALIKES,
};

for (const [chapter, techniques] of Object.entries(CHAPTERS)) {
  t.test(chapter, (t) => {
    for (const { name, change, expected } of techniques) {
      t.test(name, (t) => {
        calls(t, scene(PAIR, change), expected);
        t.end();
      });
    }
    t.end();
  });
}
