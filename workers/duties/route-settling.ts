import type { GuardEntry } from "#core/route/guard.ts";
import { settleDeliveries } from "#db/queries/deliveries-settle.ts";
import { isDelivered, writeVerdicts, type Settled } from "#db/queries/deliveries-verdicts.ts";
import type { ActiveRoute } from "#db/queries/routes.ts";
import type { Guard } from "../guards/guard.ts";
import { failpoint } from "../runtime/failpoint.ts";
import type { LiveHints } from "../runtime/live-hints.ts";
import { makeWake } from "../runtime/wake.ts";
import { Batches } from "./batches.ts";
import { copyDeadLetters } from "./dead-letter-copy.ts";
import type { Parts } from "./parts.ts";

export type SettlingParts = Parts & { readonly hints: LiveHints };

/** A verdict that touches nothing but its delivery and its try, and who waits for it to be written. */
type Plain = { readonly settled: Settled; readonly written: (settled: Settled) => void };
export type PlainVerdicts = Pick<Batches<Plain>, "add">;

/** Writes plain verdicts of all routes, in one statement for as many as there are. */
export const plainVerdicts = ({ sql, log, hints }: SettlingParts): PlainVerdicts =>
  new Batches<Plain>(log, {
    write: async (batch) => {
      await writeVerdicts(sql, batch.map(({ settled }) => settled));
      failpoint("deliver.settled");
      hints.changed(["routes"]);
    },
    ended: ({ settled, written }) => written(settled),
  });

/** Writes down what became of a route's deliveries. */
export class RouteSettling {
  readonly #parts: SettlingParts;
  readonly #route: ActiveRoute;
  readonly #guard: Guard | null;
  readonly #plain: PlainVerdicts;
  readonly #others: Batches<Settled>;
  readonly #ended: (settled: Settled) => void;
  readonly #progress = makeWake();
  #unwritten = 0;

  /** `written` hears of every attempt that needs no lease any longer. */
  constructor(parts: SettlingParts, route: ActiveRoute, { guard, plain, written }: { guard: Guard | null; plain: PlainVerdicts; written(attemptId: string): void }) {
    this.#parts = parts;
    this.#route = route;
    this.#guard = guard;
    this.#plain = plain;
    this.#ended = ({ claimed }) => {
      this.#unwritten -= 1;
      written(claimed.attemptId);
      this.#progress.hint();
    };
    this.#others = new Batches<Settled>(parts.log, { write: (batch) => this.#write(batch), ended: this.#ended });
  }

  get unwritten(): number {
    return this.#unwritten;
  }

  add(settled: Settled): void {
    this.#unwritten += 1;
    if (this.#isPlain(settled)) this.#plain.add({ settled, written: this.#ended });
    else this.#others.add(settled);
  }

  /** Resolves when all is written, or given up. */
  async done(): Promise<void> {
    while (this.#unwritten > 0) await this.#progress.wait(1_000, NEVER);
  }

  #isPlain(settled: Settled): boolean {
    const { ordered, keepBody } = this.#route.definition;
    if (this.#guard !== null || ordered !== null || settled.by !== "try" || settled.death !== null) return false;
    return !isDelivered(settled) || (keepBody === "always" && settled.claimed.messageId === null);
  }

  async #write(batch: readonly Settled[]): Promise<void> {
    const { id, sourceId, connectionId, definition } = this.#route;
    const route = { id, sourceId, connectionId, ordered: definition.ordered !== null, dropBodies: definition.keepBody === "until_delivered" };
    const { sql, hints } = this.#parts;
    const guard = this.#guard;
    const ttl = definition.guard?.ttlSeconds ?? 0;
    if (guard?.inTransaction === false) await guard.complete(sql, keysOf(batch, isDelivered), ttl);
    const moved = await settleDeliveries(sql, route, batch, async (tx, settled) => {
      if (guard?.inTransaction !== true) return;
      await guard.complete(tx, keysOf(settled, isDelivered), ttl);
      await guard.release(tx, keysOf(settled, isFree));
    });
    failpoint("deliver.settled");
    hints.changed(["routes", "messages", "groups"]);
    const held = batch.filter(({ claimed }) => moved.has(claimed.id));
    // a key that is not released is free when its claim runs out
    if (guard?.inTransaction === false) await guard.release(sql, keysOf(held, isFree)).catch((error: unknown) => this.#parts.log.warn({ err: error }, "a guard's keys could not be released"));
    await copyDeadLetters(this.#parts, this.#route, held);
  }
}

const NEVER = new AbortController().signal;

/**
 * What failed for certain gives its key back. A try without a verdict keeps it until the claim runs out, unless its message is dead:
 * then a person decides, who may resend it.
 */
const isFree = (each: Settled): boolean => each.by === "doom" || (each.by === "try" && (each.decision.to === "dead" || (each.decision.to === "retrying" && each.outcome.status === "refused")));

const keysOf = (settled: readonly Settled[], wanted: (each: Settled) => boolean): GuardEntry[] =>
  settled.filter(wanted).flatMap(({ claimed: { guardKey, id } }) => (guardKey === null ? [] : [{ key: guardKey, owner: id }]));
