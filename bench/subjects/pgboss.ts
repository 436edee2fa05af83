import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "#db/embedded/index.ts";
import { bossAccess, startBoss } from "#test/brokers/pgboss.ts";
import { openSession } from "#workers/adapters/index.ts";
import type { Subject } from "./subject.ts";

const AT_ONCE = 500;
const SCHEMA = "jobs";

/** Queues in a PostgreSQL of their own. The bare client is pg-boss itself: jobs inserted, and fetched and completed, many at a time. */
export const pgBossSubject: Subject = {
  kind: "pgboss",
  async open() {
    const dataDir = await mkdtemp(join(tmpdir(), "redrive-bench-boss-"));
    const server = await startEmbedded({ dataDir, stopOnSignal: false });
    const boss = await startBoss(server.url, SCHEMA);
    const { settings, secrets } = bossAccess(server.url, SCHEMA);
    const session = await openSession({ kind: "pgboss", name: "bench", settings: JSON.stringify(settings), secrets: JSON.stringify(secrets), signal: AbortSignal.timeout(20_000) });
    return {
      session,
      async place() {
        const queue = `bench-${crypto.randomUUID()}`;
        await boss.createQueue(queue);
        return {
          source: JSON.stringify({ queue }),
          target: { kind: "pgboss", queue },
          native: { transport: "pgboss", queue, jobId: crypto.randomUUID(), priority: 0, singletonKey: null, groupId: null, retryCount: 0, retryLimit: 2, createdOn: "2026-03-14T09:27:58.123Z", sourceName: null, sourceId: null, sourceCreatedOn: null, sourceRetryCount: null, output: null },
          headers: [],
          async rawPublish(bodies) {
            const jobs = bodies.map((body) => ({ data: JSON.parse(body.toString()) as object }));
            for (let at = 0; at < jobs.length; at += AT_ONCE) await boss.insert(queue, jobs.slice(at, at + AT_ONCE));
          },
          async rawConsume(count) {
            let got = 0;
            while (got < count) {
              const jobs = await boss.fetch(queue, { batchSize: AT_ONCE });
              if (jobs.length === 0) break;
              await boss.complete(queue, jobs.map(({ id }) => id));
              got += jobs.length;
            }
            return got;
          },
        };
      },
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        await boss.stop({ graceful: false });
        await server.stop();
        await rm(server.root, { recursive: true, force: true });
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  },
};
