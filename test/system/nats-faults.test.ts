import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RetentionPolicy } from "@nats-io/jetstream";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { isTaken } from "#core/config/custody.ts";
import { nats } from "#core/brokers/nats.ts";
import type { Header } from "#core/message/header.ts";
import { connect, type Database } from "#db/client.ts";
import { applyConfig } from "#db/queries/apply-config.ts";
import { makeKeyPair } from "#db/secrets.ts";
import type { Actor } from "#server/context.ts";
import { orderOperation } from "#server/services/order-operation.ts";
import { previewOrder } from "#server/services/preview-order.ts";
import { failMessages, makeStream, natsAccess, openNative, putNatively, type NativeNats } from "../brokers/nats-harness.ts";
import { startNats, type TestNats } from "../brokers/nats.ts";
import { eventually } from "../eventually.ts";
import { testDatabase, type TestDatabase } from "../postgres.ts";
import { startWorker, type WorkerProcess } from "../worker-process.ts";

// What could lose, double or purge a message on the way over JetStream, with real workers and a server of its own.
const RULE = "nats-advisory";
const ADVISORIES = "REDRIVE_ADVISORIES";
const actor: Actor = { id: "p1", name: "Pat", email: "pat@example.com", role: "operator" };

let server: TestNats;
let native: NativeNats;
let database: TestDatabase;
let folder: string;
let keyFile: string;
let privateKey: string;
let pool: Database;

beforeAll(async () => {
  server = await startNats();
  native = await openNative(server);
  folder = await mkdtemp(join(tmpdir(), "redrive-nats-system-"));
  keyFile = join(folder, "secret.key");
  ({ privateKey } = makeKeyPair());
  await writeFile(keyFile, privateKey, { mode: 0o600 });
});
afterAll(async () => {
  await native.nc.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  database = await testDatabase();
  pool = connect(database.url, { max: 4, name: "test" });
  return async () => {
    await pool.close();
    await database.drop();
    for await (const { config } of native.jsm.streams.list()) await native.jsm.streams.delete(config.name);
  };
});

async function configure(given: object): Promise<void> {
  const source = nats.source.parse(given);
  const { settings, secrets } = natsAccess(server);
  const taken = isTaken("nats", source);
  await applyConfig(
    pool.sql,
    { connections: [{ name: "events", kind: "nats", settings, secrets }], sources: [{ connection: "events", source, taken, consent: taken, capture: true, watchSeconds: 60 }] },
    privateKey,
  );
}

const workerWith = (failpoint?: string): Promise<WorkerProcess> => startWorker({ databaseUrl: database.url, keyFile, ...(failpoint === undefined ? {} : { failpoint }) });

const rows = () => pool.sql`select state, deaths, redrives, rule from messages order by position`;
const text = (name: string, v: string): Header => ({ name, value: { t: "text", v } });

async function resendTo(subject: string, stream: string): Promise<void> {
  const selection = { by: "filter" as const, filter: {} };
  const { count, asOf } = await previewOrder(pool.db, "resend", selection);
  const destination = { to: "target", target: { kind: "nats", subject, stream } } as const;
  await orderOperation(pool.db, pool.sql, actor, { act: "resend", destination, selection, expected: count, asOf, requestId: crypto.randomUUID() });
}

test("given up, captured with its content, resent without purging anything, given up again as the same message", async () => {
  const stream = await makeStream(native, { allow_rollup_hdrs: true });
  const subject = `${stream}.placed`;
  await configure({ queue: ADVISORIES, mode: "advisories" });
  await using worker = await workerWith();
  await eventually(() => native.jsm.streams.info(ADVISORIES));
  await putNatively(native, subject, [
    { body: Buffer.from('{"order":9}'), headers: [text("Nats-Msg-Id", "order-9"), text("Nats-Rollup", "all"), text("b", "1"), text("A", "2")] },
    { body: Buffer.from("a bystander"), headers: [] },
  ]);
  await failMessages(native, { stream, consumer: "billing", count: 1, word: "-NAK" });
  await eventually(async () => expect(await rows(), worker.tail()).toEqual([{ state: "dead", deaths: 1, redrives: 0, rule: RULE }]));
  const [found] = await pool.sql`select native, headers from deaths`;
  expect(JSON.parse(String(found?.native))).toMatchObject({ stream, subject, advisory: { kind: "max_deliver", consumer: "billing", message: "found" } });
  await native.jsm.consumers.delete(stream, "billing");

  await resendTo(subject, stream);
  await eventually(async () => expect(await rows(), worker.tail()).toMatchObject([{ state: "resent", redrives: 1 }]));
  const { state } = await native.jsm.streams.info(stream);
  expect(state, "a rollup would have purged what was there").toMatchObject({ messages: 3, last_seq: 3 });
  const again = await native.jsm.streams.getMessage(stream, { seq: 3 });
  expect(again?.string()).toBe('{"order":9}');
  expect([...(again?.header ?? [])].map(([name]) => name)).toEqual(["b", "A", "redrive-id", "redrive-count", "redrive-origin", "Nats-Msg-Id", "Nats-Expected-Stream"]);

  await native.jsm.streams.purge(stream, { seq: 3 });
  await failMessages(native, { stream, consumer: "billing-again", count: 1, word: "+TERM" });
  await eventually(async () => expect(await rows(), worker.tail()).toMatchObject([{ state: "dead", deaths: 2, redrives: 1 }]));
});

