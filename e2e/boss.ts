import { PgBoss } from "pg-boss";
import { BOSS_SCHEMA, JOBS } from "./facts.ts";

/** A pg-boss of a producer and consumer; nothing but the test moves its jobs. */
export async function openBoss(databaseUrl: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: databaseUrl, schema: BOSS_SCHEMA, max: 2, supervise: false, schedule: false });
  await boss.start();
  return boss;
}

/** Installs pg-boss and makes the pair of job queues. */
export async function makeJobQueues(databaseUrl: string): Promise<void> {
  const boss = await openBoss(databaseUrl);
  try {
    await boss.createQueue(JOBS.dead);
    await boss.createQueue(JOBS.work, { retryLimit: 0, deadLetter: JOBS.dead });
  } finally {
    await boss.stop({ graceful: false });
  }
}
