import { ChangeFeed } from '../cluster/change-feed.js';
import { SYSTEM_CLOCK } from '../cluster/clock.js';
import type { ClusterConnection } from '../cluster/connection.js';
import { Controllers, type Controller } from '../cluster/controllers.js';
import { EventRecorder } from '../cluster/events.js';
import { LeaderElection } from '../cluster/leader-election.js';
import { LeakController } from '../cluster/leak-controller.js';
import { ReleaseController } from '../cluster/release-controller.js';
import type { World } from '../mesh/world/world.js';
import type { WorldWriter } from '../mesh/world/writer.js';
import type { Finding } from '../policy/finding.js';
import type { Policy } from '../policy/policy.js';
import type { Logger } from '../telemetry/logger.js';
import type { ReplicaIdentity } from './replica-identity.js';

export interface LeaderDutiesOptions {
  readonly connection: ClusterConnection;
  readonly world: World & WorldWriter;
  readonly policy: () => Policy;
  readonly replica: ReplicaIdentity;
  readonly log: Logger;
  readonly onLeak: (leak: Finding) => void;
}

/** What one of the replicas does for all, and the choice of it. */
export interface LeaderDuties {
  /** Through which the world must be written, so that the leader hears of it. */
  readonly writer: WorldWriter;
  /** To be called when the world is complete: half a world must not be acted on. */
  standForElection(): void;
  /** Looks at everything again: what it is judged by has changed. */
  restart(): void;
  /** Gives the lead back, and stops. */
  close(): Promise<void>;
}

/** The name of the Lease. */
const LEASE = 'sallyport';

/** Sets up all controllers. */
export function takeDuties({ connection, world, policy, replica, log, onLeak }: LeaderDutiesOptions): LeaderDuties {
  const events = new EventRecorder({ connection, instance: replica.name, clock: SYSTEM_CLOCK, log });
  const list: readonly Controller[] = [
    new ReleaseController({ connection, world, policy, clock: SYSTEM_CLOCK, events, log }),
    new LeakController({ world, policy, clock: SYSTEM_CLOCK, events, log, onLeak }),
  ];
  const controllers = new Controllers({ controllers: list, clock: SYSTEM_CLOCK, random: Math.random, log });
  let election: LeaderElection | undefined;
  let closed = false;
  return {
    writer: new ChangeFeed(world, controllers),
    standForElection: () => {
      if (closed) return;
      election ??= new LeaderElection({
        connection,
        lease: { namespace: replica.namespace, name: LEASE },
        identity: replica.name,
        seconds: replica.leaseSeconds,
        clock: SYSTEM_CLOCK,
        log,
        onChange: (leading) => {
          controllers.lead(leading && !closed);
        },
      });
    },
    restart: () => {
      controllers.restart();
    },
    close: async () => {
      closed = true;
      controllers.lead(false);
      await controllers.close();
      await election?.close();
    },
  };
}
