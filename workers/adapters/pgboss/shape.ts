import type postgres from "postgres";
import { Fault } from "#core/fault.ts";
import { asFault } from "./faults.ts";
import type { Lane } from "./lane.ts";

/** What the installed version of pg-boss has; versions from 10 on differ in columns only. */
export type Shape = {
  /** The schema's name as the catalog has it. */
  readonly schema: string;
  /** pg-boss's own schema version, e.g. 24 for pg-boss 10. */
  readonly version: number;
  readonly job: ReadonlySet<string>;
  readonly queue: ReadonlySet<string>;
};

const NEEDED = {
  job: ["id", "name", "data", "state", "priority", "start_after", "created_on", "completed_on", "output", "dead_letter", "policy"],
  queue: ["name", "policy", "dead_letter", "retry_limit"],
} as const;

/** Reads the catalog once. Throws Fault: not_found, unauthorised, unsupported, or what the connection said. */
export async function probeShape(lane: Lane, schema: string): Promise<Shape> {
  try {
    const found = await findSchema(lane, schema);
    const columns = await lane.ask((sql) => sql<{ job: string | null; queue: string | null }[]>`
      select
        (select string_agg(attname, ',') from pg_catalog.pg_attribute
          where attrelid = to_regclass(format('%I.job', ${found}::text)) and attnum > 0 and not attisdropped) as job,
        (select string_agg(attname, ',') from pg_catalog.pg_attribute
          where attrelid = to_regclass(format('%I.queue', ${found}::text)) and attnum > 0 and not attisdropped) as queue`);
    const job = names(columns[0]?.job);
    const queue = names(columns[0]?.queue);
    if (job.size === 0) throw notInstalled(schema);
    if (NEEDED.job.some((name) => !job.has(name)) || NEEDED.queue.some((name) => !queue.has(name))) {
      throw new Fault("unsupported", `schema ${found} is of a pg-boss before version 10`);
    }
    const rows = await lane.ask((sql) => sql<{ version: number }[]>`select version from ${sql(found)}.version`);
    return { schema: found, version: rows[0]?.version ?? 0, job, queue };
  } catch (error) {
    throw asFault(error);
  }
}

/** Throws Fault `unauthorised` that names what the login may not do and capture needs. */
export async function checkPrivileges(lane: Lane, { schema }: Shape): Promise<void> {
  const rows = await lane
    .ask((sql) => sql<{ lacks: string | null }[]>`
      select string_agg(w.privilege || ' on ' || w.relation, ', ') as lacks
      from (values ('SELECT', 'queue'), ('SELECT', 'job'), ('UPDATE', 'job')) w (privilege, relation)
      where not has_table_privilege(format('%I.%I', ${schema}::text, w.relation), w.privilege)`)
    .catch((error: unknown) => {
      throw asFault(error);
    });
  const lacks = rows[0]?.lacks ?? null;
  if (lacks !== null) throw new Fault("unauthorised", `in schema ${schema} the login lacks ${lacks}`);
}

/** pg-boss does not quote the name it is given, so `MyJobs` there is `myjobs` in the catalog. */
async function findSchema(lane: Lane, schema: string): Promise<string> {
  const rows = await lane.ask((sql) => sql<{ name: string }[]>`
    select nspname as name from pg_catalog.pg_namespace
    where nspname in (${schema}::text, lower(${schema}::text))
    order by nspname = ${schema}::text desc limit 1`);
  const name = rows[0]?.name;
  if (name === undefined) throw notInstalled(schema);
  return name;
}

const notInstalled = (schema: string): Fault => new Fault("not_found", `pg-boss is not installed in schema ${schema}`);
const names = (list: string | null | undefined): ReadonlySet<string> => new Set((list ?? "").split(",").filter((name) => name !== ""));

/** Column `name` of the job, or `otherwise` where the installed version lacks it. */
export const jobColumn = (sql: postgres.Sql, { job }: Shape, name: string, otherwise = "null"): postgres.PendingQuery<postgres.Row[]> =>
  sql.unsafe(job.has(name) ? `j.${name}` : otherwise);

/** A job that a worker could take now; the condition of pg-boss's own index, so that it is used. */
export const waits = (sql: postgres.Sql, { job }: Shape): postgres.PendingQuery<postgres.Row[]> =>
  sql.unsafe(`j.state < 'active'${job.has("blocked") ? " and not j.blocked" : ""} and j.start_after <= now()`);
