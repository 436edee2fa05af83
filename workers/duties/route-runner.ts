import type { Fault } from "#core/fault.ts";
import { destinationKey } from "#core/route/destination-key.ts";
import { claimDeliveries, putBack, type Claimed } from "#db/queries/deliveries-claim.ts";
import type { ActiveRoute } from "#db/queries/routes.ts";
import type { Destination } from "../destinations/destination.ts";
import { failpoint } from "../runtime/failpoint.ts";
import { makeWake, pause } from "../runtime/wake.ts";
import type { Guard } from "../guards/guard.ts";
import { Admission } from "./admission.ts";
import type { Breakers } from "./breakers.ts";
import { RouteSettling, type PlainVerdicts, type SettlingParts } from "./route-settling.ts";
import { doomed, tryOnce, type Judged, type TryParts } from "./route-try.ts";

/** How long a vanished worker's tries are waited for; renewed while it lives. */
export const LEASE_MS = 15_000;
const IDLE_MS = 5_000;
/** ms after which a few free places are filled, however few. */
const FILL_MS = 3;
const MAX_BYTES = 16 * 1024 * 1024;
/** How many times as many as may be under way are claimed ahead of a quick destination at most. */
const AHEAD = 2;
const PACE_STEP_MS = 200;
/** Results that may wait to be written before no more is sent. */
const MAX_UNSETTLED = 2_000;

export type RunnerParts = SettlingParts & TryParts & { readonly breakers: Breakers; readonly plain: PlainVerdicts };

/**
 * Delivers for one route, as its definition stands at one version: claims what is due, has it delivered, writes down what
 * became of it. Any number of workers may do so at once; `share` of what may be under way is this one's.
 */
export class RouteRunner {
  readonly route: ActiveRoute;
  readonly wake = makeWake();
  readonly destinationKey: string;
  share = 1;
  readonly #parts: RunnerParts;
  readonly #destination: Destination;
  readonly #guard: Guard | null;
  readonly #admission: Admission | null;
  readonly #settling: RouteSettling;
  /** Attempt ids of all that this worker holds: waiting for a place, being delivered, not written down yet. */
  readonly #held = new Set<string>();
  readonly #sending = new Set<Promise<void>>();
  /** Claimed, their tries written down: they wait for a place. */
  #ready: Claimed[] = [];
  /** How many may wait so, besides those that have a place. */
  #ahead = 0;
  #active = 0;
  #ended = 0;

