import { Fault } from "#core/fault.ts";
import type { GuardVerdict } from "#core/route/guard.ts";
import { beginTries, type Claimed } from "#db/queries/deliveries-claim.ts";
import type { Settled } from "#db/queries/deliveries-verdicts.ts";
import type { ActiveRoute } from "#db/queries/routes.ts";
import type { Guard } from "../guards/guard.ts";
import { failpoint } from "../runtime/failpoint.ts";
import type { Parts } from "./parts.ts";

/** ms until a message is looked at again whose equal is under way, or whose guard could not be asked. */
const DEFERRAL_MS = 1_000;
/** Beyond a destination's own time limit: how long a key stays claimed when nobody comes to complete or release it. */
const GRACE_MS = 60_000;
const QUEUE_MS = 10_000;
/** ms for which a failure speaks for the store: those who are turned away ask again each second. */
const FAULT_MS = 5_000;

export type Admitted = {
  /** May be tried, the try written down. */
  readonly admitted: readonly Claimed[];
  /** Are not tried now, or not at all. */
  readonly settled: readonly Settled[];
};

/** Asks a route's guard which of the claimed deliveries may be tried. */
export class Admission {
  readonly #parts: Parts;
  readonly #route: ActiveRoute;
  readonly #guard: Guard;
  #failed: { readonly fault: Fault; readonly at: number } | null = null;

  constructor(parts: Parts, route: ActiveRoute, guard: Guard) {
    this.#parts = parts;
    this.#route = route;
    this.#guard = guard;
  }

  /**
   * Why the store could not be asked of late; null when it could, or when this worker had nothing to ask since: what it knows grows
   * old, and must not hold a route for which others ask with success.
   */
  get fault(): Fault | null {
    return this.#failed === null || performance.now() - this.#failed.at > FAULT_MS ? null : this.#failed.fault;
  }

  /** Never takes a store that is down for an answer: then nothing passes and nothing is dropped. */
  async admit(claimed: readonly Claimed[], probe: boolean): Promise<Admitted> {
    const doomed = claimed.filter(({ doom }) => doom !== null);
    const wanted = claimed.filter(({ doom }) => doom === null);
    const verdicts = await this.#ask(wanted);
    if (verdicts === null) return { admitted: doomed, settled: wanted.map((each) => ({ claimed: each, by: "deferral", ms: DEFERRAL_MS })) };
    if (wanted.length > 0) failpoint("deliver.guarded");
    const passed = wanted.filter(({ id }) => verdicts.get(id) === "claimed");
    const numbers = await beginTries(this.#parts.sql, passed.map(({ attemptId }) => attemptId), { worker: this.#parts.workerId, probe });
    const begun = passed.flatMap((each) => {
      const number = numbers.get(each.attemptId);
      return number === undefined ? [] : [{ ...each, number }];
    });
    return { admitted: [...doomed, ...begun], settled: wanted.flatMap((each) => turnedAway(each, verdicts.get(each.id))) };
  }

  async #ask(wanted: readonly Claimed[]): Promise<Map<string, GuardVerdict> | null> {
    const keyed = wanted.flatMap(({ id, guardKey }) => (guardKey === null ? [] : [{ key: guardKey, owner: id }]));
    try {
      const verdicts = keyed.length === 0 ? [] : await this.#guard.claim(keyed, leaseMs(this.#route));
      const answered = new Map<string, GuardVerdict>(wanted.flatMap(({ id, guardKey }) => (guardKey === null ? [[id, "claimed"]] : [])));
      for (const [i, { owner }] of keyed.entries()) {
        const verdict = verdicts[i];
        if (verdict === undefined) throw new Fault("internal", "the guard gave no verdict");
        answered.set(owner, verdict);
      }
      this.#failed = null;
      return answered;
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault("internal", error instanceof Error ? error.message : String(error));
      this.#failed = { fault, at: performance.now() };
      this.#parts.log.warn({ route: this.#route.name, fault: fault.code, detail: fault.detail }, "the guard's store could not be asked: nothing is delivered");
      return null;
    }
  }
}

function turnedAway(claimed: Claimed, verdict: GuardVerdict | undefined): Settled[] {
  if (verdict === undefined || verdict === "claimed") return [];
  return "completedBy" in verdict ? [{ claimed, by: "duplicate", of: verdict.completedBy }] : [{ claimed, by: "deferral", ms: DEFERRAL_MS }];
}

function leaseMs({ definition: { destination } }: ActiveRoute): number {
  return GRACE_MS + (destination.kind === "queue" ? QUEUE_MS : destination.timeoutMs);
}
