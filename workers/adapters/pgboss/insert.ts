import type postgres from "postgres";
import type { Outgoing } from "#core/message/raw.ts";
import type { Lane } from "./lane.ts";
import type { Shape } from "./shape.ts";

/** A job to be: `data` is JSON text, or null for none. */
export type Row = { readonly id: string; readonly data: string | null } & Keys;

type Keys = {
  readonly priority: number;
  readonly singletonKey: string | null;
  readonly groupId: string | null;
  readonly groupTier: string | null;
  readonly rootId: string | null;
  readonly trace: string | null;
};

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NO_KEYS: Keys = { priority: 0, singletonKey: null, groupId: null, groupTier: null, rootId: null, trace: null };

/**
 * The row of one message, under its attempt's id; null when its body is not UTF-8. The text is never parsed here, so
 * numbers of any length go in as they are; jsonb itself then drops white space and repeated keys and sorts the others.
 */
export function rowOf({ attemptId, body, native }: Outgoing): Row | null {
  try {
    return { id: attemptId, data: body.length === 0 ? null : UTF8.decode(body), ...keysOf(native) };
  } catch {
    return null;
  }
}

function keysOf(native: Outgoing["native"]): Keys {
  if (native.transport !== "pgboss") return NO_KEYS;
  return {
    priority: native.priority,
    singletonKey: native.singletonKey,
    groupId: native.groupId,
    groupTier: native.groupTier ?? null,
    rootId: native.sourceRootId ?? native.sourceId,
    trace: native.traceContext ?? null,
  };
}

/** Columns of a new job in the order of pg-boss's own insert; a column the installed version lacks is left out. */
const COLUMNS: readonly (readonly [column: string, value: string])[] = [
  ["id", "l.id"],
  ["name", "q.name"],
  ["data", "l.data::jsonb"],
  ["priority", "l.priority"],
  ["start_after", "now()"],
  ["created_on", "now()"],
  ["singleton_key", 'l."singletonKey"'],
  ["group_id", 'l."groupId"'],
  ["group_tier", 'l."groupTier"'],
  ["expire_seconds", "coalesce(q.expire_seconds, 900)"],
  ["expire_in", "coalesce(q.expire_seconds, 900) * interval '1 second'"],
  ["deletion_seconds", "q.deletion_seconds"],
  ["keep_until", ""],
  ["retry_limit", "coalesce(q.retry_limit, 2)"],
  ["retry_delay", "coalesce(q.retry_delay, 0)"],
  ["retry_backoff", "coalesce(q.retry_backoff, false)"],
  ["retry_delay_max", "q.retry_delay_max"],
  ["policy", "q.policy"],
  ["dead_letter", "q.dead_letter"],
  ["heartbeat_seconds", "q.heartbeat_seconds"],
  ["source_root_id", 'l."rootId"'],
  ["trace_context", "l.trace::jsonb"],
];

const keepUntil = (shape: Shape): string =>
  shape.queue.has("retention_seconds")
    ? "now() + coalesce(q.retention_seconds, 1209600) * interval '1 second'"
    : "now() + coalesce(q.retention_minutes, 20160) * interval '1 minute'";

export type Inserted = { readonly queueExists: boolean; readonly ids: ReadonlySet<string> };

/**
 * Inserts all rows or none, with the queue's settings as they are now, and wakes the queue's workers as pg-boss does.
 * A row that the queue's policy or its own id keeps out is skipped. Committed when this resolves: postgres.js answers
 * after the server is ready again. Throws what the client threw.
 */
export async function insertJobs(lane: Lane, shape: Shape, queue: string, rows: readonly Row[]): Promise<Inserted> {
  const columns = COLUMNS.filter(([column]) => shape.job.has(column));
  const values = columns.map(([column, value]) => (column === "keep_until" ? keepUntil(shape) : value));
  const answer = await lane.ask((sql) => sql<{ queues: number; made: string | null }[]>`
    with letter as (
      select * from json_to_recordset(${JSON.stringify(rows)}::text::json) as x (
        id uuid, data text, priority int, "singletonKey" text, "groupId" text, "groupTier" text, "rootId" uuid, trace text)
    ),
    target as (select * from ${sql(shape.schema)}.queue where name = ${queue}),
    made as (
      insert into ${sql(shape.schema)}.job (${sql.unsafe(columns.map(([column]) => column).join(", "))})
      select ${sql.unsafe(values.join(", "))} from letter l cross join target q
      on conflict do nothing
      returning id
    )
    select (select count(*)::int from target) as queues, (select string_agg(id::text, ',') from made) as made
      ${wake(sql, shape)}`);
  const { queues = 0, made = null } = answer[0] ?? {};
  return { queueExists: queues > 0, ids: new Set(made?.split(",")) };
}

/** pg-boss 12 tells listening workers of a queue with `notify` on a channel made from the schema's name. */
const wake = (sql: postgres.Sql, shape: Shape): postgres.PendingQuery<postgres.Row[]> =>
  shape.queue.has("notify")
    ? sql`, (select count(pg_notify('pgboss_' || left(encode(sha224(${shape.schema}::bytea), 'hex'), 24), name))
        from target where notify and exists (select from made)) as woken`
    : sql``;

/** Which of the ids are jobs of the queue. Throws what the client threw. */
export async function existing(lane: Lane, shape: Shape, queue: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await lane.ask((sql) => sql<{ id: string }[]>`
    select id from ${sql(shape.schema)}.job
    where name = ${queue} and id = any (string_to_array(${ids.join(",")}, ',')::uuid[])`);
  return new Set(rows.map(({ id }) => id));
}
