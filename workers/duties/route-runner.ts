import type { Fault } from "#core/fault.ts";
import type { Header } from "#core/message/header.ts";
import type { Native } from "#core/message/raw.ts";
import { decide, type Decision } from "#core/route/decide.ts";
import { destinationKey } from "#core/route/destination-key.ts";
import type { DeliveryOutcome } from "#core/route/outcome.ts";
import { claimDeliveries, type Claimed } from "#db/queries/deliveries-claim.ts";
import type { Settled } from "#db/queries/deliveries-settle.ts";
import type { ActiveRoute } from "#db/queries/routes.ts";
import type { Destination } from "../destinations/destination.ts";
import { failpoint } from "../runtime/failpoint.ts";
import { makeWake, pause } from "../runtime/wake.ts";
import type { Guard } from "../guards/guard.ts";
import { Admission } from "./admission.ts";
import type { Breakers } from "./breakers.ts";
import type { Parts } from "./parts.ts";
import { routeDeath } from "./route-death.ts";
import { RouteSettling } from "./route-settling.ts";

/** How long a vanished worker's tries are waited for; renewed while it lives. */
export const LEASE_MS = 15_000;
const IDLE_MS = 5_000;
/** ms after which a few free places are filled, however few. */
const FILL_MS = 3;
const MAX_BYTES = 16 * 1024 * 1024;
const PACE_STEP_MS = 200;
/** Results that may wait to be written before no more is sent. */
const MAX_UNSETTLED = 2_000;

/** Hears what a try came to, and why it failed. */
type Judged = (decision: Decision, reason: string) => Promise<void>;

export type RunnerParts = Parts & {
  readonly breakers: Breakers;
  /** A linear-time search, see core/route/classify.ts. */
  finds(pattern: string, text: string): boolean;
};

/**
 * Delivers for one route, as its definition stands at one version: claims what is due, has it delivered, writes down what
 * became of it. Any number of workers may do so at once; `share` of what may be under way is this one's.
 */
export class RouteRunner {
  readonly route: ActiveRoute;
  readonly wake = makeWake();
  share = 1;
  readonly #parts: RunnerParts;
  readonly #destination: Destination;
  readonly #guard: Guard | null;
  readonly #key: string;
  readonly #admission: Admission | null;
  readonly #settling: RouteSettling;
  /** Attempt ids of all that this worker holds: waiting for a place, being delivered, not written down yet. */
  readonly #held = new Set<string>();
  readonly #sending = new Set<Promise<void>>();
  #active = 0;

