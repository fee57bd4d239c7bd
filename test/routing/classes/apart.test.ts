import t from 'tap';
import type { Labels } from '../../../src/mesh/metadata.js';
import { classes } from '../../../src/routing/classes.js';
import { GATEWAY_SERVICE, PAIR, scene, type Scene } from '../scene.js';

/** An entry and a route of `app` that are for everybody. */
const ENTRY = 'ServiceEntry app/ext @2: {hosts: [ext.com], ports: [80 HTTP, 443 TLS, 3306 TCP], resolution: DNS}\n';
const ROUTE = 'VirtualService app/out @5: {hosts: [ext.com], http: [{route: [EGW:80]}]}\n';

/** As the two, but not for everybody. */
const only = (target: string, yaml: string): string => yaml.replace('{', `{exportTo: ["${target}"], `);

/** The Sidecar of all pods that have no other. */
const root = (...hosts: readonly string[]): string =>
  `Sidecar istio-system/root @1: {egress: [{hosts: ${JSON.stringify(hosts)}}]}\n`;

const DERIVED = '$annotations: {internal.istio.io/route-semantics: gateway}';

interface Pair {
  /** Under the world: the gateway's Service unless it says otherwise. */
  readonly ground?: string;
  readonly world: string;
  /** `protocol host:port`, and `at` an address. */
  readonly call: string;
  /** Two pods that fare differently: `namespace`, or `namespace with labels`. */
  readonly pods: readonly [string, string];
}

