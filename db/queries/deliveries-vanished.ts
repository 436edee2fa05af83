import type { AnySql, Sql } from "../client.ts";
import { notify } from "../listen.ts";

/**
 * Deliveries whose worker vanished. One that was not being tried waits again; the try of another is without a verdict for
 * good: it is tried again, which says so as the reason of the next try. Where the route leaves such a case to a person, it is
 * doomed instead. Answers how many.
 */
export async function reclaimDeliveries(sql: Sql): Promise<number> {
  return sql.begin(async (tx) => {
    const vanished = await lockVanished(tx);
    if (vanished.length === 0) return 0;
    const ids = vanished.map(({ id }) => id);
    const untried = vanished.filter(({ tried }) => !tried).map(({ id }) => id);
    await tx`
      update delivery_attempts set outcome = 'unknown', finished_at = now(), error_code = 'worker_vanished',
        error_message = 'the worker vanished during this try: nobody knows whether it arrived', decided_by = 'code worker_vanished',
        duration_ms = (extract(epoch from now() - started_at) * 1000)::int,
        decision = case when held.leave::bool then 'dead' else 'retrying' end, next_delay_ms = case when held.leave::bool then null else 0 end
      from unnest(${vanished.map(({ attemptId }) => attemptId)}::uuid[], ${vanished.map(({ leave }) => String(leave))}::text[]) as held (attempt_id, leave)
      where delivery_attempts.id = held.attempt_id and delivery_attempts.outcome is null`;
    await tx`
      update deliveries set state = case when id = any(${untried}::uuid[]) then 'pending' else 'retrying' end,
        attempt_id = null, lease_until = null, due_at = now(), changed_at = now(),
        next_trigger = case when id = any(${untried}::uuid[]) then next_trigger else 'automatic' end,
        error_code = case when id = any(${untried}::uuid[]) then error_code else 'worker_vanished' end,
        dead_cause = case when id = any(${vanished.filter(({ leave, tried }) => leave && tried).map(({ id }) => id)}::uuid[]) then 'unknown_outcome' else dead_cause end
      where id = any(${ids}::uuid[])`;
    await notify(tx, ["routes"]);
    return vanished.length;
  }) as Promise<number>;
}

type Vanished = { readonly id: string; readonly attemptId: string; readonly tried: boolean; readonly leave: boolean };

const lockVanished = (tx: AnySql): Promise<Vanished[]> => tx<Vanished[]>`
  with expired as (
    select id, attempt_id, route_id from deliveries where state = 'delivering' and lease_until < now()
    order by lease_until limit 1000 for update skip locked
  )
  select expired.id, expired.attempt_id as "attemptId", a.id is not null as tried,
    coalesce((routes.definition::jsonb)->>'whenUnknown' = 'dead', false) as leave
  from expired left join delivery_attempts a on a.id = expired.attempt_id left join routes on routes.id = expired.route_id`;