  constructor(parts: RunnerParts, route: ActiveRoute, { destination, guard }: { destination: Destination; guard: Guard | null }) {
    this.route = route;
    this.#parts = parts;
    this.#destination = destination;
    this.#key = destinationKey(route.definition.destination);
    this.#guard = guard;
    this.#admission = guard === null ? null : new Admission(parts, route, guard);
    this.#settling = new RouteSettling(parts, route, guard, (attemptIds) => {
      for (const id of attemptIds) this.#held.delete(id);
      this.wake.hint();
    });
  }

  get destinationKey(): string {
    return this.#key;
  }

  /** Why the guard lets nothing pass; null while it does its work. */
  get guardFault(): Fault | null {
    return this.#admission?.fault ?? null;
  }

  get held(): readonly string[] {
    return [...this.#held];
  }

  /** Until `stop`; then nothing new is taken, and what is under way ends or is cut off by `cut`. Never throws. */
  async run(stop: AbortSignal, cut: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const taken = await this.#turn(cut).catch((error: unknown) => {
        this.#parts.log.warn({ route: this.route.name, err: error }, "deliveries could not be claimed");
        return 0;
      });
      if (taken === 0 || this.#room() <= 0) await this.wake.wait(IDLE_MS, stop);
      // a few places that became free are filled together
      if (this.#room() < this.share / 4) await pause(FILL_MS, stop);
    }
    await Promise.all(this.#sending);
    await this.#settling.done();
    await Promise.allSettled([this.#destination.close(), this.#guard?.close()]);
  }

  #room(): number {
    return this.#settling.waiting > MAX_UNSETTLED ? 0 : this.share - this.#active;
  }

  /** Claims what there is room for and begins to send it. Answers how many. */
  async #turn(cut: AbortSignal): Promise<number> {
    const room = this.#room();
    if (room <= 0) return 0;
    const { breakers } = this.#parts;
    const open = breakers.isOpen(this.#key);
    const probe = open && this.route.running ? await breakers.probe(this.#key) : null;
    if (probe !== null) return this.#probe(probe.probes, cut);
    const claimed = await this.#take({ limit: room, onlyDoomed: open || !this.route.running, probe: false });
    for (const each of claimed.admitted) this.#send(each, cut, this.#report);
    return claimed.count;
  }

  async #take({ limit, onlyDoomed, probe }: { limit: number; onlyDoomed: boolean; probe: boolean }): Promise<{ count: number; admitted: readonly Claimed[] }> {
    const { retry, limits } = this.route.definition;
    const claimed = await claimDeliveries(this.#parts.sql, {
      routeId: this.route.id,
      worker: this.#parts.workerId,
      limit,
      maxBytes: MAX_BYTES,
      leaseMs: LEASE_MS,
      maxAgeSeconds: retry.maxAgeSeconds,
      maxTries: retry.maxAttempts,
      begin: this.#admission === null,
      pace: limits.perSecond === null || onlyDoomed || probe ? null : { perSecond: limits.perSecond, stepMs: PACE_STEP_MS },
      probe,
      onlyDoomed,
    });
    for (const { attemptId } of claimed) this.#held.add(attemptId);
    if (claimed.length > 0) failpoint("deliver.claimed");
    if (this.#admission === null || claimed.length === 0) return { count: claimed.length, admitted: claimed };
    const { admitted, settled } = await this.#admission.admit(claimed, probe).catch((error: unknown) => {
      // nobody tries them: their leases run out, and they wait again
      for (const { attemptId } of claimed) this.#held.delete(attemptId);
      throw error;
    });
    for (const each of settled) this.#settling.add(each);
    const kept = new Set([...admitted, ...settled.map((each) => each.claimed)].map(({ attemptId }) => attemptId));
    // another worker took them up meanwhile
    for (const { attemptId } of claimed) if (!kept.has(attemptId)) this.#held.delete(attemptId);
    return { count: claimed.length, admitted };
  }

  /** One try that tests a destination whose breaker is open; the next messages wait for what becomes of it. */
  async #probe(probes: number, cut: AbortSignal): Promise<number> {
    const { breakers, log } = this.#parts;
    const policy = this.route.definition.breaker;
    const { count, admitted } = await this.#take({ limit: 1, onlyDoomed: false, probe: true });
    const [claimed] = admitted;
    if (policy === null || count === 0) {
      await breakers.close(this.#key, "nothing waited that could test it");
      return 1;
    }
    // its guard did not let it pass: the right to probe is used up, and comes again
    if (claimed === undefined) {
      await breakers.forgo(this.#key);
      return 1;
    }
    log.info({ route: this.route.name, destination: this.#key }, "a delivery tests the destination");
    this.#send(claimed, cut, (decision, reason) => breakers.settleProbe(this.#key, policy, { probes, decision, reason }));
    return 1;
  }

  #send(claimed: Claimed, cut: AbortSignal, judged: Judged): void {
    const sent = this.#carry(claimed, cut, judged).finally(() => this.#sending.delete(sent));
    this.#sending.add(sent);
  }

  async #carry(claimed: Claimed, cut: AbortSignal, judged: Judged): Promise<void> {
    this.#active += 1;
    try {
      this.#settling.add(claimed.doom === null ? await this.#try(claimed, cut, judged) : this.#doomed(claimed, claimed.doom));
    } catch (error) {
      // its lease runs out, and the try is without a verdict
      this.#held.delete(claimed.attemptId);
      this.#parts.log.error({ route: this.route.name, err: error }, "a delivery failed within Redrive");
    } finally {
      this.#active -= 1;
      this.wake.hint();
    }
  }

  #doomed(claimed: Claimed, cause: NonNullable<Claimed["doom"]>): Settled {
    const death = routeDeath(this.route, claimed, { cause, error: null, tries: claimed.number, firstTriedAt: claimed.firstTriedAt, now: new Date() });
    return { claimed, by: "doom", cause, death };
  }

  async #try(claimed: Claimed, cut: AbortSignal, judged: Judged): Promise<Settled> {
    const began = performance.now();
    const outcome = await this.#deliver(claimed, cut);
    failpoint("deliver.sent");
    const durationMs = performance.now() - began;
    const tried = { tried: claimed.number, lastDelayMs: claimed.lastDelayMs, ageMs: claimed.ageMs + durationMs, random: Math.random() };
    const decision = decide(this.route.definition, outcome, tried, this.#parts);
    const error = outcome.status === "confirmed" ? null : outcome.error;
    await judged(decision, error?.message ?? "").catch((failed: unknown) =>
      this.#parts.log.warn({ err: failed }, "a breaker could not be written"),
    );
    const given = decision.to === "dead" ? { cause: decision.cause, error, tries: claimed.number, firstTriedAt: claimed.firstTriedAt ?? new Date(), now: new Date() } : null;
    return { claimed, by: "try", outcome, durationMs, decision, death: given === null ? null : routeDeath(this.route, claimed, given) };
  }

  async #deliver(claimed: Claimed, cut: AbortSignal): Promise<DeliveryOutcome> {
    try {
      return await this.#destination.deliver(
        {
          messageId: claimed.messageId ?? claimed.id,
          attemptId: claimed.attemptId,
          attempt: claimed.number,
          route: this.route.name,
          receivedAt: claimed.receivedAt,
          body: claimed.body,
          headers: JSON.parse(claimed.headers) as Header[],
          native: JSON.parse(claimed.native) as Native,
        },
        cut,
      );
    } catch (error) {
      // a destination must not throw; when it does, nobody knows what was sent
      this.#parts.log.error({ route: this.route.name, err: error }, "a destination threw");
      const message = error instanceof Error ? error.message : String(error);
      return { status: "unknown", error: { code: "internal", status: null, type: null, message, stack: null, retryAfterMs: null }, answer: null };
    }
  }

  readonly #report: Judged = async (decision, reason) => {
    const policy = this.route.definition.breaker;
    if (policy !== null) await this.#parts.breakers.report(this.#key, policy, { decision, reason });
  };
}
