import { afterAll, beforeAll, expect, test } from "vitest";
import { decode, plan } from "#core/decoders/index.ts";
import { collect } from "#test/adapter-reading.ts";
import { startRedis, type TestRedis } from "#test/brokers/redis.ts";
import { listAccess } from "#test/brokers/redis-list-harness.ts";
import { connectRedisList } from "#workers/adapters/redis/connect-list.ts";
import { redisList } from "#core/brokers/redis-list.ts";
import { redisListDemo } from "./redis.ts";
import { start } from "./redis-list-traffic.ts";

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server?.stop());

test("mails die as the demo's source reads them, also after the server was away", { timeout: 90_000 }, async () => {
  const url = `redis://:${server.password}@${server.host}:${server.port}`;
  const stop = await start({ url, rate: 200, signal: new AbortController().signal, log: () => undefined });
  try {
    const source = redisList.source.parse(redisListDemo.sources[0]?.source);
    for (const round of ["at first", "after a restart"]) {
      await using session = await connectRedisList({ name: round, ...listAccess(server), signal: AbortSignal.timeout(20_000) });
      const [death] = (await collect(session, source, 1)).deaths;
      if (death === undefined) throw new Error("no mail died");
      expect(JSON.parse(Buffer.from(death.body).toString())).toMatchObject({ template: expect.any(String) });
      expect(decode(death)).toMatchObject({ rule: "redis-list", origin: { queue: "demo:mails" }, attempts: 2, error: { type: expect.any(String), stack: expect.any(String) } });
      expect(plan(death, "redis-list")).toMatchObject({ failedQueue: { kind: "redis-list", key: "demo:mails", end: "left" }, notes: [] });
      if (round === "at first") await server.restart();
    }
  } finally {
    await stop();
  }
});
