import type { DeadCause, Trigger } from "#core/route/state.ts";
import { deliverySourcesOf } from "#core/route/state.ts";
import type { AnySql, Sql } from "../client.ts";
import { newId } from "../new-id.ts";

/** A delivery of which this worker may make one try. */
export type Claimed = {
  readonly id: string;
  readonly attemptId: string;
  /** Which try it is, from 1; 0 when it is not to be tried. */
  readonly number: number;
  readonly trigger: Trigger;
  readonly lastDelayMs: number;
  /** ms since it was received. */
  readonly ageMs: number;
  readonly receivedAt: Date;
  /** The message it is part of, when that is not itself. */
  readonly messageId: string | null;
  readonly orderKey: string | null;
  readonly guardKey: string | null;
  readonly firstTriedAt: Date | null;
  readonly body: Buffer;
  /** JSON text: Header[]. */
  readonly headers: string;
  /** JSON text: Native. */
  readonly native: string;
  readonly key: string | null;
  /** Not to be tried: why, and by whom it was given up, with what reason. */
  readonly doom: DeadCause | null;
  readonly givenUpBy: string | null;
  readonly givenUpReason: string | null;
};

export type Claim = {
  readonly routeId: string;
  readonly worker: string;
  readonly limit: number;
  /** Bytes of bodies beyond the first. */
  readonly maxBytes: number;
  readonly leaseMs: number;
  /** Older ones are expired; null is no limit. */
  readonly maxAgeSeconds: number | null;
  /**
   * With as many tries there is no further one: what kills the workers that try it must come to an end. A person's *retry now*
   * is one all the same.
   */
  readonly maxTries: number;
  /** Whether the tries are written down at once; else by `beginTries` once a guard let them pass. */
  readonly begin: boolean;
  /** Messages a second, and the step (ms) in which they are let go; null is without pace. */
  readonly pace: { readonly perSecond: number; readonly stepMs: number } | null;
  /** The one try that tests a breaker: the next one, due or not. */
  readonly probe: boolean;
  /** Only those that are not to be tried: a paused route, an open breaker. */
  readonly onlyDoomed: boolean;
};

/**
 * Takes the next due deliveries of a route, and writes their tries down. Due first, at the same cost however many are
 * scheduled for later. In one transaction: a worker that dies later leaves a lease behind.
 */
export async function claimDeliveries(sql: Sql, claim: Claim): Promise<Claimed[]> {
  if (claim.pace === null) return claimWith(sql, claim, claim.limit);
  const { perSecond, stepMs } = claim.pace;
  return sql.begin(async (tx) => {
    const [route] = await tx<{ ready: boolean }[]>`
      select next_at <= now() as ready from routes where id = ${claim.routeId} for update`;
    if (route?.ready !== true) return [];
    const step = Math.max(1, Math.floor((perSecond * stepMs) / 1_000));
    const claimed = await claimWith(tx, claim, Math.min(claim.limit, step));
    const tried = claimed.filter(({ doom }) => doom === null).length;
    // what a late look left over is made up for, a step at most
    await tx`
      update routes set next_at = greatest(next_at, now() - ${stepMs} * interval '1 millisecond') + ${(tried * 1_000) / perSecond} * interval '1 millisecond'
      where id = ${claim.routeId}`;
    return claimed;
  }) as Promise<Claimed[]>;
}

