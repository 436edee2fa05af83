import type postgres from "postgres";
import type { RawDeath } from "#core/message/raw.ts";
import type { Lane } from "./lane.ts";
import { jobColumn, waits, type Shape } from "./shape.ts";

type Row = {
  id: string;
  body: Buffer | null;
  priority: number;
  singleton_key: string | null;
  group_id: string | null;
  group_tier: string | null;
  retry_count: number;
  retry_limit: number;
  born: string;
  created_on: string;
  source_name: string | null;
  source_id: string | null;
  source_created_on: string | null;
  source_retry_count: number | null;
  source_root_id: string | null;
  output: string | null;
  trace_context: string | null;
};

/** A letter and what it counts towards a batch's bytes. */
export type Letter = { readonly jobId: string; readonly death: RawDeath; readonly bytes: number };

const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const utc = (sql: postgres.Sql, column: postgres.PendingQuery<postgres.Row[]>): postgres.PendingQuery<postgres.Row[]> =>
  sql`to_char((${column})::timestamptz at time zone 'UTC', ${sql.unsafe(UTC)})`;

/**
 * Opens a cursor over the first `count` waiting jobs of `queue` in the order a worker would take them. A row is locked when it is
 * fetched, rows that others hold are left out. Call inside a transaction.
 */
export async function openCursor(lane: Lane, shape: Shape, queue: string, count: number): Promise<void> {
  await lane.ask((sql) => {
    const column = (name: string): postgres.PendingQuery<postgres.Row[]> => jobColumn(sql, shape, name);
    return sql`
      declare letters no scroll cursor for
      select j.id, textsend(j.data::text) as body, j.priority, j.singleton_key,
        ${column("group_id")} as group_id, ${column("group_tier")} as group_tier, j.retry_count, j.retry_limit,
        extract(epoch from j.created_on)::text as born, ${utc(sql, column("created_on"))} as created_on,
        ${column("source_name")} as source_name, ${column("source_id")} as source_id,
        ${utc(sql, column("source_created_on"))} as source_created_on,
        ${column("source_retry_count")} as source_retry_count, ${column("source_root_id")} as source_root_id,
        ${outputOf(sql, shape)}::text as output, ${column("trace_context")}::text as trace_context
      from ${sql(shape.schema)}.job j
      where j.name = ${queue} and ${waits(sql, shape)}
      order by j.priority desc, j.created_on
      limit ${count}
      for update skip locked`;
  });
}

/** In older versions a letter's own output is what its original failed with; newer ones have a column for that. */
const outputOf = (sql: postgres.Sql, { job }: Shape): postgres.PendingQuery<postgres.Row[]> =>
  job.has("source_output") ? sql`coalesce(j.source_output, j.output)` : sql`j.output`;

/** The next letters of the cursor, at most `count`; fewer means that there are no more. */
export async function fetchLetters(lane: Lane, queue: string, count: number): Promise<Letter[]> {
  const rows = await lane.ask((sql) => sql.unsafe<Row[]>(`fetch forward ${count} from letters`));
  return rows.map((row) => letterOf(row, queue));
}

/**
 * The body is the text of `data` as jsonb writes it. No data at all (SQL null) is an empty body, which no JSON text
 * is, so that it stays apart from a JSON `null`.
 */
function letterOf(row: Row, queue: string): Letter {
  const body = row.body ?? new Uint8Array();
  return {
    jobId: row.id,
    bytes: body.length + (row.output?.length ?? 0) + (row.trace_context?.length ?? 0),
    death: {
      // A producer may choose ids, so one may come again after its job was purged: the time of creation tells them apart.
      identity: { kind: "exact", id: `${row.id}@${row.born}` },
      body,
      headers: [],
      native: {
        transport: "pgboss",
        queue,
        jobId: row.id,
        priority: row.priority,
        singletonKey: row.singleton_key,
        groupId: row.group_id,
        retryCount: row.retry_count,
        retryLimit: row.retry_limit,
        createdOn: row.created_on,
        sourceName: row.source_name,
        sourceId: row.source_id,
        sourceCreatedOn: row.source_created_on,
        sourceRetryCount: row.source_retry_count,
        output: row.output,
        groupTier: row.group_tier,
        sourceRootId: row.source_root_id,
        traceContext: row.trace_context,
      },
    },
  };
}
