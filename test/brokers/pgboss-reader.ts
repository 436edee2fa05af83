// Reads one batch of a queue, says what it holds and waits to be killed: node pgboss-reader.ts <settings and queue as JSON>
import { openBossSession, type BossAccess } from "./pgboss.ts";

const { access, queue } = JSON.parse(process.argv[2] ?? "{}") as { access: BossAccess; queue: string };
const session = await openBossSession(access);
const limits = { maxBytes: 1_000_000, maxCount: 100, maxWaitMs: 1_000 };
for await (const batch of session.capture({ queue }, null, limits, new AbortController().signal)) {
  process.stdout.write(`${JSON.stringify(batch.deaths.map(({ identity }) => identity))}\n`);
  await new Promise(() => setInterval(() => undefined, 60_000));
}
