import { newLeaks } from '../admission/new-leaks.js';
import { isHeld } from '../mesh/judged-object.js';
import type { MeshObject } from '../mesh/mesh-object.js';
import type { World } from '../mesh/world/world.js';
import type { ObjectChange } from '../policy/change.js';
import type { Finding } from '../policy/finding.js';
import type { Policy } from '../policy/policy.js';
import type { Logger } from '../telemetry/logger.js';
import type { Clock } from './clock.js';
import type { Controller } from './controllers.js';
import type { EventRecorder } from './events.js';

export interface LeakControllerOptions {
  readonly world: World;
  readonly policy: () => Policy;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Told of each leak, once for each change that brings it. */
  readonly onLeak: (leak: Finding) => void;
}

/** A namespace that is deleted takes its objects one by one: what is a leak for a moment only is none. */
const GATHER = 2_000;

const PATIENCE = 15_000;

/**
 * Tells of leaks that no review could stop: two replicas let two changes through that leak only together, an allowed deletion in a
 * namespace that goes opens a way, somebody wrote while no replica answered. Every change of the world is judged again, in the world
 * as it is now, whoever judged it before.
 */
export class LeakController implements Controller {
  readonly name = 'leak';
  readonly delay = GATHER;
  readonly #options: LeakControllerOptions;
  /** The objects whose changes wait, each with what there was before the first of these. */
  readonly #changed = new Map<string, Changed>();

  constructor(options: LeakControllerOptions) {
    this.#options = options;
  }

  /** What was there before this replica led is nobody's doing now. */
  standing(): Iterable<string> {
    this.#changed.clear();
    return [];
  }

  concernedBy({ old, object }: ObjectChange): Iterable<string> {
    const subject = object ?? old;
    // What no world holds routes nothing, and no world tells of it.
    if (subject === undefined || !isHeld(subject)) return [];
    const { kind, metadata } = subject;
    const key = `${kind}/${metadata.namespace}/${metadata.name}`;
    if (!this.#changed.has(key))
      this.#changed.set(key, { subject, old: old !== undefined && isHeld(old) ? old : undefined });
    return [key];
  }

  async work(key: string, signal: AbortSignal): Promise<undefined> {
    const changed = this.#changed.get(key);
    if (changed === undefined) return;
    this.#changed.delete(key);
    try {
      for (const leak of this.#leaksOf(changed)) await this.#tell(leak, signal);
    } catch (error) {
      if (!this.#changed.has(key)) this.#changed.set(key, changed);
      throw error;
    }
  }

  #leaksOf({ subject, old }: Changed): readonly Finding[] {
    const { world, policy, clock } = this.#options;
    const { kind, metadata } = subject;
    const object = world.object(kind, metadata.namespace, metadata.name);
    return old === object ? [] : newLeaks({ world, policy: policy(), now: clock.now() }, { old, object });
  }

  async #tell(leak: Finding, signal: AbortSignal): Promise<void> {
    const { events, log, onLeak } = this.#options;
    const { rule, reason, message, mend, host, port, object: regarding } = leak;
    onLeak(leak);
    log.warn({ rule, reason, object: regarding, host, port }, 'a leak came about');
    const note = `${message}. Mend: ${mend}`;
    const event = { type: 'Warning', reason: 'EgressLeak', action: 'Judge', note, regarding } as const;
    await events.record(event, { timeout: PATIENCE, signal });
  }
}

interface Changed {
  /** The object as it came or went: what names it. */
  readonly subject: MeshObject;
  readonly old: MeshObject | undefined;
}
