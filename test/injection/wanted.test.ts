import t from 'tap';
import { isDue, obstacleTo } from '../../src/injection/provision.js';
import { manifestOf } from '../../src/injection/manifest.js';
import { wantedSubsets, type WantedSubset } from '../../src/injection/wanted.js';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import { OLDEST, YOUNGEST } from '../../src/mesh/metadata.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import type { World } from '../../src/mesh/world/world.js';
import { egressGatewayTest } from '../../src/policy/egress-gateways.js';
import { DEFAULT_POLICY } from '../../src/policy/policy.js';
import { read } from '../policy/judgement.js';
import {
  EGRESS,
  egressGateway,
  gateway,
  routes,
  service,
  subsets,
  toHost,
  type Document,
} from '../policy/manifests.js';

const EDGE = 'egress-b.edge.svc.cluster.local';
const edge: Document = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'egress-b', namespace: 'edge' },
  spec: {
    clusterIP: '10.96.0.11',
    selector: { istio: 'egressgateway', at: 'edge' },
    ports: [{ name: 'tls', port: 443 }],
  },
};
const BASE = [egressGateway(), edge, gateway(), service({ clusterIP: '10.96.0.20' })];

function to(host: string, subset?: string): Document {
  return { destination: { host, ...(subset === undefined ? {} : { subset }), port: { number: 80 } } };
}

const mesh = { match: [{ gateways: ['mesh'] }] };

function worldOf(documents: readonly Document[]): World {
  return new MeshWorld(
    DEFAULT_MESH,
    documents.map((document) => read(document, OLDEST)),
  );
}

function wanted(document: Document, world: readonly Document[] = BASE): readonly WantedSubset[] {
  const route = read(document, YOUNGEST);
  if (route.kind !== 'VirtualService') throw new Error('it is a VirtualService');
  return wantedSubsets({ world: worldOf(world), isEgressGateway: egressGatewayTest(DEFAULT_POLICY) }, route);
}

function pointers(document: Document): readonly string[] {
  return wanted(document).flatMap(({ unnamed }) => unnamed);
}

t.test('a destination at the gateway without a subset wants one, in every section and in mirrors', (t) => {
  t.strictSame(
    pointers(
      routes({
        http: [
          { ...mesh, route: [to(EGRESS), toHost(80), to(EGRESS)], mirror: { host: EGRESS } },
          {
            ...mesh,
            route: [to(EGRESS)],
            mirrors: [{ destination: { host: 'cnn.com' } }, { destination: { host: EGRESS } }],
          },
        ],
        tls: [{ match: [{ gateways: ['mesh'], sniHosts: ['cnn.com'] }], route: [to(EGRESS)] }],
        tcp: [{ ...mesh, route: [to(EGRESS)] }],
      }),
    ),
    [
      '/spec/http/0/route/0/destination',
      '/spec/http/0/route/2/destination',
      '/spec/http/0/mirror',
      '/spec/http/1/route/0/destination',
      '/spec/http/1/mirrors/1/destination',
      '/spec/tls/0/route/0/destination',
      '/spec/tcp/0/route/0/destination',
    ],
  );
  t.end();
});

t.test('a rule for the sidecars among others wants one, a rule for the gateway none', (t) => {
  const rule = (...match: readonly Document[]) => pointers(routes({ http: [{ match, route: [to(EGRESS)] }] })).length;
  t.equal(rule(), 1);
  t.equal(rule({ gateways: ['mesh'] }), 1);
  t.equal(rule({ port: 80 }), 1);
  t.equal(rule({ gateways: ['egress'] }, { gateways: ['egress', 'mesh'] }), 1);
  t.equal(rule({ gateways: ['egress'] }), 0);
  t.end();
});

t.test('a VirtualService that is not for the sidecars, or has no hosts, wants none', (t) => {
  t.strictSame(pointers(routes({ gateways: ['egress'], http: [{ route: [to(EGRESS)] }] })), []);
  t.strictSame(pointers(routes({ hosts: [], gateways: [], http: [{ route: [to(EGRESS)] }] })), []);
  t.equal(pointers(routes({ gateways: [], http: [{ route: [to(EGRESS)] }] })).length, 1);
  t.end();
});

t.test('other destinations are left alone: another Service, an outside host, a name that is half a name', (t) => {
  for (const host of [
    'reviews',
    'reviews.shop.svc.cluster.local',
    'cnn.com',
    'istio-egressgateway',
    'istio-egressgateway.istio-system',
  ]) {
    t.strictSame(pointers(routes({ http: [{ ...mesh, route: [to(host)] }] })), [], host);
  }
  t.end();
});

