import type { DeadLetterSign, Depth, DiscoveredQueue } from "#core/brokers/adapter.ts";
import { read, type LanePool } from "./lane-pool.ts";
import { noQueue } from "./pulse.ts";
import { waits, type Shape } from "./shape.ts";

type Source = { readonly queue: string };
type Parts = { readonly pool: LanePool; readonly shape: Shape };

/**
 * Counts what waits now, in one statement for all queues. Jobs with a start time in the future do not count.
 * Throws Fault when nothing could be measured.
 */
export async function depth({ pool, shape }: Parts, sources: readonly Source[], signal: AbortSignal): Promise<readonly Depth[]> {
  const asked = [...new Set(sources.map(({ queue }) => queue))];
  const rows = await read(pool, signal, (sql) => sql<{ name: string; ready: number; active: number }[]>`
    select q.name, c.ready, c.active
    from ${sql(shape.schema)}.queue q
    cross join lateral (
      select count(*) filter (where ${waits(sql, shape)})::int as ready, count(*) filter (where j.state = 'active')::int as active
      from ${sql(shape.schema)}.job j
      where j.name = q.name and j.state in ('created', 'retry', 'active')
    ) c
    where q.name in (select jsonb_array_elements_text(${JSON.stringify(asked)}::text::jsonb))`);
  const counts = new Map(rows.map((row) => [row.name, row]));
  return sources.map(({ queue }) => {
    const count = counts.get(queue);
    if (count === undefined) return { kind: "unknown", fault: noQueue(shape, queue) };
    return { kind: "exact", ready: count.ready, inFlight: count.active, consumers: null };
  });
}

type QueueRow = { name: string; policy: string | null; dead_letter: string | null; keep_seconds: number | null };

/** Names people give to queues of dead letters. */
const NAME = /(^|[._\-/])(dlq|dlx|dead|dead[._-]?letters?|errors?|failed|poison)$/i;
const DAY = 86_400;
const KEEP_DAYS = 14;

/** Every queue there is, the internal ones left out. Throws Fault. */
export async function discover({ pool, shape }: Parts, signal: AbortSignal): Promise<readonly DiscoveredQueue<Source>[]> {
  const keep = shape.queue.has("retention_seconds") ? "retention_seconds" : "retention_minutes * 60";
  const rows = await read(pool, signal, (sql) => sql<QueueRow[]>`
    select name, policy, dead_letter, ${sql.unsafe(keep)} as keep_seconds
    from ${sql(shape.schema)}.queue
    where name not like '\\_\\_pgboss\\_\\_%'
    order by name`);
  return rows.map((row) => {
    const feeders = rows.filter(({ dead_letter }) => dead_letter === row.name);
    const targetOf = feeders.map(({ name }): DeadLetterSign => ({ sign: "target_of", queue: name }));
    return {
      name: row.name,
      type: row.policy ?? "standard",
      source: { queue: row.name },
      custody: "taken",
      deadLetterSigns: NAME.test(row.name) ? [...targetOf, { sign: "name" }] : targetOf,
      warnings: feeders.length > 0 ? warningsFor(shape, row) : [],
    };
  });
}

function warningsFor(shape: Shape, { keep_seconds: seconds }: QueueRow): string[] {
  const warnings: string[] = [];
  if (seconds !== null && seconds < KEEP_DAYS * DAY) {
    warnings.push(`pg-boss deletes letters that wait here for longer than ${span(seconds)}`);
  }
  if (!shape.job.has("source_id")) {
    warnings.push("this version of pg-boss does not record which queue a letter came from; versions from 12.27 on do");
  }
  return warnings;
}

const span = (seconds: number): string =>
  seconds >= DAY ? `${Math.round(seconds / DAY)} days` : `${Math.max(1, Math.round(seconds / 3600))} hours`;