async function claimWith(tx: AnySql, claim: Claim, limit: number): Promise<Claimed[]> {
  const now = Date.now();
  const attempts = Array.from({ length: limit }, () => newId(now));
  const doomed = tx`(d.dead_cause is not null or d.given_up_by is not null)`;
  return tx<Claimed[]>`
    with next as (
      select d.id, d.size, d.due_at, d.position, d.dead_cause, d.given_up_by,
        d.received_at < now() - ${claim.maxAgeSeconds}::int * interval '1 second' as expired,
        d.tries >= ${claim.maxTries} and d.next_trigger <> 'manual' as exhausted
      from deliveries d
      where d.route_id = ${claim.routeId} and d.state in ('pending', 'retrying')
        and ${claim.probe ? tx`d.due_at is not null` : tx`d.due_at <= now()`}
        ${claim.onlyDoomed ? tx`and ${doomed}` : tx``}
      order by d.due_at limit ${limit} for update skip locked
    ), sized as (
      select *, row_number() over (order by due_at, position) as place, sum(size) over (order by due_at, position) as bytes from next
    ), chosen as (
      select sized.id, attempt_id, case
          when dead_cause is not null then dead_cause when given_up_by is not null then 'given_up' when expired then 'expired'
          when exhausted then 'exhausted' end as doom
      from sized join unnest(${attempts}::uuid[]) with ordinality as a (attempt_id, place) using (place)
      where bytes <= ${claim.maxBytes} or place = 1
    ), taken as (
      update deliveries set state = 'delivering', attempt_id = chosen.attempt_id, changed_at = now(),
        tries = tries + case when chosen.doom is null and ${claim.begin} then 1 else 0 end,
        lease_until = now() + ${claim.leaseMs} * interval '1 millisecond'
      from chosen where deliveries.id = chosen.id and deliveries.state = any(${deliverySourcesOf("worker", "delivering")})
      returning deliveries.*, chosen.doom
    ), begun as (
      insert into delivery_attempts (id, delivery_id, route_id, number, trigger, worker, started_at)
      select attempt_id, id, route_id, tries, ${claim.probe ? tx`'probe'` : tx`next_trigger`}, ${claim.worker}, now()
      from taken where doom is null and ${claim.begin}
    )
    select taken.id, taken.attempt_id as "attemptId", taken.tries as number, ${claim.probe ? tx`'probe'` : tx`taken.next_trigger`} as trigger,
      taken.last_delay_ms as "lastDelayMs", (extract(epoch from now() - taken.received_at) * 1000)::float8 as "ageMs",
      taken.received_at as "receivedAt", taken.message_id as "messageId", taken.order_key as "orderKey", taken.guard_key as "guardKey",
      taken.key, taken.doom, taken.given_up_by as "givenUpBy", taken.given_up_reason as "givenUpReason", c.body, c.headers, c.native,
      case when taken.doom is not null or taken.tries > 1 then (
        select min(a.started_at) from delivery_attempts a where a.delivery_id = taken.id) end as "firstTriedAt"
    from taken join delivery_contents c on c.id = taken.id
    order by taken.position`;
}

/** Writes down the tries that a guard let pass. Answers the numbers of the tries by attempt id; one that was fenced is missing. */
export async function beginTries(sql: Sql, attemptIds: readonly string[], { worker, probe }: { worker: string; probe: boolean }): Promise<Map<string, number>> {
  if (attemptIds.length === 0) return new Map();
  const rows = await sql<{ attemptId: string; number: number }[]>`
    with begun as (
      update deliveries set tries = tries + 1 where attempt_id = any(${[...attemptIds]}::uuid[]) and state = 'delivering'
      returning id, route_id, attempt_id, tries, next_trigger
    )
    insert into delivery_attempts (id, delivery_id, route_id, number, trigger, worker, started_at)
    select attempt_id, id, route_id, tries, ${probe ? sql`'probe'` : sql`next_trigger`}, ${worker}, now() from begun
    returning id as "attemptId", number`;
  return new Map(rows.map((row) => [row.attemptId, row.number]));
}

/**
 * Lets go of tries that were written down and not made: nothing was sent, so nothing is left of them. What another attempt owns
 * by now is left alone.
 */
export async function putBack(sql: Sql, attemptIds: readonly string[]): Promise<void> {
  if (attemptIds.length === 0) return;
  await sql`
    with back as (
      update deliveries set state = 'pending', tries = tries - 1, attempt_id = null, lease_until = null, changed_at = now()
      where attempt_id = any(${[...attemptIds]}::uuid[]) and state = 'delivering' returning id
    )
    delete from delivery_attempts using back where delivery_attempts.id = any(${[...attemptIds]}::uuid[]) and delivery_attempts.delivery_id = back.id and outcome is null`;
}

/** Holds on to what is under way. What is just being settled needs it no longer, and would be waited for crosswise. */
export async function renewDeliveries(sql: Sql, attemptIds: readonly string[], leaseMs: number): Promise<void> {
  if (attemptIds.length === 0) return;
  await sql`
    with mine as (
      select id from deliveries where attempt_id = any(${[...attemptIds]}::uuid[]) and state = 'delivering' for update skip locked
    )
    update deliveries set lease_until = now() + ${leaseMs} * interval '1 millisecond' from mine where deliveries.id = mine.id`;
}

/** Which of these routes have deliveries that are due. */
export async function dueRoutes(sql: Sql, routeIds: readonly string[]): Promise<string[]> {
  if (routeIds.length === 0) return [];
  const rows = await sql<{ id: string }[]>`
    select id from unnest(${[...routeIds]}::uuid[]) as r (id) where exists (
      select 1 from deliveries d where d.route_id = r.id and d.state in ('pending', 'retrying') and d.due_at <= now())`;
  return rows.map(({ id }) => id);
}