/** What can tell two pods apart, one thing at a time. */
const PAIRS: Readonly<Record<string, Pair>> = {
  'an own entry': { world: only('.', ENTRY), call: 'http ext.com:80', pods: ['app', 'none'] },
  'an entry that is exported by name': {
    world: only('guest', ENTRY),
    call: 'http ext.com:80',
    pods: ['guest', 'none'],
  },
  'an own entry for what is declared elsewhere too': {
    world: `${ENTRY}ServiceEntry shop/ext @3: {hosts: [ext.com], ports: [8080 HTTP]}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'an own route': { world: ENTRY + only('.', ROUTE), call: 'http ext.com:80', pods: ['app', 'none'] },
  'a route that is exported by name': {
    world: ENTRY + only('guest', ROUTE),
    call: 'http ext.com:80',
    pods: ['guest', 'none'],
  },
  'a route that is private by default': {
    world: `mesh: {defaultVirtualServiceExportTo: ["."]}\n${ENTRY}${ROUTE}`,
    call: 'http ext.com:80',
    pods: ['app', 'none'],
  },
  'an own route with gateway semantics, which goes first': {
    world: `${ENTRY}${ROUTE}VirtualService shop/ext @9: {hosts: [ext.com, web.shop.svc.cluster.local], ${DERIVED}, http: [{directResponse: {status: 418}}]}
Service shop/web: {clusterIP: 10.1.1.1, ports: [80 http]}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'who sees the Service by which a route with gateway semantics counts': {
    world: `${ENTRY}VirtualService shop/ext @3: {hosts: [ext.com, web.shop.svc.cluster.local], ${DERIVED}, http: [{directResponse: {status: 418}}]}
Service shop/web: {clusterIP: 10.1.1.1, ports: [80 http], $annotations: {networking.istio.io/exportTo: guest}}`,
    call: 'http ext.com:80',
    pods: ['guest', 'none'],
  },
  'an own Sidecar': {
    world: `${ENTRY}Sidecar shop/all: {egress: [{hosts: ["./*"]}]}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'the selector of a Sidecar': {
    world: `${ENTRY}Sidecar shop/web: {workloadSelector: {labels: {app: web}}, egress: [{hosts: ["./*"]}]}`,
    call: 'http ext.com:80',
    pods: ['shop with app=web', 'shop with app=api'],
  },
  'what the Sidecar of all lets each namespace see of its own': {
    world: `${ENTRY}${root('./*')}`,
    call: 'http ext.com:80',
    pods: ['app', 'none'],
  },
  'which own routes the Sidecar of all lets each namespace see': {
    world: `${ENTRY}${ROUTE.replaceAll('app/', 'shop/')}${root('app/*', './*')}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'an own DestinationRule for the external host': {
    world: `${ENTRY}DestinationRule shop/ext: {host: ext.com, trafficPolicy: {tls: {mode: SIMPLE}}}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'an own DestinationRule for a wildcard over the gateway': {
    ground: PAIR,
    world: `DestinationRule shop/local: {host: "*.local", trafficPolicy: {tls: {mode: DISABLE}}}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'a DestinationRule of the gateway that is exported by name': {
    ground: PAIR,
    world: `DestinationRule istio-system/egress @1: {host: EGW, subsets: [{name: ext}], exportTo: [guest]}`,
    call: 'http ext.com:80',
    pods: ['guest', 'none'],
  },
  'a DestinationRule of the gateway’s own namespace that is private by default': {
    ground: PAIR,
    world: 'mesh: {defaultDestinationRuleExportTo: ["."]}',
    call: 'http ext.com:80',
    pods: ['istio-system', 'none'],
  },
  'the selector of a DestinationRule': {
    ground: PAIR,
    world: `DestinationRule shop/web: {host: EGW, workloadSelector: {matchLabels: {app: web}}, subsets: [{name: ext}]}`,
    call: 'http ext.com:80',
    pods: ['shop with app=web', 'shop'],
  },
  'sourceNamespace of an HTTP match': {
    world: `${ENTRY}VirtualService app/out: {hosts: [ext.com], http: [{match: [{sourceNamespace: guest}], route: [EGW:80]}]}`,
    call: 'http ext.com:80',
    pods: ['guest', 'none'],
  },
  'sourceLabels of an HTTP match': {
    world: `${ENTRY}VirtualService app/out: {hosts: [ext.com], http: [{match: [{sourceLabels: {app: web}}], route: [EGW:80]}]}`,
    call: 'http ext.com:80',
    pods: ['none with app=web', 'none'],
  },
  'sourceLabels of a TLS match': {
    world: `${ENTRY}VirtualService app/out: {hosts: [ext.com], tls: [{match: [{sniHosts: [ext.com], sourceLabels: {app: web}}], route: [EGW:443]}]}`,
    call: 'tls ext.com:443',
    pods: ['none with app=web', 'none'],
  },
  'sourceNamespace of a TCP match': {
    world: `${ENTRY}VirtualService app/out: {hosts: [ext.com], tcp: [{match: [{sourceNamespace: guest}], route: [EGW:3306]}]}`,
    call: 'tcp ext.com:3306',
    pods: ['guest', 'none'],
  },
  'sourceLabels in a delegate': {
    world: `${ENTRY}VirtualService app/out: {hosts: [ext.com], http: [{delegate: {name: rules, namespace: net}}]}
VirtualService net/rules: {http: [{match: [{sourceLabels: {app: web}}], route: [EGW:80]}]}`,
    call: 'http ext.com:80',
    pods: ['none with app=web', 'none'],
  },
  'an SNI that a route takes with a service that only some see': {
    world: `VirtualService app/all: {hosts: ["*.ext.com"], tls: [{match: [{sniHosts: ["*.ext.com"]}], route: [EGW:443]}]}
ServiceEntry shop/www: {hosts: [www.ext.com], ports: [443 TLS], exportTo: ["."], resolution: DNS}`,
    call: 'tls api.ext.com:443',
    pods: ['shop', 'none'],
  },
  'a route that competes for such a service': {
    world: `VirtualService app/all @2: {hosts: ["*.ext.com"], tls: [{match: [{sniHosts: ["*.ext.com"]}], route: [EGW:443]}]}
ServiceEntry shop/www: {hosts: [www.ext.com], ports: [443 TLS], resolution: DNS}
VirtualService shop/www @1: {hosts: [www.ext.com], exportTo: ["."], tls: [{match: [{sniHosts: [www.ext.com], destinationSubnets: [203.0.113.0/24]}], route: [EGW:443]}]}`,
    call: 'tls api.ext.com:443',
    pods: ['shop', 'none'],
  },
  'a service that makes a wildcard of a route somebody’s': {
    world: `${ENTRY}VirtualService app/all: {hosts: ["*.org"], http: [{route: [EGW:80]}]}
ServiceEntry shop/org: {hosts: [www.org], ports: [80 HTTP], exportTo: ["."], resolution: DNS}`,
    call: 'http undeclared.org:80',
    pods: ['shop', 'none'],
  },
  'a route that takes a service from another by which that one counts': {
    world: `VirtualService app/all @2: {hosts: [undeclared.org, "*.ext.com"], http: [{route: [EGW:80]}]}
ServiceEntry app/www: {hosts: [www.ext.com], ports: [8080 HTTP], resolution: DNS}
VirtualService shop/www @1: {hosts: [www.ext.com], exportTo: ["."], http: [{route: [EGW:80]}]}`,
    call: 'http undeclared.org:8080',
    pods: ['shop', 'none'],
  },
  'a short name': {
    world: 'Service shop/web: {clusterIP: 10.1.1.1, ports: [80 http]}',
    call: 'http web:80',
    pods: ['shop', 'none'],
  },
  'a short name that an entry declares for another namespace': {
    world: 'ServiceEntry app/web: {hosts: [web.shop.svc.cluster.local], ports: [80 HTTP], resolution: DNS}',
    call: 'http web:80',
    pods: ['shop', 'none'],
  },
  'an alias by its short name': {
    world: `${ENTRY}Service shop/web: {type: ExternalName, externalName: ext.com}`,
    call: 'http web:80',
    pods: ['shop', 'none'],
  },
  'a headless Service that is called like a top-level domain': {
    world: 'Service shop/com: {clusterIP: None, ports: [80 http]}',
    call: 'http un.known.com:80',
    pods: ['shop', 'none'],
  },
  'an own service that takes whatever bytes come': {
    world: `${ENTRY}ServiceEntry shop/db: {hosts: [db.internal], ports: [443 TCP], exportTo: ["."]}`,
    call: 'tcp ext.com:443',
    pods: ['shop', 'none'],
  },
  'a route of the service to which whatever bytes go': {
    world: `${ENTRY}VirtualService shop/db: {hosts: [ext.com], exportTo: ["."], tcp: [{route: [EGW:3306]}]}`,
    call: 'tcp un.known:3306',
    pods: ['shop', 'none'],
  },
  'another first service for whatever bytes, where a Sidecar hides the first': {
    world: `${ENTRY}ServiceEntry net/db @3: {hosts: [db.internal], ports: [3306 TCP]}
VirtualService net/db: {hosts: [db.internal], tcp: [{match: [{sourceLabels: {app: web}}], route: [EGW:3306]}]}
Sidecar shop/all: {egress: [{hosts: ["net/*"]}]}`,
    call: 'tcp un.known:3306',
    pods: ['shop with app=web', 'shop'],
  },
  'a DestinationRule for what such a service is routed to': {
    world: `${ENTRY}ServiceEntry net/db @3: {hosts: [db.internal], ports: [3306 TCP]}
ServiceEntry net/proxy: {hosts: [proxy.internal], ports: [3306 TCP], resolution: STATIC}
VirtualService net/db: {hosts: [db.internal], tcp: [{route: [proxy.internal]}]}
DestinationRule shop/proxy: {host: proxy.internal, workloadSelector: {matchLabels: {app: web}}, trafficPolicy: {tls: {mode: SIMPLE}}}
Sidecar shop/all: {egress: [{hosts: ["net/*"]}]}`,
    call: 'tcp un.known:3306',
    pods: ['shop with app=web', 'shop'],
  },
  'an own HTTP service, which keeps a sniffed one from the listener': {
    world: `ServiceEntry app/any @2: {hosts: [any.internal], ports: [8080]}
ServiceEntry app/http @3: {hosts: [http.internal], ports: [8080 HTTP]}
ServiceEntry shop/http @4: {hosts: [own.internal], ports: [8080 HTTP], exportTo: ["."]}`,
    call: 'tcp un.known:8080',
    pods: ['shop', 'none'],
  },
  'an own HTTP service, where nobody else has one': {
    ground: '{}',
    world: `VirtualService app/out: {hosts: [ext.com], http: [{directResponse: {status: 418}}]}
ServiceEntry shop/http: {hosts: [http.internal], ports: [80 HTTP], exportTo: ["."]}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'an own proxy port, which takes any bytes as HTTP': {
    world: `ServiceEntry app/http @2: {hosts: [http.internal], ports: [80 HTTP]}
ServiceEntry shop/proxy @3: {hosts: [proxy.internal], ports: [80 HTTP_PROXY], exportTo: ["."]}`,
    call: 'tcp un.known:80',
    pods: ['shop', 'none'],
  },
  'an own Mongo port, which shares its listener with nobody': {
    world: `${ENTRY}ServiceEntry shop/mongo: {hosts: [mongo.internal], ports: [443 Mongo], exportTo: ["."]}`,
    call: 'tls ext.com:443',
    pods: ['shop', 'none'],
  },
  'another first Mongo port without a block': {
    world: `ServiceEntry app/block @1: {hosts: [block.internal], addresses: [198.51.100.0/24], ports: [3306 Mongo]}
ServiceEntry app/tcp @2: {hosts: [tcp.internal], ports: [3306 TCP]}
ServiceEntry app/first @3: {hosts: [first.internal], ports: [8080 HTTP]}
ServiceEntry shop/first @4: {hosts: [first.internal], ports: [3306 Mongo]}
ServiceEntry app/second @5: {hosts: [second.internal], ports: [3306 Mongo]}`,
    call: 'tcp un.known:3306',
    pods: ['shop', 'none'],
  },
  'a service that the Sidecar of all imports for its port, with the entry’s protocol': {
    world: `ServiceEntry shop/web: {hosts: [web.internal], ports: [8080 HTTP], exportTo: ["."]}
Sidecar istio-system/root: {egress: [{port: 8080 TCP, hosts: ["*/*"]}]}`,
    call: 'tcp un.known:8080',
    pods: ['shop', 'none'],
  },
  'an address of somebody’s': {
    world: `${ENTRY}ServiceEntry shop/vip: {hosts: [vip.internal], addresses: [203.0.113.9], ports: [443 TCP], exportTo: ["."]}`,
    call: 'tls ext.com:443 at 203.0.113.9',
    pods: ['shop', 'none'],
  },
  'an address of somebody’s, as the Host': {
    world: `${ENTRY}ServiceEntry shop/vip: {hosts: [vip.internal], addresses: [203.0.113.9], ports: [80 HTTP], exportTo: ["."]}`,
    call: 'http 203.0.113.9:80',
    pods: ['shop', 'none'],
  },
  'a block of addresses': {
    world: `${ENTRY}ServiceEntry shop/block: {hosts: [block.internal], addresses: [203.0.113.0/24], ports: [443 TCP], exportTo: ["."]}`,
    call: 'tls ext.com:443 at 203.0.113.9',
    pods: ['shop', 'none'],
  },
  'an endpoint to which an entry without an address binds': {
    world: `${ENTRY}ServiceEntry shop/none: {hosts: [none.internal], ports: [443 TLS], exportTo: ["."]}
ServiceEntry shop/static: {hosts: [none.internal], ports: [443 TLS], resolution: STATIC, endpoints: [{address: 203.0.113.9}], exportTo: ["~"]}`,
    call: 'tls ext.com:443 at 203.0.113.9',
    pods: ['shop', 'none'],
  },
  'a WorkloadEntry to which an entry without an address binds': {
    world: `${ENTRY}ServiceEntry shop/none: {hosts: [none.internal], ports: [443 TLS], workloadSelector: {labels: {app: db}}, exportTo: ["."]}
WorkloadEntry shop/db: {address: 203.0.113.9, labels: {app: db}}`,
    call: 'tls ext.com:443 at 203.0.113.9',
    pods: ['shop', 'none'],
  },
  'a subnet that a route takes': {
    world: `${ENTRY}VirtualService shop/out: {hosts: [ext.com], exportTo: ["."], tls: [{match: [{sniHosts: [ext.com], destinationSubnets: [203.0.113.0/24]}], route: [EGW:443]}]}`,
    call: 'tls ext.com:443 at 203.0.113.9',
    pods: ['shop', 'none'],
  },
  'a rule for the host for which an ExternalName destination stands': {
    world: `${ENTRY}VirtualService app/out: {hosts: [ext.com], http: [{route: [proxy.app.svc.cluster.local]}]}
Service app/proxy: {type: ExternalName, externalName: other.org, ports: [80 http]}
ServiceEntry app/other: {hosts: [other.org], ports: [80 HTTP], resolution: DNS}
DestinationRule shop/other: {host: other.org, trafficPolicy: {tls: {mode: SIMPLE}}}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'a rule for a mirror': {
    world: `${ENTRY}VirtualService app/out: {hosts: [ext.com], http: [{route: [EGW:80], mirror: other.org:80}]}
ServiceEntry app/other: {hosts: [other.org], ports: [80 HTTP], resolution: DNS}
DestinationRule shop/other: {host: other.org, trafficPolicy: {tls: {mode: SIMPLE}}}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'a rule for an egress proxy of the pods’ own Sidecar': {
    world: `mesh: {outboundTrafficPolicy: ALLOW_ANY}
ServiceEntry shop/proxy: {hosts: [proxy.internal], ports: [3128 TCP], resolution: DNS}
Sidecar shop/all: {outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: proxy.internal, port: {number: 3128}}}}
DestinationRule shop/web: {host: proxy.internal, workloadSelector: {matchLabels: {app: web}}, trafficPolicy: {tls: {mode: SIMPLE}}}`,
    call: 'http un.known:80',
    pods: ['shop with app=web', 'shop'],
  },
  'a rule for the egress proxy of all': {
    world: `ServiceEntry app/proxy: {hosts: [proxy.internal], ports: [3128 TCP], resolution: DNS}
Sidecar istio-system/root: {outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: proxy.internal, port: {number: 3128}}}}
DestinationRule shop/proxy: {host: proxy.internal, trafficPolicy: {tls: {mode: SIMPLE}}}`,
    call: 'http un.known:80',
    pods: ['shop', 'none'],
  },
  'a route that gives a cluster which the Sidecar of all does not import': {
    world: `${ENTRY}VirtualService app/out: {hosts: [ext.com], http: [{match: [{port: 8080}], route: [other.org:8080]}, {route: [other.org]}]}
ServiceEntry net/other: {hosts: [other.org], ports: [80 HTTP, 8080 HTTP], resolution: DNS}
VirtualService shop/mention: {hosts: [mention.org], exportTo: ["."], http: [{route: [other.org:80]}]}
${root('app/*', '*/mention.org')}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'a namespace for which alone such a route names the cluster': {
    world: `${ENTRY}VirtualService app/out: {hosts: [ext.com], http: [{match: [{port: 8080}], route: [other.org:8080]}, {route: [other.org]}]}
ServiceEntry net/other: {hosts: [other.org], ports: [80 HTTP, 8080 HTTP], resolution: DNS}
VirtualService net/mention: {hosts: [mention.org], http: [{match: [{sourceNamespace: guest}], route: [other.org:80]}]}
${root('app/*', '*/mention.org')}`,
    call: 'http ext.com:80',
    pods: ['guest', 'none'],
  },
  'an upper-case entry': {
    world: 'ServiceEntry shop/ext: {hosts: [EXT.com], ports: [443 TLS], exportTo: ["."], resolution: DNS}',
    call: 'tls ext.com:443',
    pods: ['shop', 'none'],
  },
  'an upper-case wildcard': {
    world: 'ServiceEntry shop/ext: {hosts: ["*.EXT.com"], ports: [443 TLS], exportTo: ["."]}',
    call: 'tls www.ext.com:443',
    pods: ['shop', 'none'],
  },
  'an upper-case route': {
    world: `${ENTRY}VirtualService shop/out: {hosts: [EXT.com], exportTo: ["."], http: [{route: [EGW:80]}]}`,
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'an upper-case route of what an alias stands for': {
    world: `${ENTRY}VirtualService shop/out: {hosts: [EXT.com], exportTo: ["."], http: [{route: [EGW:80]}]}
Service app/alias: {type: ExternalName, externalName: ext.com}`,
    call: 'http alias.app:80',
    pods: ['shop', 'none'],
  },
  'a rule for the lower-case cluster of an upper-case entry': {
    world: `ServiceEntry app/shouted: {hosts: [EXT.com], ports: [80 HTTP], resolution: DNS}
ServiceEntry app/ext: {hosts: [ext.com], ports: [80 TLS], resolution: DNS}
Service app/alias: {type: ExternalName, externalName: EXT.com}
DestinationRule shop/ext: {host: ext.com, trafficPolicy: {tls: {mode: SIMPLE}}}`,
    call: 'http alias.app:80',
    pods: ['shop', 'none'],
  },
  'a destination that is exported by name': {
    world: `${ENTRY}${ROUTE.replace('EGW:80', 'other.org:80')}ServiceEntry net/other: {hosts: [other.org], ports: [80 HTTP], exportTo: [guest]}`,
    call: 'http ext.com:80',
    pods: ['guest', 'none'],
  },
  'a first service for whatever bytes that others take from elsewhere': {
    world: `ServiceEntry app/first @2: {hosts: [first.internal], ports: [8080 HTTP]}
ServiceEntry shop/first @3: {hosts: [first.internal], ports: [3306 TCP]}
ServiceEntry app/second @4: {hosts: [second.internal], ports: [443 TCP]}`,
    call: 'tcp un.known:3306',
    pods: ['shop', 'none'],
  },
  'a first sniffed service that others take from elsewhere': {
    world: `ServiceEntry app/first @2: {hosts: [first.internal], ports: [80 HTTP]}
ServiceEntry shop/first @3: {hosts: [first.internal], ports: [8080]}
ServiceEntry app/second @4: {hosts: [second.internal], ports: [8080]}`,
    call: 'tcp un.known:8080',
    pods: ['shop', 'none'],
  },
  'a service for whatever bytes behind one that the Sidecar of all hides': {
    world: `ServiceEntry shop/first @2: {hosts: [first.internal], ports: [8080 TCP]}
ServiceEntry edge/second @3: {hosts: [second.internal], ports: [8080 TCP]}
ServiceEntry net/third @4: {hosts: [third.internal], ports: [8080 TCP]}
${root('./*', 'net/*')}`,
    call: 'tcp un.known:8080',
    pods: ['edge', 'none'],
  },
  'an own egress entry with the port, which makes every service take whatever bytes come': {
    world: `ServiceEntry net/web: {hosts: [web.internal], ports: [8080 HTTP], resolution: DNS}
VirtualService net/web: {hosts: [web.internal], tcp: [{match: [{sourceLabels: {app: web}}], route: [EGW:3306]}]}
Sidecar shop/all: {egress: [{port: 8080 TCP, hosts: ["net/*"]}]}`,
    call: 'tcp un.known:8080',
    pods: ['shop with app=web', 'shop'],
  },
  'a wildcard over the name': {
    world: 'ServiceEntry shop/ext: {hosts: ["*.ext.com"], ports: [80 HTTP], exportTo: ["."]}',
    call: 'http www.ext.com:80',
    pods: ['shop', 'none'],
  },
  'an upper-case wildcard of a route over what nobody declares': {
    world: 'VirtualService shop/out: {hosts: ["*.EXT.com"], exportTo: ["."], http: [{route: [EGW:80]}]}',
    call: 'http www.ext.com:80',
    pods: ['shop', 'none'],
  },
  'a subnet that a route for a service behind the first takes': {
    world: `${ENTRY}ServiceEntry app/db @3: {hosts: [db.internal], ports: [3306 TCP]}
VirtualService shop/db: {hosts: [db.internal], exportTo: ["."], tcp: [{match: [{destinationSubnets: [203.0.113.0/24]}], route: [EGW:3306]}]}`,
    call: 'tcp un.known:3306 at 203.0.113.9',
    pods: ['shop', 'none'],
  },
  'a rule for the service of a block of addresses': {
    world: `ServiceEntry app/block: {hosts: [block.internal], addresses: [203.0.113.0/24], ports: [443 TCP]}
DestinationRule shop/block: {host: block.internal, trafficPolicy: {tls: {mode: SIMPLE}}}`,
    call: 'tls ext.com:443 at 203.0.113.9',
    pods: ['shop', 'none'],
  },
  'a subnet that a route for another host takes': {
    world: `${ENTRY}ServiceEntry shop/db: {hosts: [db.internal], ports: [443 TLS], exportTo: ["."]}
VirtualService app/db: {hosts: [db.internal], tls: [{match: [{sniHosts: [ext.com], destinationSubnets: [203.0.113.0/24]}], route: [EGW:443]}]}`,
    call: 'tls ext.com:443 at 203.0.113.9',
    pods: ['shop', 'none'],
  },
  'who sees the Service by which a route of an alias’s target counts': {
    world: `${ENTRY}VirtualService shop/ext @3: {hosts: [ext.com, web.shop.svc.cluster.local], ${DERIVED}, http: [{directResponse: {status: 418}}]}
Service shop/web: {clusterIP: 10.1.1.1, ports: [80 http], $annotations: {networking.istio.io/exportTo: guest}}
Service app/alias: {type: ExternalName, externalName: ext.com}`,
    call: 'http alias.app:80',
    pods: ['guest', 'none'],
  },
  'labels in a route of what an own alias stands for': {
    world: `${ENTRY}Service shop/alias: {type: ExternalName, externalName: ext.com}
VirtualService app/out: {hosts: [ext.com], http: [{match: [{sourceLabels: {app: web}}], route: [EGW:80]}]}`,
    call: 'http alias:80',
    pods: ['shop with app=web', 'shop'],
  },
  'a Service by its name and namespace': {
    world:
      'Service shop/web: {clusterIP: 10.1.1.1, ports: [80 http], $annotations: {networking.istio.io/exportTo: guest}}',
    call: 'http web.shop:80',
    pods: ['guest', 'none'],
  },
  'an upper-case route of what nobody declares': {
    world: 'VirtualService shop/out: {hosts: [EXT.com], exportTo: ["."], http: [{route: [EGW:80]}]}',
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
  'a service that an upper-case host of a route claims': {
    world: `VirtualService app/out: {hosts: [undeclared.org, WEB.internal], http: [{route: [EGW:80]}]}
ServiceEntry shop/web: {hosts: [web.internal], ports: [8080 HTTP], exportTo: ["."]}
ServiceEntry app/http: {hosts: [http.internal], ports: [8080 HTTP]}`,
    call: 'http undeclared.org:8080',
    pods: ['shop', 'none'],
  },
  'the selector of a rule for an own service that takes whatever bytes come': {
    world: `ServiceEntry shop/db: {hosts: [db.internal], ports: [3306 TCP], exportTo: ["."], resolution: DNS}
DestinationRule shop/db: {host: db.internal, workloadSelector: {matchLabels: {app: web}}, trafficPolicy: {tls: {mode: SIMPLE}}}`,
    call: 'tcp un.known:3306',
    pods: ['shop with app=web', 'shop'],
  },
  'a destination without a dot in a route with gateway semantics': {
    world: `${ENTRY}VirtualService app/ext: {hosts: [ext.com], ${DERIVED}, http: [{route: [proxy]}]}
ServiceEntry app/proxy: {hosts: [proxy], ports: [80 HTTP], exportTo: [guest]}`,
    call: 'http ext.com:80',
    pods: ['guest', 'none'],
  },
  'the selector of a rule in the gateway’s own namespace': {
    ground: PAIR,
    world: 'DestinationRule istio-system/web: {host: EGW, workloadSelector: {matchLabels: {app: web}}}',
    call: 'http ext.com:80',
    pods: ['istio-system with app=web', 'none'],
  },
  'an own entry, called with its port in the Host': {
    world: only('.', ENTRY),
    call: 'http ext.com:80:80',
    pods: ['app', 'none'],
  },
  'an own entry, called with a last dot': { world: only('.', ENTRY), call: 'http ext.com.:80', pods: ['app', 'none'] },
  'what nobody sees': {
    world: only('~', ENTRY) + only('.', ENTRY).replace('app/ext', 'shop/ext'),
    call: 'http ext.com:80',
    pods: ['shop', 'none'],
  },
};

t.test('two pods that can fare differently are of two classes', (t) => {
  for (const [title, { ground = GATEWAY_SERVICE, world, call, pods }] of Object.entries(PAIRS)) {
    const where = scene(ground, world);
    const [one, other] = pods.map((pod) => outcomes(where, call, pod));
    t.not(one, other, `${title}: they do fare differently`);
    const all = classes(where.topology.world, ...targetOf(call));
    t.not(all.of(...podOf(pods[0])), all.of(...podOf(pods[1])), title);
    for (const pod of pods) {
      const its = all.of(...podOf(pod))!;
      t.equal(outcomes(where, call, textOf(its.namespace, its.labels)), outcomes(where, call, pod), `${title}: ${pod}`);
    }
  }
  t.end();
});

function outcomes(where: Scene, call: string, pod: string): string {
  const [first = '', at = ''] = call.split(' at ');
  return where.outcomes(`${first} from ${pod}${at === '' ? '' : ` at ${at}`}`);
}

function targetOf(call: string): [host: string, port: number, address: string | undefined] {
  const [, host = '', port, address] = /^\S+ (\S+):(\d+)(?: at (\S+))?$/.exec(call) ?? [];
  return [host, Number(port), address];
}

function podOf(text: string): [namespace: string, labels: Labels] {
  const [namespace = '', pairs] = text.split(' with ');
  return [
    namespace,
    Object.fromEntries(
      pairs?.split(',').map((pair): [string, string] => [pair.split('=')[0]!, pair.split('=')[1]!]) ?? [],
    ),
  ];
}

function textOf(namespace: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? namespace : `${namespace} with ${pairs.join(',')}`;
}
