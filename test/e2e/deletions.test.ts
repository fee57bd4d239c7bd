import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { egressGateway, entry, gateway, httpPair, subsets, type Document } from '../policy/manifests.js';
import { succeeded } from './harness/command.js';
import type { TestCluster } from './harness/cluster.js';
import { manifestText } from './harness/manifests.js';
import { withCluster } from './harness/with-cluster.js';

const RELEASE: readonly Document[] = [httpPair(), entry(['80 HTTP']), gateway()];
const OWN_SUBSET = subsets();

/** A document each: Helm sorts documents, and takes a `List` in its own order. */
const RELEASE_FILES = [...RELEASE, OWN_SUBSET];

t.test('what people delete', async (t) => {
  await withCluster(t, async (cluster) => {
    await cluster.createNamespaces('shop', 'istio-system', 'leaving');
    succeeded(await cluster.apply(withoutAddress(egressGateway())));
    await t.test('a Helm release, in the order that is Helm’s', (t) => uninstall(t, cluster));
    await t.test('what a namespace takes with it', (t) => leave(t, cluster));
  });
});

function withoutAddress(service: Document): Document {
  const spec = Object.entries(Object(service['spec']) as object).filter(([key]) => key !== 'clusterIP');
  return { ...service, spec: Object.fromEntries(spec) };
}

async function uninstall(t: Test, cluster: TestCluster): Promise<void> {
  const chart = cluster.folder('chart');
  mkdirSync(path.join(chart, 'templates'), { recursive: true });
  writeFileSync(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: news\nversion: 1.0.0\n');
  writeFileSync(
    path.join(chart, 'templates', 'all.yaml'),
    RELEASE_FILES.map((one) => manifestText(one)).join('\n---\n'),
  );
  succeeded(await cluster.helm('install', 'news', chart, '-n', 'shop'));
  const server = await cluster.startJudged({ env: { SALLYPORT_LOG_LEVEL: 'debug' } });
  const { status, stderr } = await cluster.helm('uninstall', 'news', '-n', 'shop');
  t.equal(status, 0, stderr);
  const deletions = server.log.filter(({ msg, operation }) => msg === 'review answered' && operation === 'DELETE');
  t.same(
    deletions.map(({ kind, decision }) => [String(kind).split('.')[0], decision]),
    ['DestinationRule', 'Gateway', 'ServiceEntry', 'VirtualService'].map((kind) => [kind, 'allowed']),
    'kinds that Helm does not know go by their names',
  );
  t.equal(await cluster.stored('virtualservices', 'shop', 'cnn'), undefined);
  await cluster.unregisterWebhooks();
  await server.stop();
}

async function leave(t: Test, cluster: TestCluster): Promise<void> {
  const there = [...RELEASE, OWN_SUBSET].map((document) => {
    const { namespace, ...metadata } = Object(document['metadata']) as Record<string, unknown>;
    return { ...document, metadata: { ...metadata, namespace: namespace === 'shop' ? 'leaving' : namespace } };
  });
  succeeded(await cluster.apply(there));
  await cluster.startJudged();
  const routes = ['delete', 'virtualservice', 'cnn', '-n', 'leaving', '--wait=false'];
  const refused = await cluster.kubectl(...routes);
  t.not(refused.status, 0);
  t.match(refused.stderr, 'delete ServiceEntry leaving/cnn first');
  // Nothing ends it here, for there is no controller: it stays as it is while its objects go.
  succeeded(await cluster.kubectl('delete', 'namespace', 'leaving', '--wait=false'));
  await t.resolves(
    (async () => {
      const { status, stderr } = await cluster.kubectl(...routes);
      if (status !== 0) throw new Error(stderr);
    })(),
  );
}
