import type { Decision } from "#core/route/decide.ts";
import type { DeliveryOutcome } from "#core/route/outcome.ts";
import type { DeadCause } from "#core/route/state.ts";
import { pgSafe } from "#core/message/pg-text.ts";
import type { AnySql, Sql } from "../client.ts";
import { notify } from "../listen.ts";
import type { NewDeath } from "./capture.ts";
import type { Claimed } from "./deliveries-claim.ts";
import { bury } from "./deliveries-dead.ts";
import { lockOrder, releaseNext } from "./deliveries-order.ts";
import { resolveDelivered } from "./deliveries-resolved.ts";
import { countMinute } from "./route-minutes.ts";

/** What became of one claimed delivery. */
export type Settled = {
  readonly claimed: Claimed;
} & (
  | { readonly by: "try"; readonly outcome: DeliveryOutcome; readonly durationMs: number; readonly decision: Decision; readonly death: NewDeath | null }
  /** It was not tried: dead as it was found. */
  | { readonly by: "doom"; readonly cause: DeadCause; readonly death: NewDeath }
  /** It was not tried: an equal message was delivered; or it was itself, and the worker died before that was written down. */
  | { readonly by: "duplicate"; readonly of: string }
  /** It was not tried: for `ms` an equal message is under way, or the guard's store is not to be had. */
  | { readonly by: "deferral"; readonly ms: number }
);

export type SettledRoute = {
  readonly id: string;
  readonly sourceId: string;
  readonly connectionId: string;
  readonly ordered: boolean;
  /** Bodies of what was delivered are removed at once. */
  readonly dropBodies: boolean;
};

const MAX = { type: 200, message: 2_000, stack: 16_000, decidedBy: 200 };

/**
 * Records what became of deliveries, in one transaction with their dead letters, with `alongside` (a guard's own rows) and
 * with what is due next. A delivery that another attempt owns by now is left alone: the attempt id is the fence.
 * Answers the ids of those that were settled.
 */
export async function settleDeliveries(
  sql: Sql,
  route: SettledRoute,
  settled: readonly Settled[],
  alongside: (tx: AnySql, settled: readonly Settled[]) => Promise<unknown>,
): Promise<Set<string>> {
  return sql.begin(async (tx) => {
    if (route.ordered) await lockOrder(tx, route.id);
    const moved = await moveDeliveries(tx, settled);
    const held = settled.filter(({ claimed }) => moved.has(claimed.id));
    const deaths = held.flatMap((each) => ("death" in each && each.death !== null ? [{ deliveryId: each.claimed.id, death: each.death }] : []));
    const done = held.filter(isDone);
    await Promise.all([
      tellAttempts(tx, settled),
      route.ordered ? releaseNext(tx, route.id, done.flatMap(({ claimed }) => claimed.orderKey ?? [])) : null,
      alongside(tx, held),
      resolveDelivered(tx, held.filter(isDelivered).flatMap(({ claimed }) => (claimed.messageId === null ? [] : [claimed.id]))),
      route.dropBodies ? tx`delete from delivery_contents where id = any(${held.filter(isDelivered).map(({ claimed }) => claimed.id)}::uuid[])` : null,
    ]);
    await bury(tx, route, deaths);
    await countMinute(tx, route.id, countsOf(held));
    await notify(tx, deaths.length > 0 ? ["routes", "messages", "groups"] : ["routes", "messages"]);
    return moved;
  }) as Promise<Set<string>>;
}

const isDelivered = (each: Settled): boolean => (each.by === "try" ? each.decision.to === "succeeded" : each.by === "duplicate" && each.of === each.claimed.id);
const isDone = (each: Settled): boolean => each.by === "duplicate" || each.by === "doom" || (each.by === "try" && each.decision.to !== "retrying");

function countsOf(held: readonly Settled[]) {
  const tried = held.filter((each) => each.by === "try");
  return {
    delivered: held.filter(isDelivered).length,
    duplicates: held.filter((each) => each.by === "duplicate" && each.of !== each.claimed.id).length,
    failed: tried.filter(({ outcome }) => outcome.status !== "confirmed").length,
    dead: held.filter((each) => each.by === "doom" || (each.by === "try" && each.decision.to === "dead")).length,
    durations: tried.map(({ durationMs }) => durationMs),
  };
}

const stateOf = (each: Settled): string => (each.by === "try" ? each.decision.to : each.by === "doom" ? "dead" : each.by === "duplicate" ? "succeeded" : "pending");
const delayOf = (each: Settled): number | null => (each.by === "try" && each.decision.to === "retrying" ? each.decision.delayMs : each.by === "deferral" ? each.ms : null);
const causeOf = (each: Settled): DeadCause | null => (each.by === "doom" ? each.cause : each.by === "try" && each.decision.to === "dead" ? each.decision.cause : null);
const errorOf = (each: Settled) => (each.by === "try" && each.outcome.status !== "confirmed" ? each.outcome.error : null);
const capped = (text: string | null | undefined, max: number): string | null => (text === null || text === undefined ? null : pgSafe(text, max));

