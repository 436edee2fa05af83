import { randomBytes } from "node:crypto";
import { PgBoss, type Queue } from "pg-boss";
import { connectPgBoss } from "#workers/adapters/pgboss/connect.ts";

export type BossAccess = {
  readonly settings: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly username: string;
    readonly tls: boolean;
    readonly schema: string;
  };
  readonly secrets: { readonly password: string };
};

/** The adapter's settings for a `postgres://` address. */
export function bossAccess(url: string, schema: string): BossAccess {
  const { hostname, port, pathname, username, password } = new URL(url);
  return {
    settings: {
      host: hostname,
      port: Number(port || 5432),
      database: pathname.slice(1),
      username: decodeURIComponent(username),
      tls: false,
      schema,
    },
    secrets: { password: decodeURIComponent(password) },
  };
}

/** A session of the adapter under the name of the tests. Throws Fault. */
export const openBossSession = (access: BossAccess): ReturnType<typeof connectPgBoss> =>
  connectPgBoss({ name: "redrive test", ...access, signal: AbortSignal.timeout(20_000) });

/** A running pg-boss without its background duties, so that nothing but the test moves a job. */
export async function startBoss(url: string, schema: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, schema, max: 4, supervise: false, schedule: false });
  boss.on("error", () => undefined);
  await boss.start();
  return boss;
}

/** A queue whose jobs die at their first failure, and the queue they die into. */
export type Pair = { readonly work: string; readonly dead: string };

/** Makes a pair of new queues. */
export async function makePair(boss: PgBoss, options: Omit<Queue, "name"> = {}): Promise<Pair> {
  const work = `work-${randomBytes(4).toString("hex")}`;
  const dead = `${work}.dlq`;
  await boss.createQueue(dead);
  await boss.createQueue(work, { retryLimit: 0, ...options, deadLetter: dead });
  return { work, dead };
}

/** Sends one job per datum, has a worker fail each, and returns the ids of the jobs that died, in order. */
export async function dieAll(boss: PgBoss, { work }: Pair, data: readonly (object | null)[], error: Error = new Error("boom")): Promise<string[]> {
  const ids: string[] = [];
  for (const datum of data) {
    const id = await boss.send(work, datum);
    if (id === null) throw new Error("pg-boss did not take the job");
    ids.push(id);
  }
  for (let taken = 0; taken < ids.length; ) {
    const jobs = await boss.fetch(work, { batchSize: 100 });
    if (jobs.length === 0) throw new Error(`only ${taken} of ${ids.length} jobs could be fetched`);
    await boss.fail(work, jobs.map(({ id }) => id), error);
    taken += jobs.length;
  }
  return ids;
}
