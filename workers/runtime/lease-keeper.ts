import { releaseLease, renewLeases, takeLease, type Lease } from "#db/queries/leases.ts";
import type { Sql } from "#db/client.ts";
import type { Log } from "../log.ts";
import { pause } from "./wake.ts";

/** How long a lease holds without renewal: a killed worker's work is free after it. */
const LEASE_MS = 10_000;
const RENEW_MS = 2_500;

export type Held = {
  readonly lease: Lease;
  /** Aborts when the lease is lost or let go. */
  readonly lost: AbortSignal;
  readonly release: () => Promise<void>;
};

type Entry = { readonly lease: Lease; readonly lost: AbortController; renewedAt: number };

/** Takes and renews this worker's leases, all in one statement, and tells when one is lost. */
export class LeaseKeeper {
  readonly #sql: Sql;
  readonly #holder: string;
  readonly #log: Log;
  readonly #held = new Map<string, Entry>();

  constructor(sql: Sql, holder: string, log: Log) {
    this.#sql = sql;
    this.#holder = holder;
    this.#log = log;
  }

  async take(name: string): Promise<Held | null> {
    if (this.#held.has(name)) return null;
    const lease = await takeLease(this.#sql, name, this.#holder, LEASE_MS);
    if (lease === null) return null;
    const entry = { lease, lost: new AbortController(), renewedAt: performance.now() };
    this.#held.set(name, entry);
    return { lease, lost: entry.lost.signal, release: () => this.#release(entry) };
  }

  async #release(entry: Entry): Promise<void> {
    if (this.#held.get(entry.lease.name) === entry) this.#held.delete(entry.lease.name);
    entry.lost.abort();
    await releaseLease(this.#sql, entry.lease);
  }

  /** A duty: renews until `stop`, and gives up what could not be renewed in time even when Postgres is silent. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await pause(RENEW_MS, stop);
      const entries = [...this.#held.values()];
      const asked = performance.now();
      const renewing = renewLeases(this.#sql, entries.map(({ lease }) => lease), LEASE_MS);
      try {
        const still = await Promise.race([renewing, pause(LEASE_MS - 2 * RENEW_MS, stop).then(() => null)]);
        if (still === null) renewing.catch(() => undefined);
        for (const entry of entries) {
          if (still?.has(entry.lease.name)) entry.renewedAt = asked;
          else if (still !== null) this.#lose(entry);
        }
      } catch (error) {
        this.#log.warn({ err: error }, "leases could not be renewed");
      }
      for (const entry of this.#held.values()) if (performance.now() - entry.renewedAt > LEASE_MS) this.#lose(entry);
    }
  }

  #lose(entry: Entry): void {
    if (this.#held.get(entry.lease.name) !== entry) return;
    this.#held.delete(entry.lease.name);
    this.#log.warn({ lease: entry.lease.name }, "lease lost");
    entry.lost.abort();
  }
}
