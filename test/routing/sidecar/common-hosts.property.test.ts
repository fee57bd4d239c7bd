import { deepStrictEqual } from 'node:assert';
import t from 'tap';
import type { Service } from '../../../src/mesh/kinds/service.js';
import { MeshWorld } from '../../../src/mesh/world/mesh-world.js';
import { overlay } from '../../../src/mesh/world/overlay.js';
import type { Call, Client } from '../../../src/routing/call.js';
import { CommonHosts } from '../../../src/routing/sidecar/common-hosts.js';
import { SidecarProxy } from '../../../src/routing/sidecar/sidecar-proxy.js';
import { trace, type Topology } from '../../../src/routing/trace.js';
import { Random } from '../../conformance/random.js';
import { DEAF } from './deaf-trail.js';
import { CLIENT_NAMESPACES, randomDocuments, randomLabels, randomMesh, readDocuments } from '../random-world.js';

/*
 * What is kept of hosts that no pod tells apart, held against traces that look at everything anew: those for which somebody brings a
 * trail.
 */

const WORLDS = 2000;
const CALLS = 40;

t.setTimeout(600_000);

const GATEWAY_HOST = 'istio-egressgateway.istio-system.svc.cluster.local';

function isEgressGateway({ spec }: Service): boolean {
  return spec.selector?.['istio'] === 'egressgateway';
}

const isNoGateway = (): boolean => false;

/** A host that goes through the gateway as it should, but for what a few twists make of it. */
function tutorial(host: string, random: Random): readonly object[] {
  const twisted = random.chance(0.6);
  const twist = <T>(value: T, ...others: readonly T[]): T =>
    twisted && random.chance(0.12) ? random.pick(others) : value;
  const api = (kind: string, namespace: string, spec: object, annotations = {}, name = `tutorial-${host}`) => ({
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { name: name.toLowerCase(), namespace, creationTimestamp: '2024-01-01T00:00:00Z', annotations },
    spec,
  });
  const port = { number: 80, name: 'http', protocol: 'HTTP' };
  const subset = host.replaceAll('.', '-').toLowerCase();
  const audience = () => twist<readonly string[]>([], ['.'], ['app'], ['.', 'app']);
  const mesh = twist<object>(
    { gateways: ['mesh'], port: 80 },
    { sourceLabels: { app: 'web' } },
    { sourceNamespace: 'app' },
  );
  const destination = twist<object>({ host: GATEWAY_HOST, subset }, { host: 'back.ext.com' }, { host: 'web' });
  const semantics = twist<object>({}, { 'internal.istio.io/route-semantics': 'gateway' });
  const to = { match: [mesh], route: [{ destination }] };
  const delegating = { match: [{ port: 80 }], delegate: { name: 'delegate', namespace: 'shop' } };
  const rest = twist<readonly object[]>([], [{ route: [{ destination: { host } }] }]);
  return [
    api('ServiceEntry', 'shop', { hosts: [host], ports: [port], resolution: 'DNS', exportTo: audience() }),
    api('Gateway', 'shop', { selector: { istio: 'egressgateway' }, servers: [{ port, hosts: [host] }] }),
    api('DestinationRule', 'istio-system', { host: GATEWAY_HOST, subsets: [{ name: subset }] }),
    api(
      'VirtualService',
      'shop',
      {
        hosts: [host],
        exportTo: audience(),
        gateways: ['mesh', `tutorial-${host}`.toLowerCase()],
        http: [
          twist<object>(to, delegating),
          { match: [{ gateways: [`tutorial-${host}`.toLowerCase()], port: 80 }], route: [{ destination: { host } }] },
          ...rest,
        ],
      },
      semantics,
    ),
    ...twist<readonly object[]>(
      [],
      [
        api(
          'VirtualService',
          'shop',
          { exportTo: ['app', '.'], http: [{ match: [{ sourceNamespace: 'app' }], route: [{ destination }] }] },
          {},
          'delegate',
        ),
      ],
      [
        api(
          'ServiceEntry',
          'app',
          { hosts: ['back.ext.com'], ports: [{ ...port, number: 8080 }], exportTo: ['.'], resolution: 'DNS' },
          {},
          'back',
        ),
      ],
      [api('ServiceEntry', 'app', { hosts: [host], ports: [port], exportTo: ['.'] }, {}, 'again')],
      [
        api(
          'VirtualService',
          'app',
          { hosts: [host.toUpperCase()], exportTo: ['.'], http: [{ route: [{ destination: { host } }] }] },
          {},
          'loud',
        ),
      ],
      [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web', namespace: 'shop' },
          spec: { clusterIP: '10.96.0.20', ports: [{ name: 'http', port: 80 }] },
        },
      ],
    ),
  ];
}