async function moveDeliveries(tx: AnySql, settled: readonly Settled[]): Promise<Set<string>> {
  const column = <T>(of: (each: Settled) => T): T[] => settled.map(of);
  const rows = await tx<{ id: string }[]>`
    with new as (
      select * from unnest(${column(({ claimed }) => claimed.id)}::uuid[], ${column(({ claimed }) => claimed.attemptId)}::uuid[],
        ${column(stateOf)}::text[], ${column(delayOf)}::int[], ${column(causeOf)}::text[], ${column((each) => (each.by === "duplicate" && each.of !== each.claimed.id ? each.of : null))}::uuid[],
        ${column((each) => errorOf(each)?.code ?? null)}::text[], ${column((each) => errorOf(each)?.status ?? null)}::int[],
        ${column((each) => capped(errorOf(each)?.message, MAX.message))}::text[], ${column(({ by }) => String(by === "deferral"))}::text[])
        as t (id, attempt_id, state, delay_ms, dead_cause, duplicate_of, error_code, error_status, error_message, deferred)
    )
    update deliveries set state = new.state, attempt_id = null, lease_until = null, changed_at = now(),
      due_at = case when new.delay_ms is not null then now() + new.delay_ms * interval '1 millisecond' else deliveries.due_at end,
      last_delay_ms = case when new.deferred::bool then deliveries.last_delay_ms else coalesce(new.delay_ms, deliveries.last_delay_ms) end,
      next_trigger = case when new.state = 'retrying' then 'automatic' else deliveries.next_trigger end,
      finished_at = case when new.state in ('succeeded', 'dead') then now() end,
      dead_cause = coalesce(new.dead_cause, deliveries.dead_cause), duplicate_of = new.duplicate_of,
      error_code = coalesce(new.error_code, deliveries.error_code), error_status = case when new.error_code is null then deliveries.error_status else new.error_status end,
      error_message = coalesce(new.error_message, deliveries.error_message)
    from new where deliveries.id = new.id and deliveries.attempt_id = new.attempt_id and deliveries.state = 'delivering'
    returning deliveries.id`;
  return new Set(rows.map(({ id }) => id));
}

/** Also of those that lost their delivery: what the destination said is true all the same, unless it was given up as unknown. */
async function tellAttempts(tx: AnySql, settled: readonly Settled[]): Promise<void> {
  const tried = settled.filter((each) => each.by === "try");
  if (tried.length === 0) return;
  const column = <T>(of: (each: (typeof tried)[number]) => T): T[] => tried.map(of);
  await tx`
    update delivery_attempts set finished_at = now(), duration_ms = new.duration_ms, outcome = new.outcome, error_code = new.error_code,
      error_status = new.error_status, error_type = new.error_type, error_message = new.error_message, error_stack = new.error_stack,
      answer_status = new.answer_status, answer_headers = new.answer_headers, answer_body = decode(new.answer_body, 'base64'),
      answer_cut = new.answer_cut::bool, decision = new.decision, decided_by = new.decided_by, dead_cause = new.dead_cause, next_delay_ms = new.next_delay_ms
    from unnest(${column(({ claimed }) => claimed.attemptId)}::uuid[], ${column(({ durationMs }) => Math.round(durationMs))}::int[],
      ${column(({ outcome }) => outcome.status)}::text[], ${column((each) => errorOf(each)?.code ?? null)}::text[],
      ${column((each) => errorOf(each)?.status ?? null)}::int[], ${column((each) => capped(errorOf(each)?.type, MAX.type))}::text[],
      ${column((each) => capped(errorOf(each)?.message, MAX.message))}::text[], ${column((each) => capped(errorOf(each)?.stack, MAX.stack))}::text[],
      ${column(({ outcome }) => outcome.answer?.status ?? null)}::int[],
      ${column(({ outcome }) => (outcome.answer === null ? null : pgSafe(JSON.stringify(outcome.answer.headers), MAX.stack)))}::text[],
      ${column(({ outcome }) => (outcome.answer === null ? null : Buffer.from(outcome.answer.body).toString("base64")))}::text[],
      ${column(({ outcome }) => (outcome.answer === null ? null : String(outcome.answer.cut)))}::text[], ${column(({ decision }) => decision.to)}::text[],
      ${column(({ decision }) => capped(decision.decidedBy, MAX.decidedBy))}::text[],
      ${column(({ decision }) => (decision.to === "dead" ? decision.cause : null))}::text[],
      ${column(({ decision }) => (decision.to === "retrying" ? decision.delayMs : null))}::int[])
      as new (id, duration_ms, outcome, error_code, error_status, error_type, error_message, error_stack, answer_status, answer_headers,
        answer_body, answer_cut, decision, decided_by, dead_cause, next_delay_ms)
    where delivery_attempts.id = new.id and delivery_attempts.outcome is null`;
}