t.test("the gateway's short name is its name in its own namespace", (t) => {
  const short = routes({ http: [{ ...mesh, route: [to('istio-egressgateway')] }] }, { namespace: 'istio-system' });
  t.equal(pointers(short).length, 1);
  t.end();
});

t.test('a subset that somebody chose is left alone; the very one that it would get is wanted, not named again', (t) => {
  t.strictSame(wanted(routes({ http: [{ ...mesh, route: [to(EGRESS, 'v2')] }] })), []);
  const [one, ...others] = wanted(routes({ http: [{ ...mesh, route: [to(EGRESS, 'cnn-com')] }] }));
  t.strictSame(others, []);
  t.match(one, { subset: 'cnn-com', unnamed: [], isNamed: true });
  const [mixed] = wanted(routes({ http: [{ ...mesh, route: [to(EGRESS), to(EGRESS, 'cnn-com')] }] }));
  t.match(mixed, { unnamed: ['/spec/http/0/route/0/destination'], isNamed: true });
  t.match(wanted(routes({ http: [{ ...mesh, route: [to(EGRESS)] }] })), [{ isNamed: false }]);
  t.end();
});

t.test('two gateways: a subset at each, of the same name, in the namespace of its Service', (t) => {
  const found = wanted(routes({ http: [{ ...mesh, route: [to(EGRESS), to(EDGE)] }] }));
  t.strictSame(
    found.map(({ subset, unnamed, rule }) => [
      subset,
      unnamed.length,
      `${rule.metadata.namespace}/${rule.metadata.name}`,
      rule.spec.host,
    ]),
    [
      ['cnn-com', 1, 'istio-system/sallyport-istio-egressgateway-cnn-com', EGRESS],
      ['cnn-com', 1, 'edge/sallyport-egress-b-cnn-com', EDGE],
    ],
  );
  t.end();
});

function manifestFor(document: Document, world: readonly Document[] = BASE): unknown {
  const [one] = wanted(document, world);
  if (one === undefined) throw new Error('it wants a subset');
  return manifestOf(one.rule);
}

const simple = routes({ http: [{ ...mesh, route: [to(EGRESS)] }] });

t.test('the manifest defines the subset, and says whose it is', (t) => {
  t.strictSame(manifestFor(simple), {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: {
      name: 'sallyport-istio-egressgateway-cnn-com',
      namespace: 'istio-system',
      labels: { 'app.kubernetes.io/managed-by': 'sallyport', 'sallyport.dev/wanted-by': 'shop' },
    },
    spec: { host: EGRESS, subsets: [{ name: 'cnn-com' }] },
  });
  t.end();
});

/** A Gateway whose port 443 ends the mesh's mutual TLS for these hosts. */
function mutual(hosts: readonly string[], name = 'mutual', protocol = 'HTTPS'): Document {
  const servers = [{ port: { number: 443, name, protocol }, hosts, tls: { mode: 'ISTIO_MUTUAL' } }];
  return gateway({ name, namespace: 'net' }, { servers });
}

function portSettings(sni: string): Document {
  return { portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'ISTIO_MUTUAL', sni } }] };
}

function settingsIn(manifest: unknown): unknown {
  const { spec } = manifest as { readonly spec: { readonly subsets: readonly { readonly trafficPolicy?: unknown }[] } };
  return spec.subsets[0]?.trafficPolicy;
}

t.test(
  'where the server for the host ends the mesh’s mutual TLS, the sidecars speak it, with the SNI of that server',
  (t) => {
    const world = (...gateways: readonly Document[]) => [...BASE.slice(0, 2), ...gateways];
    t.strictSame(settingsIn(manifestFor(simple, world(mutual(['cnn.com'])))), portSettings('cnn.com'));
    t.strictSame(settingsIn(manifestFor(simple, world(mutual(['*'], 'mutual', 'TLS')))), portSettings('cnn.com'));
    t.strictSame(settingsIn(manifestFor(simple, world(mutual(['net/cnn.com'])))), portSettings('cnn.com'));
    t.equal(settingsIn(manifestFor(simple, world(mutual(['bbc.com'])))), undefined, 'a server for another host');
    t.equal(settingsIn(manifestFor(simple, world(gateway()))), undefined, 'a server that passes TLS through');
    const wild = routes({ hosts: ['*.cnn.com'], http: [{ ...mesh, route: [to(EGRESS)] }] });
    t.strictSame(settingsIn(manifestFor(wild, world(mutual(['*.cnn.com'])))), portSettings('any.cnn.com'));
    t.end();
  },
);

