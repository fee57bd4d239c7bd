import type { ObjectRef } from '../mesh/metadata.js';
import type { Logger } from '../telemetry/logger.js';
import { objectPath } from './apply.js';
import type { Clock } from './clock.js';
import { ClusterError } from './cluster-error.js';
import type { ClusterConnection } from './connection.js';
import type { Asking } from './discovery.js';
import { textAt } from './document.js';
import { microTime } from './lease.js';

/** Something that whoever looks at an object with `kubectl describe` should know. */
export interface ClusterEvent {
  readonly type: 'Normal' | 'Warning';
  /** One word, in CamelCase: why this is told. */
  readonly reason: string;
  /** One word: what Sallyport did. */
  readonly action: string;
  /** A sentence or two; what is longer than the API takes is cut. */
  readonly note: string;
  /** An object of a namespaced kind that the world holds. */
  readonly regarding: ObjectRef;
}

export interface EventRecorderOptions {
  readonly connection: ClusterConnection;
  /** The replica that tells. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

/** The API's bound on `note`, in bytes; its texts are cut by characters, of which none has more than four. */
const LONGEST_NOTE = 1024;

/** The same is told once for so long, and counted. The API server forgets an Event after an hour. */
const SAME_FOR = 10 * 60_000;

/** How many different Events are remembered. */
const MOST_REMEMBERED = 500;

/** So many at once, and one each so many milliseconds after that: nobody reads more, and the store is not made for them. */
const BURST = 50;
const REFILL = 2_000;

interface Told {
  readonly path: string;
  readonly at: number;
  count: number;
}

/** Writes Events (`events.k8s.io/v1`): those that say the same of the same object as one that is counted, and never too many. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #told = new Map<string, Told>();
  #tokens = BURST;
  #refilledAt: number;
  #dropped = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#refilledAt = options.clock.now();
  }

  /** Never throws: an Event that cannot be written is logged, and what it tells of has happened all the same. */
  async record(event: ClusterEvent, asking: Asking): Promise<void> {
    const { log } = this.#options;
    const { reason, regarding } = event;
    if (!this.#isAffordable()) {
      this.#dropped += 1;
      if (this.#dropped === 1) log.warn({ reason, object: regarding }, 'too many events: some are not written');
      return;
    }
    if (this.#dropped > 0) log.warn({ dropped: this.#dropped }, 'events are written again');
    this.#dropped = 0;
    try {
      await this.#write(event, asking);
    } catch (error) {
      if (asking.signal.aborted) return;
      log.warn({ err: error, reason, object: regarding }, 'the event cannot be written');
    }
  }

  async #write(event: ClusterEvent, asking: Asking): Promise<void> {
    const { type, reason, note, regarding } = event;
    const key = JSON.stringify([type, reason, note, regarding]);
    const now = this.#options.clock.now();
    const known = this.#told.get(key);
    if (known !== undefined && now - known.at < SAME_FOR && (await this.#count(known, now, asking))) return;
    const path = await this.#create(event, now, asking);
    this.#told.delete(key);
    this.#told.set(key, { path, at: now, count: 1 });
    const [oldest] = this.#told.keys();
    if (this.#told.size > MOST_REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
  }

  async #create({ type, reason, action, note, regarding }: ClusterEvent, now: number, asking: Asking): Promise<string> {
    const { connection, instance } = this.#options;
    const { namespace, name, apiVersion, kind } = regarding;
    const collection = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`;
    const uid = await this.#uidOf(regarding, asking);
    const { document } = await connection.request({
      method: 'POST',
      path: collection,
      body: json('application/json', {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { namespace, generateName: `${name.slice(0, 200).replace(/\.+$/, '')}-` },
        type,
        reason,
        action,
        note: cut(note),
        eventTime: microTime(now),
        reportingController: 'sallyport.dev/sallyport',
        reportingInstance: instance.slice(0, 128),
        regarding: { apiVersion, kind, namespace, name, ...(uid === '' ? {} : { uid }) },
      }),
      ...asking,
    });
    return `${collection}/${textAt(document, 'metadata', 'name')}`;
  }

  /** Adds one to the series. False where the Event is gone. */
  async #count(told: Told, now: number, asking: Asking): Promise<boolean> {
    const series = { count: told.count + 1, lastObservedTime: microTime(now) };
    try {
      const body = json('application/merge-patch+json', { series });
      await this.#options.connection.request({ method: 'PATCH', path: told.path, body, ...asking });
    } catch (error) {
      if (error instanceof ClusterError && error.code === 'not-found') return false;
      throw error;
    }
    told.count += 1;
    return true;
  }

  /** `kubectl describe` finds an Event by it. Empty for an object that is gone: what is told of it is told all the same. */
  async #uidOf(ref: ObjectRef, asking: Asking): Promise<string> {
    const { apiVersion, kind, namespace, name } = ref;
    const path = objectPath({ apiVersion, kind, metadata: { namespace, name } });
    try {
      const { document } = await this.#options.connection.request({ method: 'GET', path, ...asking });
      return textAt(document, 'metadata', 'uid');
    } catch (error) {
      if (error instanceof ClusterError && error.code === 'not-found') return '';
      throw error;
    }
  }

  #isAffordable(): boolean {
    const now = this.#options.clock.now();
    const refilled = Math.floor((now - this.#refilledAt) / REFILL);
    if (refilled > 0) {
      this.#tokens = Math.min(BURST, this.#tokens + refilled);
      this.#refilledAt += refilled * REFILL;
    }
    if (this.#tokens === 0) return false;
    this.#tokens -= 1;
    return true;
  }
}

function json(mediaType: string, value: unknown): { readonly mediaType: string; readonly text: string } {
  return { mediaType, text: JSON.stringify(value) };
}

/** Half of a character that the cut went through. */
const LONE_SURROGATE = /[\ud800-\udbff]$/;

function cut(text: string): string {
  if (Buffer.byteLength(text) < LONGEST_NOTE) return text;
  let end = Math.min(text.length, LONGEST_NOTE - 4);
  while (Buffer.byteLength(text.slice(0, end)) > LONGEST_NOTE - 4) end -= 1;
  return `${text.slice(0, end).replace(LONE_SURROGATE, '')}…`;
}
