import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { ConfiguredConnection, ConfiguredSource } from "#core/config/check.ts";
import { custodyOf } from "#core/config/custody.ts";
import type { Destination } from "#core/operation.ts";
import { connect, type Database } from "#db/client.ts";
import { applyConfig } from "#db/queries/apply-config.ts";
import { makeKeyPair } from "#db/secrets.ts";
import { orderOperation } from "#server/services/order-operation.ts";
import { previewOrder } from "#server/services/preview-order.ts";
import { eventually } from "../eventually.ts";
import { testDatabase } from "../postgres.ts";
import { startWorker, type WorkerProcess } from "../worker-process.ts";

export type BrokerScene = AsyncDisposable & {
  readonly pool: Database;
  /** Starts a worker process; it is killed with the scene. */
  worker(failpoint?: string): Promise<WorkerProcess>;
  /** What of every message an operator sees first, oldest message first. */
  messages(): Promise<Record<string, unknown>[]>;
  /** Deaths and distinct bodies among them. */
  ledger(): Promise<{ rows: number; bodies: number }>;
  /** Orders a resend of everything that is dead, as a person would. */
  resendAll(destination?: Destination): Promise<void>;
};

const ACTOR = { id: "p1", name: "Pat", email: "pat@example.com", role: "operator" } as const;

/** A database in which one connection is configured and one of its sources captured, and workers to be started. */
export async function brokerScene(connection: ConfiguredConnection, source: Readonly<Record<string, unknown>>): Promise<BrokerScene> {
  const stack = new AsyncDisposableStack();
  const database = await testDatabase();
  stack.defer(() => database.drop());
  const folder = await mkdtemp(join(tmpdir(), "redrive-scene-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const keys = makeKeyPair();
  const keyFile = join(folder, "secret.key");
  await writeFile(keyFile, keys.privateKey, { mode: 0o600 });
  const pool = connect(database.url, { max: 4, name: "scene" });
  stack.defer(() => pool.close());
  const { kind } = connection;
  const configured: ConfiguredSource = { connection: connection.name, source, custody: custodyOf(kind, source as never), consent: true, capture: true, watchSeconds: 300 };
  await applyConfig(pool.sql, { connections: [connection], sources: [configured] }, keys.privateKey);
  const scene = stack.move();
  return {
    pool,
    worker: async (failpoint) => scene.use(await startWorker({ databaseUrl: database.url, keyFile, ...(failpoint === undefined ? {} : { failpoint }) })),
    messages: () => pool.sql`
      select state, deaths, redrives, rule, reason, error_type as "errorType", error_message as "errorMessage", origin, attempts
      from messages order by captured_at, position`,
    async ledger() {
      const [row] = await pool.sql<{ rows: number; bodies: number }[]>`
        select count(*)::int as rows, count(distinct bytes)::int as bodies from deaths join bodies on bodies.id = deaths.body_id`;
      return row ?? { rows: 0, bodies: 0 };
    },
    async resendAll(destination) {
      const selection = { by: "filter" as const, filter: {} };
      const { count, asOf } = await previewOrder(pool.db, "resend", selection);
      await orderOperation(pool.db, pool.sql, ACTOR, { act: "resend", selection, ...(destination === undefined ? {} : { destination }), expected: count, asOf, requestId: crypto.randomUUID() });
    },
    [Symbol.asyncDispose]: () => scene.disposeAsync(),
  };
}

const POINTS = ["capture.received", "capture.stored", "capture.accepted"];
const MAX_WAVES = 400;

/** Kills a worker at each moment of capture, again and again, while messages flow: each is then stored once. */
export async function killAtEveryPoint(scene: BrokerScene, put: (bodies: readonly string[]) => Promise<void>): Promise<void> {
  let published = 0;
  for (const point of POINTS)
    for (const nth of [1, 2, 3]) {
      const worker = await scene.worker(`${point}:${nth}`);
      let alive = true;
      void worker.ended.then(() => (alive = false));
      for (let wave = 0; alive; wave++) {
        if (wave > MAX_WAVES) throw new Error(`the worker does not come to ${point}:${nth}\n${worker.tail()}`);
        const bodies = Array.from({ length: 10 }, (_, i) => `{"order":"${point}-${nth}-${wave}-${i}"}`);
        await put(bodies);
        published += bodies.length;
        await eventually(async () => !alive || (await scene.ledger()).rows >= published, { timeoutMs: 300 }).catch(() => undefined);
      }
      expect(await worker.ended, worker.tail()).toBe("SIGKILL");
      await scene.pool.sql`update leases set until = now()`;
    }
  await using last = await scene.worker();
  await eventually(async () => expect(await scene.ledger(), last.tail()).toEqual({ rows: published, bodies: published }), { timeoutMs: 60_000 });
}
