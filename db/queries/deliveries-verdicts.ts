import type { Decision } from "#core/route/decide.ts";
import { DURATION_BUCKETS, durationBucket } from "#core/route/durations.ts";
import type { DeliveryOutcome } from "#core/route/outcome.ts";
import type { DeadCause } from "#core/route/state.ts";
import { pgSafe } from "#core/message/pg-text.ts";
import type { AnySql } from "../client.ts";
import type { NewDeath } from "./capture.ts";
import type { Claimed } from "./deliveries-claim.ts";
import { ADD_MINUTE } from "./route-minutes.ts";

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

/** Whether it arrived, by this try or by one whose worker died before it could say so. */
export const isDelivered = (each: Settled): boolean => (each.by === "try" ? each.decision.to === "succeeded" : each.by === "duplicate" && each.of === each.claimed.id);

const MAX = { type: 200, message: 2_000, stack: 16_000, decidedBy: 200 };

const stateOf = (each: Settled): string => (each.by === "try" ? each.decision.to : each.by === "doom" ? "dead" : each.by === "duplicate" ? "succeeded" : "pending");
const delayOf = (each: Settled): number | null => (each.by === "try" && each.decision.to === "retrying" ? each.decision.delayMs : each.by === "deferral" ? each.ms : null);
const causeOf = (each: Settled): DeadCause | null => (each.by === "doom" ? each.cause : each.by === "try" && each.decision.to === "dead" ? each.decision.cause : null);
const errorOf = (each: Settled) => (each.by === "try" && each.outcome.status !== "confirmed" ? each.outcome.error : null);
const answerOf = (each: Settled) => (each.by === "try" ? each.outcome.answer : null);
const capped = (text: string | null | undefined, max: number): string | null => (text === null || text === undefined ? null : pgSafe(text, max));

const DURATIONS = `array[${Array.from({ length: DURATION_BUCKETS }, (_, bucket) => `count(*) filter (where bucket = ${bucket})`).join(", ")}]`;

/**
 * Writes verdicts of any number of routes in one statement: deliveries, their tries and the routes' minutes. A delivery that
 * another attempt owns by now is left alone: the attempt id is the fence. Its try is told all the same, for what the destination
 * said is true, unless it was given up as unknown. Answers the ids of the deliveries that were moved.
 */
export async function writeVerdicts(sql: AnySql, settled: readonly Settled[]): Promise<Set<string>> {
  const column = <T>(of: (each: Settled) => T): T[] => settled.map(of);
  const rows = await sql<{ id: string }[]>`
    with new as (
      -- a plan that knew this state would read the index of all that is under way
      select *, 'delivering' as under_way from unnest(${column(({ claimed }) => claimed.id)}::uuid[], ${column(({ claimed }) => claimed.attemptId)}::uuid[],
        ${column(stateOf)}::text[], ${column(delayOf)}::int[], ${column(causeOf)}::text[],
        ${column((each) => (each.by === "duplicate" && each.of !== each.claimed.id ? each.of : null))}::uuid[], ${column(({ by }) => String(by === "deferral"))}::text[],
        ${column((each) => (each.by === "try" ? each.outcome.status : null))}::text[],
        ${column((each) => (each.by === "try" ? Math.round(each.durationMs) : null))}::int[],
        ${column((each) => (each.by === "try" ? durationBucket(each.durationMs) : null))}::int[],
        ${column((each) => (each.by === "try" ? capped(each.decision.decidedBy, MAX.decidedBy) : null))}::text[],
        ${column((each) => errorOf(each)?.code ?? null)}::text[], ${column((each) => errorOf(each)?.status ?? null)}::int[],
        ${column((each) => capped(errorOf(each)?.type, MAX.type))}::text[], ${column((each) => capped(errorOf(each)?.message, MAX.message))}::text[],
        ${column((each) => capped(errorOf(each)?.stack, MAX.stack))}::text[], ${column((each) => answerOf(each)?.status ?? null)}::int[],
        ${column((each) => capped(mapped(answerOf(each), ({ headers }) => JSON.stringify(headers)), MAX.stack))}::text[],
        ${column((each) => mapped(answerOf(each), ({ body }) => Buffer.from(body).toString("base64")))}::text[],
        ${column((each) => mapped(answerOf(each), ({ cut }) => String(cut)))}::text[])
        as t (id, attempt_id, state, delay_ms, dead_cause, duplicate_of, deferred, outcome, duration_ms, bucket, decided_by, error_code, error_status, error_type,
          error_message, error_stack, answer_status, answer_headers, answer_body, answer_cut)
    ), moved as (
      update deliveries set state = new.state, attempt_id = null, lease_until = null, changed_at = now(),
        due_at = case when new.delay_ms is not null then now() + new.delay_ms * interval '1 millisecond' else deliveries.due_at end,
        last_delay_ms = case when new.deferred::bool then deliveries.last_delay_ms else coalesce(new.delay_ms, deliveries.last_delay_ms) end,
        next_trigger = case when new.state = 'retrying' then 'automatic' else deliveries.next_trigger end,
        finished_at = case when new.state in ('succeeded', 'dead') then now() end,
        dead_cause = coalesce(new.dead_cause, deliveries.dead_cause), duplicate_of = new.duplicate_of,
        error_code = coalesce(new.error_code, deliveries.error_code), error_status = case when new.error_code is null then deliveries.error_status else new.error_status end,
        error_message = coalesce(new.error_message, deliveries.error_message)
      from new where deliveries.id = new.id and deliveries.attempt_id = new.attempt_id and deliveries.state = new.under_way
      returning deliveries.id, deliveries.route_id, new.state, new.duplicate_of, new.outcome, new.bucket
    ), told as (
      update delivery_attempts set finished_at = now(), duration_ms = new.duration_ms, outcome = new.outcome, error_code = new.error_code,
        error_status = new.error_status, error_type = new.error_type, error_message = new.error_message, error_stack = new.error_stack,
        answer_status = new.answer_status, answer_headers = new.answer_headers, answer_body = decode(new.answer_body, 'base64'),
        answer_cut = new.answer_cut::bool, decision = new.state, decided_by = new.decided_by, dead_cause = new.dead_cause, next_delay_ms = new.delay_ms
      from new where new.outcome is not null and delivery_attempts.id = new.attempt_id and delivery_attempts.outcome is null
    ), counted as (
      insert into route_minutes (route_id, minute, received, delivered, duplicates, failed, dead, durations)
      select route_id, date_trunc('minute', now()), 0, count(*) filter (where state = 'succeeded' and duplicate_of is null), count(duplicate_of),
        count(*) filter (where outcome <> 'confirmed'), count(*) filter (where state = 'dead'), ${sql.unsafe(DURATIONS)}
      -- in one order, so that two workers that count for the same routes wait instead of meeting crosswise
      from moved group by route_id order by route_id
      on conflict (route_id, minute) do update set ${sql.unsafe(ADD_MINUTE)}
    )
    select id from moved`;
  return new Set(rows.map(({ id }) => id));
}

const mapped = <T, U>(value: T | null, of: (value: T) => U): U | null => (value === null ? null : of(value));
