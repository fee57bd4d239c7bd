import type { Logger } from '../telemetry/logger.js';
import { pause, type Clock } from './clock.js';
import { ClusterError } from './cluster-error.js';
import type { ClusterConnection } from './connection.js';
import { microTime, readLease, writeLease, type LeaseName, type StoredLease } from './lease.js';

export interface LeaderElectionOptions {
  /** Stays open when the election ends. */
  readonly connection: ClusterConnection;
  readonly lease: LeaseName;
  /** Who stands for election: no other process may ever have the same name. */
  readonly identity: string;
  /** Whole seconds for which the others leave a leader alone that is not heard of. */
  readonly seconds: number;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Called with every change; what it throws ends the process. */
  readonly onChange: (leading: boolean) => void;
}

/** How much of the time that the others wait a leader that cannot renew goes on: the rest is for clocks that go unequally fast. */
const SURE = 0.8;

/**
 * Makes one of several replicas the leader, over a Lease, until it is closed. A leader renews at a third of the Lease's duration. One
 * that cannot stops leading before the others may take over; one that is closed gives the Lease back, so that they need not wait.
 *
 * No two machines' clocks are compared: a replica takes a Lease that it has not seen change, on its own clock, for as long as the
 * Lease says (as `leaderelection` of Kubernetes' own client does).
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  /** Until when this replica leads, on the wall clock, which goes on while a machine sleeps. */
  #until = 0;
  #told = false;
  #cancel: () => void = () => undefined;
  #seen: { readonly lease: StoredLease; readonly at: number } | undefined;
  #failing = false;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Whether this replica leads now. */
  leading(): boolean {
    return this.#options.clock.now() < this.#until;
  }

  /** Stops leading, and gives the Lease back. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#running;
    const leads = this.leading();
    this.#lead(0);
    if (leads) await this.#giveBack();
  }

  async #run(): Promise<void> {
    const { seconds, clock, lease, log } = this.#options;
    const isOver = (): boolean => this.#end.signal.aborted;
    while (!isOver()) {
      try {
        await this.#round();
        if (this.#failing) log.info({ lease }, 'the lease can be reached again');
        this.#failing = false;
      } catch (error) {
        if (isOver()) return;
        this.#complain(error);
      }
      await pause(clock, (seconds * 1000) / 3, this.#end.signal);
    }
  }

  /** Renews the Lease, or takes it where it is nobody's. */
  async #round(): Promise<void> {
    const { connection, lease: name, identity, seconds, clock } = this.#options;
    const lease = await readLease(connection, name, this.#asking());
    const now = clock.now();
    const isMine = lease?.holder === identity;
    if (lease !== undefined && !isMine && !this.#isFree(lease, now)) return;
    const renewTime = microTime(now);
    const acquired = { acquireTime: renewTime, transitions: lease === undefined ? 0 : lease.transitions + 1 };
    const { acquireTime, transitions } = isMine ? lease : acquired;
    const record = { holder: identity, seconds, acquireTime, renewTime, transitions };
    await writeLease(connection, name, lease, record, this.#asking());
    // From before it was sent: the others count from when they see it.
    this.#lead(now + seconds * 1000 * SURE);
  }

  /** Whether a Lease of somebody else is given back, or has not changed for as long as it lasts. */
  #isFree(lease: StoredLease, now: number): boolean {
    if (lease.holder === '') return true;
    if (this.#seen?.lease.resourceVersion !== lease.resourceVersion) this.#seen = { lease, at: now };
    return now - this.#seen.at >= lease.seconds * 1000;
  }

  #lead(until: number): void {
    const { clock } = this.#options;
    this.#cancel();
    this.#until = until;
    const left = until - clock.now();
    if (left > 0) {
      this.#cancel = clock.after(left, () => {
        this.#lead(this.#until);
      });
    }
    this.#tell(left > 0);
  }

  #tell(leading: boolean): void {
    if (leading === this.#told) return;
    this.#told = leading;
    const { lease, identity, log, onChange } = this.#options;
    log.info({ lease, identity }, leading ? 'leading' : 'leading no longer');
    onChange(leading);
  }

  async #giveBack(): Promise<void> {
    const { connection, lease: name, identity, clock } = this.#options;
    const asking = { timeout: this.#asking().timeout, signal: new AbortController().signal };
    try {
      const lease = await readLease(connection, name, asking);
      if (lease?.holder !== identity) return;
      const now = microTime(clock.now());
      const { transitions } = lease;
      await writeLease(
        connection,
        name,
        lease,
        { holder: '', seconds: 1, acquireTime: now, renewTime: now, transitions },
        asking,
      );
    } catch (error) {
      this.#options.log.warn({ err: error, lease: name }, 'the lease cannot be given back: the others have to wait');
    }
  }

  /** Somebody who was faster is no failure; what goes on failing is said once. */
  #complain(error: unknown): void {
    if (error instanceof ClusterError && error.code === 'conflict') return;
    if (!this.#failing)
      this.#options.log.warn({ err: error, lease: this.#options.lease }, 'the lease cannot be reached');
    this.#failing = true;
  }

  #asking() {
    return { timeout: Math.max(500, (this.#options.seconds * 1000) / 3), signal: this.#end.signal };
  }
}
