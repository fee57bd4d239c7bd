import t, { type Test } from 'tap';
import { applyObject } from '../../src/cluster/apply.js';
import { connect, type ClusterConnection } from '../../src/cluster/connection.js';
import { readWorld } from '../../src/cluster/read-world.js';
import type { WatchTiming } from '../../src/cluster/watch-timing.js';
import { watchWorld, type ClusterWorld, type KindStatus } from '../../src/cluster/watch-world.js';
import { HELD_KINDS } from '../../src/mesh/held-kinds.js';
import type { MeshKind } from '../../src/mesh/mesh-object.js';
import { DEFAULT_POLICY } from '../../src/policy/policy.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { HeldWorld } from '../cluster/held-world.js';
import { sharedFile } from '../mesh/shared-folder.js';
import { Lines } from '../telemetry/lines.js';
import { until } from '../until.js';
import type { TestCluster } from './harness/cluster.js';
import { succeeded } from './harness/command.js';
import { EXEMPTIONS_CRD } from './harness/manifests.js';
import { TcpProxy } from './harness/tcp-proxy.js';
import { withCluster } from './harness/with-cluster.js';

/** As in production, but for less patience. */
const TIMING: WatchTiming = { watch: 2000, grace: 1500, request: 2000, retry: 50, retryLimit: 400, recheck: 300 };

const CRDS = { file: sharedFile('istio', 'crds.yaml') };

const asking = (timeout = 10_000) => ({ timeout, signal: new AbortController().signal });

interface Stage {
  readonly world: HeldWorld;
  readonly watch: ClusterWorld;
  readonly connection: ClusterConnection;
  readonly lines: Lines;
}

/** A world that follows the cluster until the test ends. */
async function follow(t: Test, kubeconfig: string, timing = TIMING): Promise<Stage> {
  const connection = await connect({ kubeconfig });
  const world = new HeldWorld();
  const lines = new Lines();
  const log = createLogger({ destination: lines });
  const watch = watchWorld({ connection, writer: world, settings: DEFAULT_POLICY.mesh, log, timing });
  t.teardown(async () => {
    await watch.close();
    connection.close();
  });
  return { world, watch, connection, lines };
}

const statusOf = (watch: ClusterWorld, kind: string): KindStatus => {
  const status = watch.status().find((each) => each.kind === kind);
  if (status === undefined) throw new Error(`no ${kind}`);
  return status;
};

const rule = (name: string, host = 'gateway.istio-egress.svc.cluster.local') => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { namespace: 'shop', name },
  spec: { host, subsets: [{ name: 'edition-cnn-com' }] },
});

/** A manifest of each kind, in the namespace `shop`, under a name of its own. */
function manifestOf(kind: MeshKind, name: string): object {
  const port = { number: 443, name: 'tls', protocol: 'TLS' };
  const specs: Readonly<Record<MeshKind, object>> = {
    DestinationRule: { host: 'a.example' },
    EgressExemption: {
      hosts: ['a.example'],
      rules: ['direct-egress'],
      reason: 'until the routes are there',
      expires: '2099-01-01T00:00:00Z',
    },
    EnvoyFilter: { configPatches: [] },
    Gateway: {
      selector: { istio: 'egressgateway' },
      servers: [{ port, hosts: ['a.example'], tls: { mode: 'PASSTHROUGH' } }],
    },
    Namespace: {},
    NetworkPolicy: { podSelector: {}, policyTypes: ['Egress'] },
    Service: { ports: [{ port: 80 }], selector: { app: 'a' } },
    ServiceEntry: { hosts: ['a.example'], ports: [port], resolution: 'DNS' },
    Sidecar: { egress: [{ hosts: ['./*'] }] },
    VirtualService: { hosts: ['a.example'], http: [{ route: [{ destination: { host: 'a.example' } }] }] },
    WorkloadEntry: { address: '10.0.0.1' },
  };
  const held = HELD_KINDS.find((each) => each.kind === kind);
  if (held === undefined) throw new Error(kind);
  return {
    apiVersion: held.group === '' ? 'v1' : `${held.group}/${held.versions[0] ?? ''}`,
    kind,
    metadata: held.namespaced ? { namespace: 'shop', name } : { name },
    spec: specs[kind],
  };
}

