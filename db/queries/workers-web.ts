import { asc, gt, sql } from "drizzle-orm";
import { readDuties, type DutyHealth } from "#core/duty-health.ts";
import type { Db } from "../client.ts";
import { leases, workers } from "../schema/index.ts";

// a worker that stopped in good order removes its row; the others are worth seeing for a day
const SHOWN_FOR = sql`interval '24 hours'`;

/** The workers of the last day with how long ago each beat, in ms of Postgres' clock, and what it holds a lease of. */
export async function workerHealth(db: Db) {
  const [beats, held] = await Promise.all([
    db
      .select({
        id: workers.id,
        host: workers.host,
        pid: workers.pid,
        version: workers.version,
        startedAt: workers.startedAt,
        beatAt: workers.beatAt,
        duties: sql<DutyHealth[]>`${workers.duties}`.mapWith(readDuties),
        silentMs: sql<number>`extract(epoch from now() - ${workers.beatAt}) * 1000`.mapWith(Number),
      })
      .from(workers)
      .where(gt(workers.beatAt, sql`now() - ${SHOWN_FOR}`))
      .orderBy(asc(workers.host), asc(workers.startedAt)),
    db.select({ name: leases.name, holder: leases.holder }).from(leases).where(gt(leases.until, sql`now()`)),
  ]);
  const heldBy = (id: string) => held.filter(({ holder }) => holder === id).map(({ name }) => name);
  return beats.map((worker) => Object.assign(worker, { leases: heldBy(worker.id).toSorted() }));
}
