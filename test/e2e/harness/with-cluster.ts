import { NO_SHARED_FOLDER, sharedFile } from '../../mesh/shared-folder.js';
import { findAssets } from './assets.js';
import { TestCluster } from './cluster.js';
import { EXEMPTIONS_CRD } from './manifests.js';

export interface WithClusterOptions {
  /** Whether Istio's kinds and Sallyport's own are installed; they are unless this says no. */
  readonly istio?: boolean;
  /** Where KUBEBUILDER_ASSETS and CI are looked for. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** As much of a file's `t` as is needed to skip it, or to fail it. */
export interface TestFile {
  plan(assertions: number, comment?: string): unknown;
  fail(message: string): unknown;
}

/**
 * Runs the tests of a file against a real API server of their own, and ends it whatever happens to them:
 *
 * ```ts
 * await withCluster(t, async (cluster) => {
 *   await cluster.startJudged();
 *   await t.test('a bad entry is refused', async (t) => {
 *     const { status, stderr } = await cluster.apply(entry);
 *     t.equal(status, 1);
 *   });
 * });
 * ```
 *
 * Where KUBEBUILDER_ASSETS names no such programs, or SALLYPORT_SHARED no folder with Istio's CRDs, the file is skipped, and says so; in CI that is a failure. A file
 * that can be skipped has no other tests.
 */
export async function withCluster(
  t: TestFile,
  run: (cluster: TestCluster) => Promise<void>,
  { istio = true, environment = process.env }: WithClusterOptions = {},
): Promise<void> {
  const assets = NO_SHARED_FOLDER === false ? findAssets(environment) : { missing: NO_SHARED_FOLDER };
  if ('missing' in assets) {
    if (environment['CI'] === 'true') t.fail(`the end-to-end tests cannot run: ${assets.missing}`);
    else t.plan(0, assets.missing);
    return;
  }
  const cluster = await TestCluster.start(assets);
  try {
    if (istio) {
      await cluster.installCrds({ file: sharedFile('istio', 'crds.yaml') });
      await cluster.installCrds({ file: EXEMPTIONS_CRD });
    }
    await run(cluster);
  } finally {
    await cluster.stop();
  }
}
