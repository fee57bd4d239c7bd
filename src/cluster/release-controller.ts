import { releaseOf } from '../admission/release.js';
import type { ServiceEntry } from '../mesh/kinds/service-entry.js';
import type { ObjectRef } from '../mesh/metadata.js';
import type { World } from '../mesh/world/world.js';
import type { ObjectChange } from '../policy/change.js';
import { holdingGatewayTest } from '../policy/egress-gateways.js';
import type { Finding } from '../policy/finding.js';
import { HELD_EXPORT_TO, isHeldEntry, wishOf } from '../policy/held-entries.js';
import type { Policy } from '../policy/policy.js';
import type { Logger } from '../telemetry/logger.js';
import { FIELD_MANAGER, patchObject } from './apply.js';
import type { Clock } from './clock.js';
import { ClusterError } from './cluster-error.js';
import type { ClusterConnection } from './connection.js';
import type { Controller } from './controllers.js';
import { at, itemsAt, textAt } from './document.js';
import type { EventRecorder } from './events.js';

export interface ReleaseControllerOptions {
  readonly connection: ClusterConnection;
  readonly world: World;
  readonly policy: () => Policy;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly log: Pick<Logger, 'info'>;
}

/** Routes come in handfuls. */
const GATHER = 200;

/** What the webhook held again is looked at again after so long. */
const LOOK_AGAIN = 2_000;

/** For one answer of the API server, in which it asks our own webhooks. */
const PATIENCE = 15_000;

/**
 * Gives held entries back what their authors wanted, as soon as that leaks nothing, and says so in an Event. The release is a change as
 * any other and judged by the webhook too: where the world has moved on meanwhile, it comes to nothing.
 */
export class ReleaseController implements Controller {
  readonly name = 'release';
  readonly delay = GATHER;
  readonly #options: ReleaseControllerOptions;
  /** The entries that keep a wish, as far as is known. */
  readonly #waiting = new Set<string>();
  /** What was last said of an entry that has to wait. */
  readonly #said = new Map<string, string>();

  constructor(options: ReleaseControllerOptions) {
    this.#options = options;
  }

  standing(): Iterable<string> {
    this.#waiting.clear();
    for (const entry of this.#options.world.all('ServiceEntry')) {
      if (wishOf(entry) !== undefined) this.#waiting.add(keyOf(entry));
    }
    return this.#waiting;
  }

  /** Any object may be the one that a held entry waits for. */
  concernedBy({ object }: ObjectChange): Iterable<string> {
    if (object?.kind === 'ServiceEntry' && wishOf(object) !== undefined) this.#waiting.add(keyOf(object));
    return this.#waiting;
  }

  async work(key: string, signal: AbortSignal): Promise<number | undefined> {
    const { world, policy, clock } = this.#options;
    const [namespace = '', name = ''] = key.split('/');
    const entry = world.object('ServiceEntry', namespace, name);
    if (entry?.kind !== 'ServiceEntry' || wishOf(entry) === undefined) {
      this.#waiting.delete(key);
      this.#said.delete(key);
      return undefined;
    }
    const release = releaseOf({ world, policy: policy(), now: clock.now() }, entry);
    const asking = { timeout: PATIENCE, signal };
    if (release !== undefined && 'patch' in release) return this.#release(entry, release.patch, asking);
    await this.#explain(entry, release?.obstacles ?? [], asking);
    return undefined;
  }

  async #release(entry: ServiceEntry, patch: readonly unknown[], asking: Asking): Promise<number | undefined> {
    const { connection, events, log } = this.#options;
    const object = refOf(entry);
    let stored: unknown;
    try {
      stored = await patchObject(connection, object, patch, asking);
      // Held again by the webhook, which knows of something that has not come here yet.
      if (at(stored, 'metadata', 'annotations', HELD_EXPORT_TO) !== undefined) return LOOK_AGAIN;
    } catch (error) {
      // Somebody has changed it or taken it away: the watch will tell.
      if (error instanceof ClusterError && (error.code === 'invalid' || error.code === 'not-found')) return undefined;
      throw error;
    }
    log.info({ object }, 'held entry released');
    await this.#disown(object, stored, asking);
    const note = 'its calls go through the egress gateway now: exportTo is as its author wrote it';
    await events.record({ type: 'Normal', reason: 'Released', action: 'Release', note, regarding: object }, asking);
    return undefined;
  }

  /**
   * Gives up the field that the release has written: it is its author's, who would be told of a conflict with us when he changes it by
   * a server-side apply. Where that fails he is told, and no harm is done.
   */
  async #disown(object: ObjectRef, stored: unknown, asking: Asking): Promise<void> {
    const owned = itemsAt(stored, 'metadata', 'managedFields').findIndex(
      (one) => textAt(one, 'manager') === FIELD_MANAGER && textAt(one, 'operation') === 'Update',
    );
    if (owned < 0) return;
    const patch = [
      { op: 'test', path: '/metadata/resourceVersion', value: textAt(stored, 'metadata', 'resourceVersion') },
      { op: 'remove', path: `/metadata/managedFields/${owned}` },
    ];
    try {
      await patchObject(this.#options.connection, object, patch, asking);
    } catch (error) {
      if (asking.signal.aborted) throw error;
      this.#options.log.info({ err: error, object }, 'exportTo of a released entry stays ours');
    }
  }

  /** Says once what an entry waits for, and again when that changes. */
  async #explain(entry: ServiceEntry, obstacles: readonly Finding[], asking: Asking): Promise<void> {
    const { world, policy, events } = this.#options;
    const [first] = obstacles;
    if (first === undefined || !isHeldEntry({ world, isEgressGateway: holdingGatewayTest(policy(), world) }, entry))
      return;
    const more = obstacles.length > 1 ? ` (and ${obstacles.length - 1} more)` : '';
    const note = `no pod sees it yet. If it were exported as its author wants, ${first.message}${more}. Mend: ${first.mend}`;
    const key = keyOf(entry);
    if (this.#said.get(key) === note) return;
    this.#said.set(key, note);
    const regarding = refOf(entry);
    await events.record({ type: 'Normal', reason: 'Held', action: 'Hold', note, regarding }, asking);
  }
}

interface Asking {
  readonly timeout: number;
  readonly signal: AbortSignal;
}

function keyOf({ metadata }: ServiceEntry): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function refOf({ apiVersion, kind, metadata }: ServiceEntry): ObjectRef {
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}