test("the streams of the connection are listed and measured", async () => {
  const stream = await makeStream(native, { name: "ORDERS-DLQ", retention: RetentionPolicy.Workqueue });
  await putNatively(native, `${stream}.dead`, [{ body: Buffer.from("x"), headers: [] }]);
  await configure({ queue: ADVISORIES, mode: "advisories" });
  await using worker = await workerWith();
  const queues = () => pool.sql`select name, type, custody, ready, depth_kind as kind, dead_letter_signs as signs from queues order by name`;
  await eventually(async () =>
    expect(await queues(), worker.tail()).toEqual([
      { name: stream, type: "workqueue", custody: "taken", ready: 1, kind: "exact", signs: '[{"sign":"name"}]' },
      { name: ADVISORIES, type: "limits", custody: "copied", ready: 0, kind: "upper_bound", signs: '[{"sign":"declared"}]' },
    ]),
  );
});

const POINTS = ["capture.received", "capture.stored", "capture.accepted"];

/** Rows of deaths, the bodies among them that differ, and messages that died more than once. */
async function ledger(): Promise<{ rows: number; bodies: number; twice: number }> {
  const [row] = await pool.sql<{ rows: number; bodies: number; twice: number }[]>`
    select count(*)::int as rows, count(distinct bytes)::int as bodies,
      (select count(*)::int from messages where deaths <> 1) as twice
    from deaths join bodies on bodies.id = deaths.body_id`;
  return row ?? { rows: 0, bodies: 0, twice: 0 };
}

/** Kills a worker at each moment of capture, again and again, while `put` adds messages with the bodies it is given. */
async function killEverywhere(put: (bodies: readonly string[]) => Promise<void>): Promise<number> {
  let published = 0;
  for (const point of POINTS) {
    for (const nth of [1, 2]) {
      const worker = await workerWith(`${point}:${nth}`);
      let alive = true;
      void worker.ended.then(() => (alive = false));
      for (let wave = 0; alive; wave++) {
        const bodies = Array.from({ length: 20 }, (_, i) => `${point}-${nth}-${wave}-${i}`);
        await put(bodies);
        published += bodies.length;
      }
      expect(await worker.ended, worker.tail()).toBe("SIGKILL");
      // the next worker need not sit out the dead one's lease
      await pool.sql`update leases set until = now()`;
    }
  }
  return published;
}

test.each([RetentionPolicy.Limits, RetentionPolicy.Workqueue, RetentionPolicy.Interest])(
  "nothing is lost and nothing is stored twice, whenever a worker dies (%s)",
  async (retention) => {
    const stream = await makeStream(native, { retention });
    await configure({ queue: stream, retention });
    // an interest stream keeps what comes after its consumer was made
    if (retention === RetentionPolicy.Interest) {
      const worker = await workerWith();
      await eventually(() => native.jsm.consumers.info(stream, "redrive"), { timeoutMs: 15_000 });
      worker.kill("SIGTERM");
      await worker.ended;
    }
    const published = await killEverywhere((bodies) => putNatively(native, `${stream}.dead`, bodies.map((body) => ({ body: Buffer.from(body), headers: [] }))));
    await using last = await workerWith();
    await eventually(async () => expect(await ledger(), last.tail()).toEqual({ rows: published, bodies: published, twice: 0 }), { timeoutMs: 40_000 });
    const left = retention === RetentionPolicy.Limits ? published : 0;
    await eventually(async () => expect((await native.jsm.streams.info(stream)).state.messages).toBe(left), { timeoutMs: 15_000 });
  },
  120_000,
);

test("nothing is lost and nothing is stored twice, whenever a worker dies (advisories)", async () => {
  const stream = await makeStream(native);
  await configure({ queue: ADVISORIES, mode: "advisories" });
  await makeStream(native, { name: ADVISORIES, subjects: ["$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>", "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>"] });
  await failAtOnce(stream);
  const published = await killEverywhere((bodies) => putNatively(native, `${stream}.x`, bodies.map((body) => ({ body: Buffer.from(body), headers: [] }))));
  await using last = await workerWith();
  await eventually(async () => expect(await ledger(), last.tail()).toEqual({ rows: published, bodies: published, twice: 0 }), { timeoutMs: 40_000 });
}, 120_000);

/** A consumer that terminates every message as it comes, as long as the connection lasts. */
async function failAtOnce(stream: string): Promise<void> {
  const inbox = native.nc.subscribe(`terminate.${stream}`, { callback: (_, { reply = "" }) => native.nc.publish(reply, "+TERM") });
  await native.jsm.consumers.add(stream, { durable_name: "terminator", ack_policy: "explicit", deliver_subject: inbox.getSubject() });
}