const TUTORIALS = ['www.ext.com', 'api.ext.com', 'other.org', 'web.shop', 'www.EXT.com'];
const HOSTS = [
  'www.ext.com',
  'api.ext.com',
  'ext.com',
  'other.org',
  'deep.api.ext.com',
  'web',
  'web.shop',
  GATEWAY_HOST,
];
const SPELLINGS: readonly ((host: string) => string)[] = [
  (host) => host,
  (host) => host,
  (host) => host,
  (host) => host,
  (host) => host,
  (host) => host,
  (host) => host.toUpperCase(),
  (host) => `${host}:80`,
  (host) => `${host}.`,
];

function randomCall(random: Random, hosts: readonly string[]): { readonly client: Client; readonly call: Call } {
  const host = random.pick(SPELLINGS)(random.pick(random.chance(0.9) ? hosts : HOSTS));
  return {
    client: { kind: 'sidecar', namespace: random.pick(CLIENT_NAMESPACES), labels: randomLabels(random) },
    call: { host, port: random.pick([80, 80, 80, 80, 8080, 443]), protocol: 'http' },
  };
}

/** Some documents of a random world, few enough that it does not hold something of everything. */
function intruders(random: Random, root: string): readonly unknown[] {
  return random.shuffled(randomDocuments(random, root)).slice(0, random.pick([0, 0, 1, 2]));
}

function isCommon(
  topology: Topology,
  { namespace, labels }: Extract<Client, { kind: 'sidecar' }>,
  call: Call,
): boolean {
  const proxy = new SidecarProxy(topology.world, namespace, labels);
  return CommonHosts.of(topology).ways(topology, proxy, call) !== undefined;
}

t.test('a host that is kept for all pods is answered as one that is looked at for each', (t) => {
  let common = 0;
  let several = 0;
  for (let index = 0; index < WORLDS; index++) {
    const random = new Random(index);
    const mesh = randomMesh(random);
    const hosts = random.shuffled(TUTORIALS).slice(0, 3);
    const documents = [...hosts.flatMap((host) => tutorial(host, random)), ...intruders(random, mesh.rootNamespace)];
    const world = new MeshWorld(mesh, readDocuments([...randomDocuments(random).slice(0, 1), ...documents]));
    const overlaid = overlay(
      world,
      readDocuments(intruders(random, mesh.rootNamespace)).map((put) => ({ put })),
    );
    const changes = readDocuments(intruders(random, mesh.rootNamespace));
    const answers = new Map<string, Set<string>>();
    const check = (over: Topology): void => {
      const { client, call } = randomCall(random, hosts);
      const seed = `world ${index}: ${JSON.stringify({ client, call })}`;
      const ways = trace(over, client, call);
      deepStrictEqual(ways, trace(over, client, call, DEAF), seed);
      if (client.kind !== 'sidecar' || !isCommon(over, client, call)) return;
      common++;
      const key = `${call.host} ${call.port}`;
      answers.set(key, (answers.get(key) ?? new Set()).add(JSON.stringify(ways.map(({ outcome }) => outcome))));
    };
    for (let call = 0; call < CALLS; call++) {
      check({
        world: random.chance(0.3) ? overlaid : world,
        isEgressGateway: random.chance(0.9) ? isEgressGateway : isNoGateway,
      });
    }
    for (const change of changes) {
      world.put(change);
      for (let call = 0; call < 15; call++) check({ world, isEgressGateway });
    }
    several += [...answers.values()].filter(({ size }) => size > 1).length;
  }
  t.ok(common > WORLDS, `many calls are answered from what is kept (${common})`);
  t.ok(several > 100, `some of them in different ways for different pods (${several})`);
  t.end();
});
