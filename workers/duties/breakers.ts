import { afterResult, openFor, type BreakerPolicy } from "#core/route/breaker.ts";
import type { Decision } from "#core/route/decide.ts";
import { closeBreaker, openBreaker, openBreakers, postponeProbe, takeProbe, type Breaker } from "#db/queries/routes.ts";
import type { Sql } from "#db/client.ts";

/** A probe whose worker vanished is taken over after this; longer than any destination's time limit. */
const PROBE_LEASE_MS = 330_000;
const FORGO_MS = 1_000;

/** The breakers as this worker sees them: their shared state in Postgres, and its own last results of each destination. */
export class Breakers {
  readonly #sql: Sql;
  readonly #windows = new Map<string, boolean[]>();
  #open = new Map<string, Breaker>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async refresh(): Promise<void> {
    this.#open = await openBreakers(this.#sql);
  }

  isOpen(destination: string): boolean {
    return this.#open.has(destination);
  }

  /** Takes the right to one probe, or null. */
  async probe(destination: string): Promise<{ probes: number } | null> {
    return this.#open.get(destination)?.due === true ? takeProbe(this.#sql, destination, PROBE_LEASE_MS) : null;
  }

  /** Counts a try's result; opens the breaker when it was one too many. */
  async report(destination: string, policy: BreakerPolicy, { decision, reason }: { decision: Decision; reason: string }): Promise<void> {
    if (this.isOpen(destination)) return;
    const { window, opens } = afterResult(this.#windows.get(destination) ?? [], isDestinationsFault(decision), policy);
    this.#windows.set(destination, opens ? [] : window);
    if (!opens) return;
    this.#open.set(destination, { destination, state: "open", due: false });
    await openBreaker(this.#sql, destination, { reason, seconds: openFor(policy, 0), probe: false });
  }

  /** The result of a probe. */
  async settleProbe(destination: string, policy: BreakerPolicy, { probes, decision, reason }: { probes: number; decision: Decision; reason: string }): Promise<void> {
    if (isDestinationsFault(decision)) {
      await openBreaker(this.#sql, destination, { reason, seconds: openFor(policy, probes + 1), probe: true });
      this.#open.set(destination, { destination, state: "open", due: false });
      return;
    }
    await this.close(destination, "a probe came through");
  }

  /** The probe could not be made. */
  async forgo(destination: string): Promise<void> {
    await postponeProbe(this.#sql, destination, FORGO_MS);
  }

  async close(destination: string, reason: string): Promise<void> {
    await closeBreaker(this.#sql, destination, reason);
    this.#windows.delete(destination);
    this.#open.delete(destination);
  }
}

/** A message that no try would help says nothing against the destination. */
const isDestinationsFault = (decision: Decision): boolean =>
  decision.to === "retrying" || (decision.to === "dead" && decision.cause !== "not_retryable");