t.test('the closest server decides, whoever’s Gateway it is', (t) => {
  const passing = gateway(
    { name: 'passing' },
    {
      servers: [
        { port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: ['cnn.com'], tls: { mode: 'PASSTHROUGH' } },
      ],
    },
  );
  t.equal(settingsIn(manifestFor(simple, [...BASE.slice(0, 2), mutual(['*']), passing])), undefined);
  t.end();
});

t.test('the same wish makes the same bytes, whatever the VirtualService and the order of the world', (t) => {
  const world = [
    ...BASE.slice(0, 2),
    mutual(['cnn.com']),
    gateway({ name: 'plain' }, { servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] }),
  ];
  const text = (document: Document, documents: readonly Document[]) => JSON.stringify(manifestFor(document, documents));
  const first = text(simple, world);
  t.equal(text(simple, world.toReversed()), first);
  t.equal(
    text(routes({ tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [to(EGRESS)] }] }, { name: 'another' }), world),
    first,
  );
  t.equal(text(routes({ hosts: ['CNN.com'], http: [{ ...mesh, route: [to(EGRESS)] }] }), world), first);
  t.end();
});

/** What the injection has applied for a VirtualService of a namespace. */
function injected(host: string, namespace: string): Document {
  const document = routes({ hosts: [host], http: [{ ...mesh, route: [to(EGRESS)] }] }, { namespace });
  return manifestFor(document) as Document;
}

t.test('another namespace’s routes for the same host leave the rule as it is', (t) => {
  const known = injected('cnn.com', 'shop');
  const again = manifestFor({ ...simple, metadata: { name: 'cnn', namespace: 'billing' } }, [...BASE, known]);
  t.equal(JSON.stringify(again), JSON.stringify(known));
  t.end();
});

t.test('it is due where a destination is to name it, or names it and nobody defines it', (t) => {
  const due = (document: Document, ...more: readonly Document[]) => {
    const world = [...BASE, ...more];
    return wanted(document, world).map((one) => isDue(worldOf(world), one));
  };
  const named = routes({ http: [{ ...mesh, route: [to(EGRESS, 'cnn-com')] }] });
  t.strictSame(due(simple), [true]);
  t.strictSame(due(simple, injected('cnn.com', 'shop')), [true]);
  t.strictSame(due(named), [true]);
  t.strictSame(due(named, injected('cnn.com', 'shop')), [false]);
  t.strictSame(due(named, subsets({ subsets: [{ name: 'cnn-com' }] })), [false], "somebody's own rule will do");
  t.strictSame(due(named, subsets()), [true]);
  t.end();
});

t.test('the routes of one namespace may ask for so many subsets', (t) => {
  const world = [...BASE, injected('a.com', 'shop'), injected('b.com', 'shop'), injected('c.com', 'billing')];
  const obstacle = (most: number, host = 'cnn.com', namespace = 'shop') => {
    const [one] = wanted(routes({ hosts: [host], http: [{ ...mesh, route: [to(EGRESS)] }] }, { namespace }), world);
    return one === undefined ? 'nothing is wanted' : obstacleTo(worldOf(world), one, most);
  };
  t.equal(obstacle(3), undefined);
  t.match(obstacle(2), /namespace shop have asked for 2 subsets.*injection\.maxPerNamespace/);
  t.equal(obstacle(2, 'cnn.com', 'billing'), undefined, 'another namespace has its own');
  t.equal(obstacle(2, 'a.com'), undefined, 'one that is there costs nothing');
  t.equal(obstacle(1, 'a.com', 'billing'), undefined);
  t.end();
});

t.test('a DestinationRule of the same name for another host is not overwritten', (t) => {
  const squatter = subsets({ host: 'other.com' }, { name: 'sallyport-istio-egressgateway-cnn-com' });
  const [one] = wanted(simple, [...BASE, squatter]);
  if (one === undefined) throw new Error('it wants a subset');
  t.match(
    obstacleTo(worldOf([...BASE, squatter]), one, 500),
    /sallyport-istio-egressgateway-cnn-com is for another host/,
  );
  t.end();
});
