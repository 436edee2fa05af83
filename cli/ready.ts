import { setTimeout as pause } from "node:timers/promises";
import postgres from "postgres";

const ASK_EVERY_MS = 150;

/** Waits until `ask` says yes; `false` after `limitMs`. An ask that throws is a no. */
export async function until(ask: () => Promise<boolean>, limitMs: number, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    if (await ask().catch(() => false)) return true;
    await pause(ASK_EVERY_MS, undefined, { signal });
  }
  return false;
}

/** Whether the web answers its health check. */
export async function webAnswers(port: number, host: string): Promise<boolean> {
  const reached = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const answer = await fetch(`http://${reached.includes(":") ? `[${reached}]` : reached}:${port}/api/health`, {
    signal: AbortSignal.timeout(5_000),
    redirect: "manual",
  });
  await answer.body?.cancel();
  return answer.ok;
}

/** Whether a worker process started after `since` (Postgres time) keeps its row of health up to date. */
export async function workersBeat(databaseUrl: string, since: Date): Promise<boolean> {
  return withDatabase(databaseUrl, async (sql) => {
    const [row] = await sql`
      select exists (
        select from workers where started_at >= ${since} and beat_at > now() - interval '15 seconds'
      ) as beats`;
    return row?.beats === true;
  });
}

/** The database's clock, on which rows of health are dated. */
export async function databaseTime(databaseUrl: string): Promise<Date> {
  const now = await withDatabase(databaseUrl, async (sql) => (await sql`select now() as now`)[0]?.now as unknown);
  if (now instanceof Date) return now;
  throw new Error("the database did not tell the time");
}

async function withDatabase<T>(url: string, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined, connection: { application_name: "redrive up" } });
  try {
    return await ask(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