await withCluster(
  t,
  async (cluster) => {
    await cluster.createNamespaces('shop', 'istio-system');

    await t.test('CRDs that are not installed are empty and said, and taken up when they come', async (t) => {
      const { watch, world, lines } = await follow(t, cluster.kubeconfig);
      await watch.whenReady();
      t.ok(world.names('Namespace').includes('/shop'), 'what is served is listed');
      t.equal(watch.notes().length, 8);
      t.match(watch.notes()[0], 'DestinationRule is not served by the API server and counts as empty');
      t.equal(
        lines.records().filter(({ level, msg }) => level === 'warn' && String(msg).includes('not served')).length,
        8,
      );
      t.ok(watch.freshness() < TIMING.watch);

      await cluster.installCrds(CRDS);
      await cluster.installCrds({ file: EXEMPTIONS_CRD });
      succeeded(await cluster.apply(manifestOf('ServiceEntry', 'late')));
      await until('the entry arrives', () => world.names('ServiceEntry').includes('shop/late'));
      await until('nothing is missing', () => watch.notes().length === 0);
      t.match(statusOf(watch, 'EnvoyFilter'), { apiVersion: 'networking.istio.io/v1alpha3', state: 'listed' });
      t.match(statusOf(watch, 'ServiceEntry'), { apiVersion: 'networking.istio.io/v1', state: 'listed' });
    });

    await t.test('a CRD that is taken away empties its kind, until it comes back', async (t) => {
      const { watch, world } = await follow(t, cluster.kubeconfig);
      await watch.whenReady();
      t.strictSame(world.names('ServiceEntry'), ['shop/late']);
      succeeded(await cluster.kubectl('delete', 'crd', 'serviceentries.networking.istio.io'));
      await until('it is absent', () => statusOf(watch, 'ServiceEntry').state === 'absent');
      t.strictSame(world.names('ServiceEntry'), []);
      await cluster.installCrds(CRDS);
      await cluster.installCrds({ file: EXEMPTIONS_CRD });
      await until('it is back', () => statusOf(watch, 'ServiceEntry').state === 'listed');
    });

    await t.test('what is created, updated and deleted arrives, whatever its kind', async (t) => {
      const kinds = HELD_KINDS.map(({ kind }) => kind);
      const early = kinds.map((kind) => manifestOf(kind, 'early'));
      succeeded(await cluster.apply(early));
      const { watch, world } = await follow(t, cluster.kubeconfig);
      await watch.whenReady();
      const find = (kind: MeshKind, name: string) => world.get(kind, kind === 'Namespace' ? '' : 'shop', name);
      for (const kind of kinds) t.ok(find(kind, 'early'), `${kind} that was there is listed`);

      succeeded(await cluster.apply(kinds.map((kind) => manifestOf(kind, 'new'))));
      for (const kind of kinds) await until(`the new ${kind} arrives`, () => find(kind, 'new') !== undefined);

      const labelled = kinds.map((kind) => {
        const manifest = manifestOf(kind, 'early') as { metadata: object };
        return { ...manifest, metadata: { ...manifest.metadata, labels: { tier: 'one' } } };
      });
      succeeded(await cluster.apply(labelled));
      for (const kind of kinds) {
        await until(`the change of ${kind} arrives`, () => find(kind, 'early')?.metadata.labels['tier'] === 'one');
      }
      const age = find('ServiceEntry', 'early')?.metadata.createdAt ?? 0;
      t.ok(Math.abs(Date.now() - age) < 600_000, 'its age is the one that the API server gave it');

      // Nothing finishes a namespace here, so that one stays and is being deleted.
      succeeded(await cluster.remove([...early, ...kinds.map((kind) => manifestOf(kind, 'new'))]));
      for (const kind of kinds.filter((each) => each !== 'Namespace')) {
        await until(
          `the end of ${kind} arrives`,
          () => find(kind, 'early') === undefined && find(kind, 'new') === undefined,
        );
      }
      await until('the end of the namespace arrives', () => find('Namespace', 'early')?.metadata.deleting !== false);
      t.ok(
        watch.status().every(({ restarts, unreadable }) => restarts === 0 && unreadable === 0),
        'without a restart',
      );
    });

    await t.test('an object of an older version is read in the newest', async (t) => {
      const { watch, world } = await follow(t, cluster.kubeconfig);
      await watch.whenReady();
      for (const version of ['v1alpha3', 'v1beta1', 'v1']) {
        const manifest = { ...manifestOf('Gateway', version), apiVersion: `networking.istio.io/${version}` };
        succeeded(await cluster.apply(manifest));
        await until(`${version} arrives`, () => world.get('Gateway', 'shop', version) !== undefined);
        t.equal(world.get('Gateway', 'shop', version)?.apiVersion, 'networking.istio.io/v1');
      }
    });

    await t.test("the mesh's configuration follows the ConfigMap istio of the root namespace", async (t) => {
      const { watch, world } = await follow(t, cluster.kubeconfig);
      await watch.whenReady();
      const configMap = (name: string, mode: string) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'istio-system', name },
        data: { mesh: `outboundTrafficPolicy:\n  mode: ${mode}\n` },
      });
      succeeded(await cluster.apply([configMap('other', 'ALLOW_ANY'), configMap('istio', 'REGISTRY_ONLY')]));
      await until('it arrives', () => world.mesh.outboundTrafficPolicy === 'REGISTRY_ONLY');
      succeeded(await cluster.remove(configMap('istio', 'REGISTRY_ONLY')));
      await until('the default is back', () => world.mesh.outboundTrafficPolicy === 'ALLOW_ANY');
      t.pass('and goes with it');
    });

    await t.test('a quiet world stays fresh, and is watched on without a new list', async (t) => {
      const { watch, world } = await follow(t, cluster.kubeconfig);
      await watch.whenReady();
      const kind = 'WorkloadEntry';
      const proofs = new Set<number | undefined>();
      let oldest = 0;
      await until('it was proved fresh three times', () => {
        oldest = Math.max(oldest, watch.freshness());
        return proofs.add(statusOf(watch, kind).freshAt).size > 3;
      });
      t.ok(oldest > TIMING.watch / 2 && oldest < TIMING.watch + TIMING.grace, `the oldest was ${oldest} ms old`);
      t.equal(world.replaced.get(kind), 1);
      t.equal(statusOf(watch, kind).restarts, 0);
    });

    await t.test('a list of many pages', async (t) => {
      const connection = await connect({ kubeconfig: cluster.kubeconfig });
      t.teardown(() => {
        connection.close();
      });
      const names = Array.from({ length: 1100 }, (_, index) => `many-${index}`);
      const queue = names.values();
      const worker = async () => {
        for (const name of queue) await applyObject(connection, rule(name), asking());
      };
      await Promise.all(Array.from({ length: 16 }, worker));
      const { watch, world } = await follow(t, cluster.kubeconfig);
      await watch.whenReady();
      t.equal(world.names('DestinationRule').length, 1100);

      const once = new HeldWorld();
      const log = createLogger({ level: 'silent' });
      await readWorld({ connection, writer: once, settings: DEFAULT_POLICY.mesh, log, ...asking() });
      t.strictSame(once.names('DestinationRule'), world.names('DestinationRule'), 'read once, it is the same');
      t.strictSame(once.names('Namespace'), world.names('Namespace'));

      const rules = '/apis/networking.istio.io/v1/namespaces/shop/destinationrules';
      t.equal((await cluster.ask(rules, { method: 'DELETE' })).status, 200);
      await until('all are gone', () => world.names('DestinationRule').length === 0);
    });

    await t.test('a watch that is cut', async (t) => {
      const proxy = await TcpProxy.start(cluster.plane.port);
      t.teardown(() => proxy.stop());
      const { watch, world } = await followVia(t, cluster, proxy);
      await watch.whenReady();
      await until('all are connected', () => proxy.clients > HELD_KINDS.length);

      proxy.refuse(true);
      await until('every kind has failed', () => watch.status().every(({ restarts }) => restarts > 0));
      succeeded(await cluster.apply(rule('meanwhile')));
      await until('it is tried again', () => watch.status().every(({ restarts }) => restarts > 2));
      t.strictSame(world.names('DestinationRule'), [], 'nothing is heard');
      t.match(statusOf(watch, 'DestinationRule').failure, { code: 'unreachable' });
      t.strictSame(watch.ready(), [], 'what was listed is still there to judge with');
      const age = watch.freshness();
      await until('the world grows old', () => watch.freshness() > age);

      proxy.refuse(false);
      await until('what was missed arrives', () => world.names('DestinationRule').length === 1);
      await until('every kind is well', () => watch.status().every(({ failure }) => failure === undefined));
      succeeded(await cluster.remove(rule('meanwhile')));
      await until('and what comes after it', () => world.names('DestinationRule').length === 0);
    });

    await t.test('a connection that dies without a word', async (t) => {
      const proxy = await TcpProxy.start(cluster.plane.port);
      t.teardown(() => proxy.stop());
      const { watch, world } = await followVia(t, cluster, proxy);
      await watch.whenReady();
      await until('all are connected', () => proxy.clients > HELD_KINDS.length);

      proxy.swallow(true);
      succeeded(await cluster.apply(rule('unheard')));
      await until('every kind notices', () => watch.status().every(({ restarts }) => restarts > 0));
      t.match(statusOf(watch, 'DestinationRule').failure, { code: 'timeout' });
      t.strictSame(world.names('DestinationRule'), []);
      t.ok(watch.freshness() >= TIMING.grace, 'the world says that it is old');

      proxy.swallow(false);
      await until('what was missed arrives', () => world.names('DestinationRule').length === 1);
      await until('every kind is well', () => watch.status().every(({ failure }) => failure === undefined));
      succeeded(await cluster.remove(rule('unheard')));
      await until('and what comes after it', () => world.names('DestinationRule').length === 0);
    });

    await t.test('an API server that is restarted, killed or in order', async (t) => {
      const { watch, world } = await follow(t, cluster.kubeconfig);
      await watch.whenReady();
      for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
        const restarts = statusOf(watch, 'DestinationRule').restarts;
        await cluster.plane.stopApiServer(signal);
        await until('it is missed', () => statusOf(watch, 'DestinationRule').restarts > restarts);
        await cluster.plane.startApiServer();
        const name = `after-${signal.toLowerCase()}`;
        succeeded(await cluster.apply(rule(name)));
        await until('what comes after it arrives', () => world.names('DestinationRule').includes(`shop/${name}`));
        await until('every kind is well', () => watch.status().every(({ failure }) => failure === undefined));
      }
      t.strictSame(world.names('DestinationRule'), ['shop/after-sigkill', 'shop/after-sigterm']);
    });

    await t.test('a rule is applied as ours', async (t) => {
      const connection = await connect({ kubeconfig: cluster.kubeconfig });
      t.teardown(() => {
        connection.close();
      });
      const dry = await applyObject(connection, rule('ours'), { ...asking(), dryRun: true });
      t.equal(dry.created, true);
      t.equal(await cluster.stored('destinationrules', 'shop', 'ours'), undefined, 'a dry run writes nothing');

      t.equal((await applyObject(connection, rule('ours'), asking())).created, true);
      const stored = await cluster.stored('destinationrules', 'shop', 'ours');
      t.match(stored, { spec: { subsets: [{ name: 'edition-cnn-com' }] } });
      const managed = await cluster.ask('/apis/networking.istio.io/v1/namespaces/shop/destinationrules/ours');
      t.match(managed.body, { metadata: { managedFields: [{ manager: 'sallyport', operation: 'Apply' }] } });

      const again = await applyObject(connection, rule('ours'), asking());
      t.equal(again.created, false);
      const { metadata: before } = stored as { metadata: { resourceVersion: string } };
      const { metadata: after } = again.document as { metadata: { resourceVersion: string } };
      t.equal(after.resourceVersion, before.resourceVersion, 'applied twice, it has not changed');
    });

    await t.test('what is refused is told by its code', async (t) => {
      const connection = await connect({ kubeconfig: cluster.kubeconfig });
      t.teardown(() => {
        connection.close();
      });
      succeeded(await cluster.pipe(rule('theirs', 'their.host'), 'apply', '--server-side', '-f', '-'));
      const conflict = await t.rejects(applyObject(connection, rule('theirs'), asking()), { code: 'conflict' });
      t.match(conflict, { causes: [{ field: '.spec.host', message: /kubectl/ }] });
      t.match(await cluster.stored('destinationrules', 'shop', 'theirs'), { spec: { host: 'their.host' } });

      const wrong = { ...rule('wrong'), spec: { host: 'a', trafficPolicy: { tls: { mode: 'SOMETIMES' } } } };
      await t.rejects(applyObject(connection, wrong, asking()), {
        code: 'invalid',
        message: /spec.trafficPolicy.tls.mode/,
      });
      // The API server itself calls these two its own failure.
      const mistyped = { ...rule('mistyped'), spec: { host: 5 } };
      await t.rejects(applyObject(connection, mistyped, asking()), { code: 'failed', message: /spec.host/ });
      const unknown = { ...rule('unknown'), spec: { host: 'a', subsetz: [] } };
      await t.rejects(applyObject(connection, unknown, asking()), { code: 'failed', message: /subsetz/ });
      const nowhere = { ...rule('x'), metadata: { namespace: 'no-such-namespace', name: 'x' } };
      await t.rejects(applyObject(connection, nowhere, asking()), { code: 'not-found', message: /no-such-namespace/ });
      await t.rejects(applyObject(connection, rule('x'), { ...asking(), signal: AbortSignal.abort() }), {
        code: 'aborted',
      });
    });

    await t.test('an apply to an API server that does not answer ends in time', async (t) => {
      const proxy = await TcpProxy.start(cluster.plane.port);
      t.teardown(() => proxy.stop());
      const connection = await connect({ kubeconfig: kubeconfigVia(cluster, proxy) });
      t.teardown(() => {
        connection.close();
      });
      await applyObject(connection, rule('quick'), asking());
      proxy.swallow(true);
      const startedAt = performance.now();
      await t.rejects(applyObject(connection, rule('slow'), asking(300)), { code: 'timeout' });
      const took = performance.now() - startedAt;
      t.ok(took >= 290 && took < 2000, `after ${took} ms`);
    });

    await t.test('what it may not see is said, and seen when it may', async (t) => {
      succeeded(await cluster.kubectl('create', 'serviceaccount', 'sallyport', '-n', 'shop'));
      const token = succeeded(await cluster.kubectl('create', 'token', 'sallyport', '-n', 'shop')).trim();
      const { watch, world } = await follow(t, cluster.writeKubeconfig('service-account', { token }));
      await until('it is refused', () => watch.ready().every((reason) => reason.includes('answered 403')));
      t.equal(watch.ready().length, HELD_KINDS.length + 1);
      t.match(watch.ready().join('\n'), /serviceentries.networking.istio.io is forbidden: User .*shop:sallyport/);

      // The least that it needs.
      const verbs = ['list', 'watch'];
      const role = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'sallyport-watch' },
        rules: [
          ...HELD_KINDS.map(({ group, plural }) => ({ apiGroups: [group], resources: [plural], verbs })),
          { apiGroups: [''], resources: ['configmaps'], resourceNames: ['istio'], verbs },
        ],
      };
      succeeded(await cluster.apply(role));
      const subject = '--serviceaccount=shop:sallyport';
      succeeded(
        await cluster.kubectl('create', 'clusterrolebinding', 'sallyport', '--clusterrole=sallyport-watch', subject),
      );
      await watch.whenReady();
      t.ok(world.names('Namespace').includes('/shop'));
      await until('every kind is well', () => watch.status().every(({ failure }) => failure === undefined));
    });

    await t.test('a store that is wiped', async (t) => {
      const { watch, world } = await follow(t, cluster.kubeconfig);
      await watch.whenReady();
      t.ok(world.names('DestinationRule').length > 0);
      await cluster.plane.wipe();
      await until('nothing of it is left', () => world.names('DestinationRule').length === 0);
      await cluster.createNamespaces('shop');
      await cluster.installCrds(CRDS);
      await cluster.installCrds({ file: EXEMPTIONS_CRD });
      succeeded(await cluster.apply(rule('anew')));
      await until('what is new arrives', () => world.names('DestinationRule').join() === 'shop/anew');
      await until('and nothing else', () => !world.names('Namespace').includes('/istio-system'));
    });
  },
  { istio: false },
);

function kubeconfigVia(cluster: TestCluster, proxy: TcpProxy): string {
  return cluster.writeKubeconfig(`via-${proxy.port}`, { server: `https://127.0.0.1:${proxy.port}` });
}

function followVia(t: Test, cluster: TestCluster, proxy: TcpProxy): Promise<Stage> {
  return follow(t, kubeconfigVia(cluster, proxy));
}
