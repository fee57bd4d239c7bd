import t, { type Test } from 'tap';
import type { CommandResult } from './harness/command.js';
import type { TestCluster } from './harness/cluster.js';
import { withCluster } from './harness/with-cluster.js';

const HOST = 'edition.cnn.com';
const EGW = 'istio-egressgateway.istio-system.svc.cluster.local';

type Version = 'v1' | 'v1beta1' | 'v1alpha3';
type Manifest = Readonly<Record<string, unknown>>;

function object(version: Version, kind: string, name: string, spec: unknown, namespace = 'shop'): Manifest {
  return { apiVersion: `networking.istio.io/${version}`, kind, metadata: { name, namespace }, spec };
}

const GATEWAY_SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'istio-egressgateway', namespace: 'istio-system', labels: { istio: 'egressgateway' } },
  spec: { selector: { istio: 'egressgateway' }, ports: [{ name: 'http2', port: 80, targetPort: 8080 }] },
};

const MESH = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'istio', namespace: 'istio-system' },
  data: { mesh: 'outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n' },
};

/** The tutorial's objects for plain HTTP, in a version of the API. */
function tutorial(version: Version, name: string, host: string) {
  const toGateway = (extra: Manifest = { subset: name }, weight?: number) => ({
    destination: { host: EGW, port: { number: 80 }, ...extra },
    ...(weight === undefined ? {} : { weight }),
  });
  const toHost = (weight?: number) => ({
    destination: { host, port: { number: 80 } },
    ...(weight === undefined ? {} : { weight }),
  });
  const meshRule = (route: readonly unknown[], more: Manifest = {}) => ({
    match: [{ gateways: ['mesh'], port: 80 }],
    route,
    ...more,
  });
  const gatewayRule = { match: [{ gateways: [name], port: 80 }], route: [toHost()] };
  const routes = (http: readonly unknown[], gateways: readonly string[] = [name, 'mesh']): Manifest =>
    object(version, 'VirtualService', name, { hosts: [host], gateways, http });
  return {
    entry: object(version, 'ServiceEntry', name, {
      hosts: [host],
      ports: [{ number: 80, name: 'http-port', protocol: 'HTTP' }],
      resolution: 'DNS',
    }),
    gateway: object(version, 'Gateway', name, {
      selector: { istio: 'egressgateway' },
      servers: [{ port: { number: 80, name: `http-${name}`, protocol: 'HTTP' }, hosts: [host] }],
    }),
    rule: object(version, 'DestinationRule', name, { host: EGW, subsets: [{ name }] }, 'istio-system'),
    routes: routes([meshRule([toGateway()]), gatewayRule]),
    wrong: {
      withoutMeshMatch: routes([gatewayRule]),
      withoutGatewayMatch: routes([meshRule([toGateway()])]),
      meshOnly: routes([meshRule([toGateway()]), gatewayRule], ['mesh']),
      onePercent: routes([meshRule([toGateway({ subset: name }, 99), toHost(1)]), gatewayRule]),
      mirrored: routes([meshRule([toGateway()], { mirror: { host, port: { number: 80 } } }), gatewayRule]),
    },
    withoutSubset: routes([meshRule([toGateway({})]), gatewayRule]),
  };
}

/** What kubectl says of a refusal, for the tests to look into. */
function refused(t: Test, result: CommandResult, ...says: readonly string[]): void {
  t.not(result.status, 0, 'it is refused');
  for (const text of says) t.match(result.stderr, text, `it says ${text}`);
}

function admitted(t: Test, result: CommandResult): void {
  t.equal(result.status, 0, `it is admitted: ${result.stderr}`);
}

t.test('a cluster that Sallyport judges', async (t) => {
  await withCluster(t, async (cluster) => {
    await cluster.createNamespaces('shop', 'istio-system');
    admitted(t, await cluster.apply([GATEWAY_SERVICE, MESH]));
    await cluster.startJudged();
    for (const [version, name] of [
      ['v1', 'one'],
      ['v1beta1', 'two'],
      ['v1alpha3', 'three'],
    ] as const) {
      await t.test(`the tutorial in ${version}`, (t) => walk(t, cluster, version, name, `${name}.${HOST}`));
    }
    await t.test('what is inside the mesh passes', (t) => inside(t, cluster));
    await t.test('objects that the CRD would prune or refuse', (t) => unreadable(t, cluster));
  });
});

