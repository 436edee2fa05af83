import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { expect, test } from "vitest";
import { startEmbedded } from "#db/embedded/index.ts";
import { eventually } from "#test/eventually.ts";
import { start } from "./pgboss-traffic.ts";

test("letters appear in every dead-letter queue, with errors to read, also after the server was away", { timeout: 120_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "redrive-demo-"));
  const server = await startEmbedded({ dataDir, stopOnSignal: false });
  const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
  const lines: string[] = [];
  const stop = await start({ url: server.url, rate: 200, signal: new AbortController().signal, log: (line) => lines.push(line) });
  const dead = async (): Promise<{ name: string; type: string; stack: string; born: Date }[]> => [
    ...(await sql<{ name: string; type: string; stack: string; born: Date }[]>`
      select name, source_output->>'name' as type, source_output->>'stack' as stack, created_on as born
      from demo_pgboss.job where name like '%.dlq'`),
  ];
  try {
    await eventually(async () => {
      const letters = await dead();
      expect(new Set(letters.map(({ name }) => name))).toEqual(new Set(["orders.dlq", "payments.dlq", "emails.dlq"]));
      const types = new Set(letters.map(({ type }) => type));
      for (const type of ["ValidationError", "CardDeclinedError", "TimeoutError"]) expect(types).toContain(type);
      expect(letters[0]?.stack).toMatch(/^\w+: .+\n {4}at .+\/srv\/shop\//);
    }, { timeoutMs: 40_000 });
    const [share] = await sql<{ dead: number; all: number }[]>`
      select count(*) filter (where name like '%.dlq')::float as dead, count(*) filter (where name not like '%.dlq' and state in ('completed', 'failed'))::float as all
      from demo_pgboss.job`;
    expect(share!.dead / share!.all).toBeGreaterThan(0.01);
    expect(share!.dead / share!.all).toBeLessThan(0.3);
    const [long] = await sql<{ digits: number }[]>`select length(data->>'orderId') as digits from demo_pgboss.job where name = 'payments' limit 1`;
    expect(long?.digits).toBe(20);
    await server.restart("immediate");
    const back = new Date();
    await eventually(async () => expect((await dead()).some(({ born }) => born > back)).toBe(true), { timeoutMs: 40_000 });
  } finally {
    await stop();
    await sql.end({ timeout: 1 });
    await server.stop();
    await rm(server.root, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  }
});
