import { MeshWorld } from '../mesh/world/mesh-world.js';
import type { Finding } from '../policy/finding.js';
import { meshGround, type Policy } from '../policy/policy.js';
import type { Logger } from '../telemetry/logger.js';
import { replicaIdentity } from './replica-identity.js';
import type { WorldSource } from './world-source.js';

export interface ClusterSourceOptions {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** Asked whenever something is judged. */
  readonly policy: () => Policy;
  readonly logger: Logger;
  /** Told of each leak that came about without having been let through, by the replica that leads. */
  readonly onLeak: (leak: Finding) => void;
}

/**
 * Opens the world of a cluster. It fills while the server already listens; `readiness` says when it can be judged with.
 *
 * @throws ClusterError when no cluster is configured
 */
export async function clusterWorldSource(options: ClusterSourceOptions): Promise<WorldSource> {
  const { kubeconfig, context, policy, logger, onLeak } = options;
  const { mesh } = policy();
  // Only now: the commands without a cluster must not load its client.
  const [{ connect }, { watchWorld }, { applyObject }, { takeDuties }] = await Promise.all([
    import('../cluster/connection.js'),
    import('../cluster/watch-world.js'),
    import('../cluster/apply.js'),
    import('./leader-duties.js'),
  ]);
  const world = new MeshWorld(meshGround(mesh));
  const connection = await connect({ kubeconfig, context });
  const duties = takeDuties({
    connection,
    world,
    policy,
    replica: await replicaIdentity(process.env),
    log: logger,
    onLeak,
  });
  const watched = watchWorld({ connection, writer: duties.writer, settings: mesh, log: logger });
  logger.info({ server: connection.server }, 'watching the cluster');
  watched.whenReady().then(
    () => {
      logger.info({ notes: watched.notes() }, 'world complete');
      duties.standForElection();
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
      duties.restart();
    },
    apply: async (manifest, asking) => {
      await applyObject(connection, manifest, { timeout: asking.remaining(), signal: asking.signal });
    },
    close: async () => {
      // First of all, so that another replica can go on.
      await duties.close();
      await watched.close();
      connection.close();
    },
  };
}
