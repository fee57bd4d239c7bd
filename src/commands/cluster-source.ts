import { MeshWorld } from '../mesh/world/mesh-world.js';
import { meshGround, type MeshSettings } from '../policy/policy.js';
import type { Logger } from '../telemetry/logger.js';
import type { WorldSource } from './world-source.js';

export interface ClusterSourceOptions {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly mesh: MeshSettings;
  readonly logger: Logger;
}

/**
 * Opens the world of a cluster. It fills while the server already listens; `readiness` says when it can be judged with.
 *
 * @throws ClusterError when no cluster is configured
 */
export async function clusterWorldSource(options: ClusterSourceOptions): Promise<WorldSource> {
  const { kubeconfig, context, mesh, logger } = options;
  // Only now: the commands without a cluster must not load its client.
  const [{ connect }, { watchWorld }, { applyObject }] = await Promise.all([
    import('../cluster/connection.js'),
    import('../cluster/watch-world.js'),
    import('../cluster/apply.js'),
  ]);
  const world = new MeshWorld(meshGround(mesh));
  const connection = await connect({ kubeconfig, context });
  const watched = watchWorld({ connection, writer: world, settings: mesh, log: logger });
  logger.info({ server: connection.server }, 'watching the cluster');
  watched.whenReady().then(
    () => {
      logger.info({ notes: watched.notes() }, 'world complete');
    },
    () => {
      // Closed before: there is nobody to tell.
    },
  );
  return {
    world,
    readiness: () => watched.ready(),
    age: () => watched.freshness(),
    kinds: () => {
      const now = Date.now();
      return watched.status().map(({ kind, freshAt, restarts }) => {
        return { kind, age: freshAt === undefined ? Infinity : Math.max(0, now - freshAt), restarts };
      });
    },
    settle: (settings) => {
      watched.settle(settings);
    },
    apply: async (manifest, asking) => {
      await applyObject(connection, manifest, { timeout: asking.remaining(), signal: asking.signal });
    },
    close: async () => {
      await watched.close();
      connection.close();
    },
  };
}
