import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { until } from '../until.js';
import { succeeded } from './harness/command.js';
import type { TestCluster } from './harness/cluster.js';
import type { SallyportProcess } from './harness/sallyport-process.js';
import { withCluster } from './harness/with-cluster.js';

const FOLDER = path.resolve('test/e2e/hold');
const TUTORIAL = path.join(FOLDER, 'tutorial.yaml');
const CHART = path.join(FOLDER, 'chart');
const WISH = 'sallyport.dev/held-export-to';
/** Whole seconds: the shortest that a Lease can last is one. */
const LEASE_SECONDS = 2;

const GROUND = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'istio-egressgateway', namespace: 'istio-system', labels: { istio: 'egressgateway' } },
    spec: { selector: { istio: 'egressgateway' }, ports: [{ name: 'http2', port: 80, targetPort: 8080 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'istio', namespace: 'istio-system' },
    data: { mesh: 'outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n' },
  },
];

interface Entry {
  readonly metadata: { readonly resourceVersion: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly exportTo?: readonly string[] };
}

t.test('entries that come before their routes', async (t) => {
  await withCluster(t, async (cluster) => {
    await cluster.createNamespaces('shop', 'istio-system', 'sallyport', 'going');
    succeeded(await cluster.apply(GROUND));
    const first = await startHolding(cluster);
    await cluster.registerWebhooks({ url: first.address, ca: first.ca });
    await t.test("the tutorial's file, in its own order", (t) => tutorial(t, cluster));
    await t.test('what is sent again while it is held', (t) => sentAgain(t, cluster));
    for (const way of ['--server-side=true', '--server-side=false']) {
      await t.test(`a chart, with ${way}`, (t) => chart(t, cluster, way));
    }
    await t.test('a deletion in a namespace that goes is told of', (t) => going(t, cluster, first));
    await t.test('another replica goes on where the leader was killed', (t) => takeover(t, cluster, first));
  });
});

async function startHolding(cluster: TestCluster): Promise<SallyportProcess> {
  const policy = path.join(cluster.folder('policy'), 'policy.yaml');
  writeFileSync(policy, 'serviceEntries:\n  unrouted: hold\n');
  return cluster.startSallyport({
    args: ['--policy', policy],
    env: { SALLYPORT_LEASE_SECONDS: String(LEASE_SECONDS), POD_NAMESPACE: 'sallyport' },
  });
}

async function stored(cluster: TestCluster, name: string): Promise<Entry> {
  return (await cluster.stored('serviceentries', 'shop', name)) as Entry;
}

function isHeld({ metadata, spec }: Entry): boolean {
  return metadata.annotations?.[WISH] !== undefined && String(spec.exportTo) === 'istio-system';
}

/** The texts of the Events of an entry, by `kubectl describe`'s way of finding them. */
async function notes(
  cluster: TestCluster,
  namespace: string,
  name: string,
  reason: string,
): Promise<readonly string[]> {
  const selector = `involvedObject.kind=ServiceEntry,involvedObject.name=${name},reason=${reason}`;
  const args = ['get', 'events', '-n', namespace, '--field-selector', selector, '-o', 'jsonpath={.items[*].message}'];
  return [succeeded(await cluster.kubectl(...args))].filter((text) => text !== '');
}

/** Waits until an entry is as its author wrote it, and an Event says so. */
async function released(t: Test, cluster: TestCluster, name: string, exportTo: readonly string[] | undefined) {
  await until(
    `${name} is released`,
    async () => (await stored(cluster, name)).metadata.annotations?.[WISH] === undefined,
  );
  t.strictSame((await stored(cluster, name)).spec.exportTo, exportTo, 'exportTo is as it was written');
  await until('an Event says so', async () => (await notes(cluster, 'shop', name, 'Released')).length > 0);
}

