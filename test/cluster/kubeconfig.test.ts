import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ClusterError } from '../../src/cluster/cluster-error.js';
import { connect } from '../../src/cluster/connection.js';
import type { KubeconfigChoice } from '../../src/cluster/kubeconfig.js';

const TWO = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    { name: 'a', cluster: { server: 'https://a.example:6443/' } },
    { name: 'b', cluster: { server: 'https://b.example/k8s/clusters/b' } },
  ],
  users: [{ name: 'u', user: { token: 'x' } }],
  contexts: [
    { name: 'to-a', context: { cluster: 'a', user: 'u' } },
    { name: 'to-b', context: { cluster: 'b', user: 'u' } },
    { name: 'to-nowhere', context: { cluster: 'c', user: 'u' } },
  ],
  'current-context': 'to-a',
};

t.test('a kubeconfig file and its contexts', async (t) => {
  const folder = t.testdir({ config: JSON.stringify(TWO) });
  const kubeconfig = path.join(folder, 'config');
  t.equal(await serverOf({ kubeconfig }), 'https://a.example:6443', 'the current context');
  t.equal(await serverOf({ kubeconfig, context: 'to-b' }), 'https://b.example/k8s/clusters/b', 'the chosen one');
});

t.test('what is wrong with a kubeconfig is said, and what there is to choose', async (t) => {
  const folder = t.testdir({
    config: JSON.stringify(TWO),
    'no-yaml': '{a: [',
    empty: '',
    text: 'hello',
    'no-context': JSON.stringify({ ...TWO, 'current-context': '' }),
    'no-url': JSON.stringify({ ...TWO, clusters: [{ name: 'a', cluster: { server: 'here' } }] }),
  });
  const cases: readonly (readonly [KubeconfigChoice, RegExp])[] = [
    [{ kubeconfig: path.join(folder, 'missing') }, /cannot read .*missing: ENOENT/],
    [{ kubeconfig: path.join(folder, 'no-yaml') }, /cannot read .*no-yaml: /],
    [{ kubeconfig: path.join(folder, 'empty') }, /empty/],
    [{ kubeconfig: path.join(folder, 'text') }, /text/],
    [{ kubeconfig: path.join(folder, 'no-context') }, /no cluster.*"to-a", "to-b", "to-nowhere" with --context/],
    [{ kubeconfig: path.join(folder, 'no-url') }, /not a URL: "here"/],
    [{ kubeconfig: path.join(folder, 'config'), context: 'c' }, /no context "c"; it has "to-a", "to-b", "to-nowhere"/],
    [{ kubeconfig: path.join(folder, 'config'), context: 'to-nowhere' }, /says no cluster/],
  ];
  for (const [choice, message] of cases) {
    const error = await connect(choice).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ClusterError)) throw new Error(`no ClusterError for ${String(message)}: ${String(error)}`);
    t.equal(error.code, 'kubeconfig', String(message));
    t.match(error.message, message);
  }
});

t.test('without a file: $KUBECONFIG, then ~/.kube/config, then the pod, else a word on what to do', async (t) => {
  const folder = t.testdir({ 'from-env': JSON.stringify(TWO), home: {} });
  const home = path.join(folder, 'home');
  t.intercept(process, 'env', { value: { HOME: home, KUBECONFIG: path.join(folder, 'from-env') } });
  t.equal(await serverOf({}), 'https://a.example:6443');

  t.intercept(process, 'env', { value: { HOME: home } });
  await t.rejects(connect({}), { code: 'kubeconfig', message: /no cluster is configured: .*--kubeconfig/ });

  mkdirSync(path.join(home, '.kube'));
  writeFileSync(path.join(home, '.kube', 'config'), JSON.stringify({ ...TWO, 'current-context': 'to-b' }));
  t.equal(await serverOf({}), 'https://b.example/k8s/clusters/b');
});

async function serverOf(choice: KubeconfigChoice): Promise<string> {
  const connection = await connect(choice);
  connection.close();
  return connection.server;
}
