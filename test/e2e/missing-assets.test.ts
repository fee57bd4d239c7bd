import t from 'tap';
import { NO_SHARED_FOLDER } from '../mesh/shared-folder.js';
import { withCluster } from './harness/with-cluster.js';

/** What becomes of a file of tests, as tap is told. */
async function told(environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const seen: string[] = [];
  const file = {
    plan: (assertions: number, comment?: string) => seen.push(`plan ${assertions} ${comment ?? ''}`),
    fail: (message: string) => seen.push(`fail ${message}`),
  };
  const run = () => Promise.reject(new Error('the tests ran'));
  await withCluster(file, run, { environment });
  return seen;
}

// Without the folder of the CRDs, that is said and nothing else.
t.test('where there is no API server', { skip: NO_SHARED_FOLDER }, async (t) => {
  t.match(await told({}), [/^plan 0 KUBEBUILDER_ASSETS is not set: it names the folder of etcd/], 'tests are skipped');
  t.match(await told({ KUBEBUILDER_ASSETS: '/missing' }), [/^plan 0 KUBEBUILDER_ASSETS lacks \/missing\/etcd, /]);
  t.match(await told({ CI: 'true' }), [/^fail .*KUBEBUILDER_ASSETS is not set/], 'and in CI they fail');
});
