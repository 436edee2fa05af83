import type { Sql } from "../client.ts";

const HOURS_OF_SAMPLES = 26;
const DAYS_OF_MINUTES = 31;

/** Deletes what only served short looks back: samples, minutes, accepted batches, answered commands. */
export async function sweep(sql: Sql): Promise<void> {
  await sql`delete from queue_samples where minute < now() - ${HOURS_OF_SAMPLES} * interval '1 hour'`;
  await sql`delete from group_minutes where minute < now() - ${DAYS_OF_MINUTES} * interval '1 day'`;
  await sql`delete from source_minutes where minute < now() - ${DAYS_OF_MINUTES} * interval '1 day'`;
  await sql`delete from capture_batches where accepted_at < now() - interval '1 hour'`;
  await sql`delete from commands where finished_at < now() - interval '1 day'`;
}