async function tutorial(t: Test, cluster: TestCluster): Promise<void> {
  const began = Date.now();
  const applied = await cluster.kubectl('apply', '-f', TUTORIAL);
  t.equal(applied.status, 0, applied.stderr);
  t.match(
    applied.stderr,
    /Warning: ServiceEntry shop\/cnn is held: no pod sees it until a VirtualService takes edition\.cnn\.com:80/,
  );
  await released(t, cluster, 'cnn', undefined);
  t.comment(`released ${Date.now() - began} ms after kubectl began`);
  const { metadata } = await stored(cluster, 'cnn');
  const described = succeeded(await cluster.kubectl('describe', 'serviceentry', 'cnn', '-n', 'shop'));
  t.match(described, /Normal +Released/);
  const again = await cluster.kubectl('apply', '-f', TUTORIAL);
  t.equal(again.status, 0);
  t.notMatch(again.stderr, /held/);
  t.equal(
    (await stored(cluster, 'cnn')).metadata.resourceVersion,
    metadata.resourceVersion,
    'nothing is written again',
  );
}

/** The entry alone, as its author has it in a file. */
function entry(name: string, exportTo?: readonly string[]) {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name, namespace: 'shop' },
    spec: {
      hosts: [`${name}.example.net`],
      ...(exportTo === undefined ? {} : { exportTo }),
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
      resolution: 'DNS',
    },
  };
}

function routes(name: string, namespace = 'shop') {
  const text = readFileSync(TUTORIAL, 'utf8');
  const [, gateway = '', , virtualService = ''] = text.split('\n---\n');
  const renamed = (document: string): string =>
    document
      .replaceAll('edition.cnn.com', `${name}.example.net`)
      .replaceAll('namespace: shop', `namespace: ${namespace}`)
      .replace('name: http\n', `name: http-${name}\n`)
      .replace('name: direct-cnn-through-egress-gateway', `name: ${name}`)
      .replace('name: istio-egressgateway\n  namespace', `name: ${name}\n  namespace`)
      .replaceAll('- istio-egressgateway\n', `- ${name}\n`);
  return [gateway, virtualService].map(renamed).join('\n---\n');
}

async function sentAgain(t: Test, cluster: TestCluster): Promise<void> {
  const wishes = [
    ['unset', undefined],
    ['everybody', ['*']],
  ] as const;
  for (const [name, wish] of wishes) {
    const manifest = entry(name, wish);
    succeeded(await cluster.apply(manifest));
    const first = await stored(cluster, name);
    t.ok(isHeld(first), `${name}: it is held`);
    await until('an Event says why', async () => (await notes(cluster, 'shop', name, 'Held')).length > 0);
    t.match(await notes(cluster, 'shop', name, 'Held'), [/no VirtualService takes \S+ to the egress gateway/]);
    succeeded(await cluster.apply(manifest));
    t.equal((await stored(cluster, name)).metadata.resourceVersion, first.metadata.resourceVersion, 'kubectl apply');
    succeeded(await cluster.pipe(manifest, 'replace', '-f', '-'));
    t.ok(isHeld(await stored(cluster, name)), 'kubectl replace');

    // Another manager takes its fields over with the first apply, and writes nothing with the next.
    const argo = ['apply', '--server-side', '--field-manager=argocd-controller', '--force-conflicts', '-f', '-'];
    succeeded(await cluster.pipe(manifest, ...argo));
    const taken = await stored(cluster, name);
    t.ok(isHeld(taken), 'another manager');
    for (let time = 0; time < 3; time++) succeeded(await cluster.pipe(manifest, ...argo));
    t.equal((await stored(cluster, name)).metadata.resourceVersion, taken.metadata.resourceVersion, 'applied again');
    succeeded(await cluster.kubectl('annotate', 'serviceentry', name, '-n', 'shop', `${WISH}-`));
    t.ok(isHeld(await stored(cluster, name)), 'without its annotation it is held anew');
    succeeded(await cluster.apply(manifest));

    succeeded(await cluster.apply(routes(name)));
    await released(t, cluster, name, wish);
    const free = await stored(cluster, name);
    for (const send of [() => cluster.apply(manifest), () => cluster.pipe(manifest, ...argo)]) {
      const { status, stderr } = await send();
      t.equal(status, 0, stderr);
      t.notMatch(stderr, /held/);
    }
    t.strictSame((await stored(cluster, name)).spec, free.spec, 'nobody takes it back');
    const changed = entry(name, ['.', 'istio-system']);
    const { status, stderr } = await cluster.pipe(changed, ...argo.filter((flag) => flag !== '--force-conflicts'));
    t.equal(status, 0, `its author may change it: ${stderr}`);
  }
}

