import type { Sql } from "../client.ts";

export type WorkerRow = {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  /** JSON text: DutyHealth[]. */
  readonly duties: string;
};

/** A worker that did not beat for this long is taken for dead. */
const SILENT_MS = 10_000;

/** Says that the worker lives, and forgets those that have been silent for a day. */
export async function beat(sql: Sql, worker: WorkerRow): Promise<void> {
  await sql`
    insert into workers (id, host, pid, version, duties)
    values (${worker.id}, ${worker.host}, ${worker.pid}, ${worker.version}, ${worker.duties})
    on conflict (id) do update set beat_at = now(), duties = excluded.duties`;
}

/** The worker ended as it should. */
export async function forgetWorker(sql: Sql, id: string): Promise<void> {
  await sql`delete from workers where id = ${id} or beat_at < now() - interval '1 day'`;
}

/** How many workers live, at least one: the caller. */
export async function countWorkers(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from workers where beat_at > now() - ${SILENT_MS} * interval '1 millisecond'`;
  return Math.max(1, row?.count ?? 1);
}

/** How many workers live, the caller included, and which of them, from 0, this one is. */
export async function placeAmongWorkers(sql: Sql, id: string): Promise<{ workers: number; place: number }> {
  const [row] = await sql<{ others: number; before: number }[]>`
    select count(*)::int as others, count(*) filter (where id < ${id})::int as before from workers
    where beat_at > now() - ${SILENT_MS} * interval '1 millisecond' and id <> ${id}`;
  return { workers: (row?.others ?? 0) + 1, place: row?.before ?? 0 };
}
