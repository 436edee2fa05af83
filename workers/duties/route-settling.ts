import { settleDeliveries, type Settled, type SettledRoute } from "#db/queries/deliveries-settle.ts";
import type { ActiveRoute } from "#db/queries/routes.ts";
import type { GuardEntry } from "#core/route/guard.ts";
import type { Guard } from "../guards/guard.ts";
import { failpoint } from "../runtime/failpoint.ts";
import { pause } from "../runtime/wake.ts";
import { copyDeadLetters } from "./dead-letter-copy.ts";
import type { Parts } from "./parts.ts";

const MOST_AT_ONCE = 500;
const PAUSE_MS = 500;
/** Beyond it the leases have run out: another worker has the deliveries by then. */
const GIVE_UP_MS = 30_000;

/** Writes down what became of deliveries: what comes while one transaction is under way goes into the next. */
export class RouteSettling {
  readonly #parts: Parts;
  readonly #route: ActiveRoute;
  readonly #guard: Guard | null;
  readonly #written: (attemptIds: readonly string[]) => void;
  #waiting: Settled[] = [];
  #writing: Promise<void> | null = null;

  /** `written` hears of every attempt that needs no lease any longer. */
  constructor(parts: Parts, route: ActiveRoute, guard: Guard | null, written: (attemptIds: readonly string[]) => void) {
    this.#parts = parts;
    this.#route = route;
    this.#guard = guard;
    this.#written = written;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(settled: Settled): void {
    this.#waiting.push(settled);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  /** Resolves when all is written, or given up. */
  async done(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MOST_AT_ONCE);
      await this.#write(batch);
      this.#written(batch.map(({ claimed }) => claimed.attemptId));
    }
  }

  async #write(batch: readonly Settled[]): Promise<void> {
    const { id, sourceId, connectionId, definition } = this.#route;
    const route = { id, sourceId, connectionId, ordered: definition.ordered !== null, dropBodies: definition.keepBody === "until_delivered" };
    for (const began = performance.now(); performance.now() - began < GIVE_UP_MS; ) {
      try {
        const moved = await this.#settle(route, batch);
        await copyDeadLetters(this.#parts, this.#route, batch.filter(({ claimed }) => moved.has(claimed.id)));
        return;
      } catch (error) {
        if (isDataError(error) && batch.length > 1) return this.#oneByOne(batch);
        this.#parts.log.warn({ route: this.#route.name, err: error }, "what became of deliveries could not be written, trying again");
        await pause(PAUSE_MS, new AbortController().signal);
      }
    }
    this.#parts.log.error({ route: this.#route.name, count: batch.length }, "what became of deliveries was not written: they are tried again");
  }

  async #settle(route: SettledRoute, batch: readonly Settled[]): Promise<Set<string>> {
    const { sql } = this.#parts;
    const guard = this.#guard;
    const ttl = this.#route.definition.guard?.ttlSeconds ?? 0;
    if (guard?.inTransaction === false) await guard.complete(sql, keysOf(batch, isDelivered), ttl);
    const moved = await settleDeliveries(sql, route, batch, async (tx, settled) => {
      if (guard?.inTransaction !== true) return;
      await guard.complete(tx, keysOf(settled, isDelivered), ttl);
      await guard.release(tx, keysOf(settled, isFree));
    });
    failpoint("deliver.settled");
    // a key that is not released is free when its claim runs out
    if (guard?.inTransaction === false)
      await guard.release(sql, keysOf(batch.filter(({ claimed }) => moved.has(claimed.id)), isFree)).catch((error: unknown) => this.#parts.log.warn({ err: error }, "a guard's keys could not be released"));
    return moved;
  }

  /** One that Postgres refuses holds up no other. */
  async #oneByOne(batch: readonly Settled[]): Promise<void> {
    for (const each of batch) await this.#write([each]);
  }
}

/** Class 22: the data was refused, not the connection. */
const isDataError = (error: unknown): boolean => error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("22");

const isDelivered = (each: Settled): boolean => each.by === "try" && each.decision.to === "succeeded";
/**
 * What failed for certain gives its key back. A try without a verdict keeps it until the claim runs out, unless its message is dead:
 * then a person decides, who may resend it.
 */
const isFree = (each: Settled): boolean => each.by === "doom" || (each.by === "try" && (each.decision.to === "dead" || (each.decision.to === "retrying" && each.outcome.status === "refused")));

const keysOf = (settled: readonly Settled[], wanted: (each: Settled) => boolean): GuardEntry[] =>
  settled.filter(wanted).flatMap(({ claimed: { guardKey, id } }) => (guardKey === null ? [] : [{ key: guardKey, owner: id }]));