  constructor(parts: RunnerParts, route: ActiveRoute, { destination, guard }: { destination: Destination; guard: Guard | null }) {
    this.route = route;
    this.destinationKey = destinationKey(route.definition.destination);
    this.#parts = parts;
    this.#destination = destination;
    this.#guard = guard;
    this.#admission = guard === null ? null : new Admission(parts, route, guard);
    this.#settling = new RouteSettling(parts, route, {
      guard,
      plain: parts.plain,
      written: (attemptId) => {
        this.#held.delete(attemptId);
        this.wake.hint();
      },
    });
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
      if (taken === 0) await this.wake.wait(IDLE_MS, stop);
      while (!stop.aborted && !this.#wantsMore()) await this.wake.wait(IDLE_MS, stop);
      // a few places that became free are filled together
      if (this.#ready.length === 0 && this.#room() < this.share / 4) await pause(FILL_MS, stop);
    }
    await this.#putBack();
    await Promise.all(this.#sending);
    await this.#settling.done();
    await Promise.allSettled([this.#destination.close(), this.#guard?.close()]);
  }

  #room(): number {
    return this.#settling.unwritten > MAX_UNSETTLED ? 0 : this.share + this.#ahead - this.#active - this.#ready.length;
  }

  /** One claim of many costs less than many of a few, but must not come too late. */
  #wantsMore(): boolean {
    return this.#parts.breakers.isOpen(this.destinationKey) || (this.#room() > 0 && this.#ready.length <= this.#ahead / 2);
  }

  /** Claims what there is room for and begins to send it. Answers how many. */
  async #turn(cut: AbortSignal): Promise<number> {
    const { breakers } = this.#parts;
    const open = breakers.isOpen(this.destinationKey);
    if (open) await this.#putBack();
    const room = this.#room();
    if (room <= 0) return 0;
    const probe = open && this.route.running ? await breakers.probe(this.destinationKey) : null;
    if (probe !== null) return this.#probe(probe.probes, cut);
    const endedBefore = this.#ended;
    const { count, admitted } = await this.#take({ limit: room, onlyDoomed: open || !this.route.running, probe: false });
    // several times as many as became free during this claim: the next one begins when half of them are left
    this.#ahead = this.#looksAhead() ? Math.min(AHEAD * this.share, Math.max(4 * (this.#ended - endedBefore), this.#ahead >> 1)) : 0;
    for (const each of admitted) {
      if (each.doom === null) this.#ready.push(each);
      else this.#send(each, cut, this.#report);
    }
    this.#fill(cut);
    return count;
  }

  /**
   * What is claimed ahead has a try on record that has not begun. Not where that would cost: a guard's claim runs out, a pace would
   * be caught up with in a burst, and a person would be asked about tries that were never made.
   */
  #looksAhead(): boolean {
    const { limits, whenUnknown } = this.route.definition;
    return this.#guard === null && limits.perSecond === null && whenUnknown === "retry";
  }

  /** Gives every free place to one that waits for it. */
  #fill(cut: AbortSignal): void {
    while (this.#active < this.share && !this.#parts.breakers.isOpen(this.destinationKey)) {
      const next = this.#ready.shift();
      if (next === undefined) return;
      this.#send(next, cut, this.#report);
    }
  }

  /** Lets go of what was claimed ahead and not tried. */
  async #putBack(): Promise<void> {
    const attemptIds = this.#ready.splice(0).map(({ attemptId }) => attemptId);
    if (attemptIds.length === 0) return;
    try {
      await putBack(this.#parts.sql, attemptIds);
    } catch (error) {
      this.#parts.log.warn({ route: this.route.name, err: error }, "deliveries could not be put back: they wait until their leases run out");
    }
    for (const id of attemptIds) this.#held.delete(id);
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
      await breakers.close(this.destinationKey, "nothing waited that could test it");
      return 1;
    }
    // its guard did not let it pass: the right to probe is used up, and comes again
    if (claimed === undefined) {
      await breakers.forgo(this.destinationKey);
      return 1;
    }
    log.info({ route: this.route.name, destination: this.destinationKey }, "a delivery tests the destination");
    this.#send(claimed, cut, (decision, reason) => breakers.settleProbe(this.destinationKey, policy, { probes, decision, reason }));
    return 1;
  }

  #send(claimed: Claimed, cut: AbortSignal, judged: Judged): void {
    const sent = this.#carry(claimed, cut, judged).finally(() => this.#sending.delete(sent));
    this.#sending.add(sent);
  }

  async #carry(claimed: Claimed, cut: AbortSignal, judged: Judged): Promise<void> {
    this.#active += 1;
    try {
      const how = { destination: this.#destination, cut, judged };
      this.#settling.add(claimed.doom === null ? await tryOnce(this.#parts, this.route, claimed, how) : doomed(this.route, claimed, claimed.doom));
    } catch (error) {
      // its lease runs out, and the try is without a verdict
      this.#held.delete(claimed.attemptId);
      this.#parts.log.error({ route: this.route.name, err: error }, "a delivery failed within Redrive");
    } finally {
      this.#active -= 1;
      this.#ended += 1;
      this.#fill(cut);
      this.wake.hint();
    }
  }

  readonly #report: Judged = async (decision, reason) => {
    const policy = this.route.definition.breaker;
    if (policy !== null) await this.#parts.breakers.report(this.destinationKey, policy, { decision, reason });
  };
}