async function chart(t: Test, cluster: TestCluster, way: string): Promise<void> {
  const mode = way.endsWith('true') ? 'applied' : 'patched';
  const helm = (...args: readonly string[]) => cluster.helm(...args, '--namespace', 'shop', way);
  const whole = await helm('install', `whole-${mode}`, CHART, '--set', `host=whole-${mode}.example.org`);
  t.equal(whole.status, 0, whole.stderr);
  await released(t, cluster, `whole-${mode}`, undefined);

  const name = `half-${mode}`;
  const values = ['--set', `host=${name}.example.org`, '--set', 'exportTo={*}'];
  succeeded(await helm('install', name, CHART, ...values, '--set', 'routes=false'));
  const first = await stored(cluster, name);
  t.ok(isHeld(first), 'it is held');
  for (let time = 0; time < 2; time++)
    succeeded(await helm('upgrade', name, CHART, ...values, '--set', 'routes=false'));
  const again = await stored(cluster, name);
  t.ok(isHeld(again), 'an upgrade does not release it');
  t.equal(again.metadata.resourceVersion, first.metadata.resourceVersion, 'and writes nothing');
  succeeded(await helm('upgrade', name, CHART, ...values));
  await released(t, cluster, name, ['*']);
  const free = await stored(cluster, name);
  const last = await helm('upgrade', name, CHART, ...values);
  t.equal(last.status, 0, last.stderr);
  t.strictSame((await stored(cluster, name)).spec, free.spec);
  const gone = await cluster.helm('uninstall', name, '--namespace', 'shop');
  t.equal(gone.status, 0, gone.stderr);
}

async function going(t: Test, cluster: TestCluster, leader: SallyportProcess): Promise<void> {
  succeeded(await cluster.apply(routes('left', 'going')));
  succeeded(await cluster.apply(entry('left')));
  t.notOk(isHeld(await stored(cluster, 'left')), 'its routes are there');
  const refused = await cluster.kubectl('delete', 'virtualservice', 'left', '-n', 'going', '--wait=false');
  t.not(refused.status, 0, 'they are needed');
  // Nothing finishes a namespace here: it stays, and its objects are deleted by hand.
  succeeded(await cluster.kubectl('delete', 'namespace', 'going', '--wait=false'));
  const phase = ['get', 'namespace', 'going', '-o', 'jsonpath={.status.phase}'];
  await until('it goes', async () => succeeded(await cluster.kubectl(...phase)) === 'Terminating');
  await until('its objects are not refused', async () => {
    return (await cluster.kubectl('delete', 'virtualservice', 'left', '-n', 'going', '--wait=false')).status === 0;
  });
  const began = Date.now();
  await until('the leader tells', async () => (await notes(cluster, 'shop', 'left', 'EgressLeak')).length > 0);
  t.ok(Date.now() - began < 10_000, `told in ${Date.now() - began} ms`);
  t.match(await notes(cluster, 'shop', 'left', 'EgressLeak'), [/left\.example\.net:80 .*leave the mesh directly/]);
  t.ok(
    leader.log.some(({ msg }) => msg === 'a leak came about'),
    'and logs it',
  );
}

async function takeover(t: Test, cluster: TestCluster, leader: SallyportProcess): Promise<void> {
  const other = await startHolding(cluster);
  const isLeading = ({ log }: SallyportProcess): boolean => log.some(({ msg }) => msg === 'leading');
  t.ok(isLeading(leader), 'the first leads');
  await cluster.registerWebhooks({ url: other.address, ca: other.ca });
  succeeded(await cluster.apply(entry('between')));
  t.notOk(isLeading(other), 'one leads');
  await leader.child.stop('SIGKILL');
  succeeded(await cluster.apply(routes('between')));
  await until('the other leads', () => isLeading(other));
  await released(t, cluster, 'between', undefined);
  const lease = ['get', 'lease', 'sallyport', '-n', 'sallyport', '-o', 'jsonpath={.spec.holderIdentity}'];
  t.not(succeeded(await cluster.kubectl(...lease)), '');
  await other.stop();
  t.equal(succeeded(await cluster.kubectl(...lease)), '', 'who stops gives the Lease back');
}
