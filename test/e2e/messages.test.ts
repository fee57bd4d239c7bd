import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { EGRESS, egressGateway, gateway, routes, sidecar, subsets, type Document } from '../policy/manifests.js';
import type { CommandResult } from './harness/command.js';
import type { TestCluster } from './harness/cluster.js';
import { succeeded } from './harness/command.js';
import { withCluster } from './harness/with-cluster.js';

const GOLDEN = 'test/golden/kubectl';

const MESH: Document = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'istio', namespace: 'istio-system' },
  data: { mesh: 'outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n' },
};

/** An entry as an application developer writes it. */
function entry(host: string, ports: readonly string[], namespace = 'shop'): Document {
  const written = ports.map((port) => {
    const [number, protocol = ''] = port.split(' ');
    return { number: Number(number), name: `${protocol.toLowerCase()}-${number ?? ''}`, protocol };
  });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: nameOf(host), namespace },
    spec: { hosts: [host], location: 'MESH_EXTERNAL', resolution: 'DNS', ports: written },
  };
}

function nameOf(host: string): string {
  return host.split('.').at(-2) ?? host;
}

const toGateway: Document = { destination: { host: EGRESS, subset: 'cnn', port: { number: 80 } } };

function toHost(host: string): Document {
  return { destination: { host, port: { number: 80 } } };
}

function fromMesh(route: readonly Document[] = [toGateway], more: Document = {}): Document {
  return { match: [{ gateways: ['mesh'], port: 80 }], route, ...more };
}

function fromGateway(host: string): Document {
  return { match: [{ gateways: ['egress'], port: 80 }], route: [toHost(host)] };
}

function pair(host: string, http: readonly Document[], spec: Document = {}): Document {
  return routes({ hosts: [host], http, ...spec }, { name: nameOf(host) });
}

const NEWS = 'www.news.example';
const RIGHT = pair(NEWS, [fromMesh(), fromGateway(NEWS)]);
const OTHER = 'api.weather.example';

/** A pair of which the platform team holds the routes. */
const STATUS = 'www.status.example';
const HELD = routes(
  {
    hosts: [STATUS],
    gateways: ['mesh', 'shop/egress'],
    http: [fromMesh(), { ...fromGateway(STATUS), match: [{ gateways: ['shop/egress'], port: 80 }] }],
  },
  { name: 'status', namespace: 'platform' },
);

/** What is asked of the API server, by the name of the file that holds the whole of kubectl's answer. */
const COMMANDS: Readonly<Record<string, (cluster: TestCluster) => Promise<CommandResult>>> = {
  'entry-without-routes': (cluster) => cluster.apply(entry(OTHER, ['80 HTTP', '443 TLS'])),
  'uncovered-port': (cluster) => cluster.apply(entry(NEWS, ['80 HTTP', '443 TLS'], 'billing')),
  weight: (cluster) =>
    cluster.apply(
      pair(OTHER, [
        fromMesh([
          { ...toGateway, weight: 90 },
          { ...toHost(OTHER), weight: 10 },
        ]),
        fromGateway(OTHER),
      ]),
    ),
  mirror: (cluster) =>
    cluster.apply(
      pair(OTHER, [fromMesh([toGateway], { mirror: { host: OTHER, port: { number: 80 } } }), fromGateway(OTHER)]),
    ),
  'missing-mesh-match': (cluster) => cluster.apply(pair(OTHER, [fromGateway(OTHER)])),
  'gateways-mesh-only': (cluster) =>
    cluster.apply(pair(OTHER, [fromMesh(), fromGateway(OTHER)], { gateways: ['mesh'] })),
  'private-rival': (cluster) =>
    cluster.apply(
      routes(
        { hosts: [NEWS], gateways: ['mesh'], exportTo: ['.'], http: [{ route: [toHost(NEWS)] }] },
        { name: 'news-direct', namespace: 'billing' },
      ),
    ),
  'sidecar-scope': (cluster) => cluster.apply(sidecar({ egress: [{ hosts: ['./*', 'istio-system/*'] }] })),
  'deleted-route': (cluster) => cluster.remove(RIGHT),
  'passthrough-destination-rule': (cluster) =>
    cluster.apply(subsets({ trafficPolicy: { loadBalancer: { simple: 'PASSTHROUGH' } } }, { name: 'egress-all' })),
  'missing-gateway-match': (cluster) => cluster.apply(pair(OTHER, [fromMesh()])),
  'unknown-gateway': (cluster) =>
    cluster.apply(pair(OTHER, [fromMesh(), fromGateway(OTHER)], { gateways: ['mesh', 'egress', 'egres'] })),
};

/** Everything that kubectl says to people, without what differs from run to run: ports, and times. */
function said({ stdout, stderr }: CommandResult): string {
  return `${stdout}${stderr}`.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT').replaceAll(/\d+ms/g, 'MS');
}

t.test('what kubectl prints', async (t) => {
  await withCluster(t, async (cluster) => {
    await cluster.createNamespaces('shop', 'billing', 'platform', 'istio-system');
    const world = [
      MESH,
      egressGateway(),
      gateway(),
      subsets(),
      RIGHT,
      HELD,
      entry(NEWS, ['80 HTTP']),
      entry(STATUS, ['80 HTTP']),
    ];
    succeeded(await cluster.apply(world.map(withoutAddress)));
    await cluster.startJudged();
    for (const [name, ask] of Object.entries(COMMANDS)) {
      // `SALLYPORT_GOLDEN=write` writes what is printed now.
      const file = path.join(GOLDEN, `${name}.txt`);
      const printed = said(await ask(cluster));
      if (process.env['SALLYPORT_GOLDEN'] === 'write') writeFileSync(file, printed);
      else t.equal(printed, readFileSync(file, 'utf8'), name);
    }
    t.strictSame(
      readdirSync(GOLDEN).sort(),
      Object.keys(COMMANDS)
        .map((name) => `${name}.txt`)
        .sort(),
    );
  });
});

/** The API server gives a Service its address. */
function withoutAddress(document: Document): Document {
  const { spec } = document;
  if (document['kind'] !== 'Service' || typeof spec !== 'object' || spec === null) return document;
  return { ...document, spec: Object.fromEntries(Object.entries(spec).filter(([key]) => key !== 'clusterIP')) };
}