async function walk(t: Test, cluster: TestCluster, version: Version, name: string, host: string): Promise<void> {
  const { entry, gateway, rule, routes, wrong, withoutSubset } = tutorial(version, name, host);
  const kinds = (kind: string): string => `${kind}.${version}.networking.istio.io`;

  await t.test('an entry without routes is refused', async (t) => {
    refused(t, await cluster.apply(entry), '[direct-egress] spec.hosts[0]', host, 'Mend:');
    refused(t, await cluster.apply(entry, '--dry-run=server'), '[direct-egress] spec.hosts[0]');
  });

  await t.test('the tutorial is admitted in one go', async (t) => {
    admitted(t, await cluster.apply([gateway, rule, routes, entry]));
  });

  await t.test('routes that do not take all of it to the gateway are refused', async (t) => {
    const cases = [
      [wrong.withoutMeshMatch, '[missing-mesh-match] spec.http', '[direct-egress]'],
      [wrong.withoutGatewayMatch, '[missing-gateway-match] spec.http'],
      [wrong.meshOnly, '[gateway-not-listed] spec.http[1].match[0].gateways[0]'],
      [wrong.onePercent, '[direct-egress] spec.http[0].route[1].destination.host'],
      [wrong.mirrored, '[direct-egress] spec.http[0].mirror.host'],
    ] as const;
    for (const [manifest, ...says] of cases) {
      refused(t, await cluster.apply(manifest), ...says);
      refused(t, await cluster.apply(manifest, '--dry-run=server'), ...says);
    }
  });

  await t.test('a new port of the entry is refused', async (t) => {
    const ports = [
      { number: 80, name: 'http-port', protocol: 'HTTP' },
      { number: 8080, name: 'more', protocol: 'HTTP' },
    ];
    const wider = object(version, 'ServiceEntry', name, { hosts: [host], ports, resolution: 'DNS' });
    refused(t, await cluster.apply(wider), '[direct-egress] spec.ports[1]', `${host}:8080`);
  });

  await t.test('routes of an entry that stays are not deleted', async (t) => {
    refused(t, await cluster.remove(routes), '[direct-egress]', host, `delete ServiceEntry shop/${name} first`);
    refused(t, await cluster.remove(routes, '--dry-run=server'), '[direct-egress]');
  });

  await t.test('with the entry first, everything is deleted', async (t) => {
    admitted(t, await cluster.remove([entry, routes, rule, gateway]));
  });

  await t.test('routes without their entry are judged as if it were there', async (t) => {
    admitted(t, await cluster.apply(gateway));
    refused(t, await cluster.apply(wrong.withoutGatewayMatch), '[missing-gateway-match] spec.http');
    refused(t, await cluster.apply(wrong.withoutMeshMatch), '[missing-mesh-match] spec.http');
  });

  await t.test('routes without a subset are stored with one, and its rule is there first', async (t) => {
    const subset = host.replaceAll('.', '-');
    const injected = `sallyport-istio-egressgateway-${subset}`;
    admitted(t, await cluster.apply(withoutSubset, '--dry-run=server'));
    t.equal(await cluster.stored('destinationrules', 'istio-system', injected), undefined, 'a dry run writes nothing');

    admitted(t, await cluster.apply(withoutSubset));
    const stored = await cluster.kubectl('get', kinds('virtualservices'), name, '-n', 'shop', '-o', 'json');
    t.match(JSON.parse(stored.stdout), { spec: { http: [{ route: [{ destination: { subset } }] }] } });
    const made = await cluster.stored('destinationrules', 'istio-system', injected);
    t.match(made, {
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'sallyport' } },
      spec: { host: EGW, subsets: [{ name: subset }] },
    });
    t.ok(createdAt(made) <= createdAt(JSON.parse(stored.stdout)), 'the rule is not younger than the routes');

    admitted(t, await cluster.apply(entry));
    admitted(t, await cluster.apply(withoutSubset));
    admitted(t, await cluster.remove([entry, withoutSubset, gateway]));
  });
}

function createdAt(document: unknown): number {
  const { metadata } = document as { metadata: { creationTimestamp: string } };
  return Date.parse(metadata.creationTimestamp);
}

async function inside(t: Test, cluster: TestCluster): Promise<void> {
  const reviews = { hosts: ['reviews'], http: [{ route: [{ destination: { host: 'reviews' } }] }] };
  admitted(t, await cluster.apply(object('v1', 'VirtualService', 'reviews', reviews)));
  const database = {
    hosts: ['database.shop.internal'],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    ports: [{ number: 5432, name: 'tcp', protocol: 'TCP' }],
    endpoints: [{ address: '10.20.30.40' }],
  };
  admitted(t, await cluster.apply(object('v1', 'ServiceEntry', 'database', database)));
}

async function unreadable(t: Test, cluster: TestCluster): Promise<void> {
  const wrong = object('v1', 'ServiceEntry', 'wrong', { hosts: 'edition.cnn.com', resolution: 'DNS' });
  const result = await cluster.pipe(wrong, 'create', '--validate=false', '-f', '-');
  refused(t, result, 'spec.hosts');
}
