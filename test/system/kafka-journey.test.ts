import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Kafka, Producer } from "kafkajs";
import { kafkaClient, type KafkaAddress } from "../brokers/kafka.ts";
import { kafkaAccess, makeTopic } from "../brokers/kafka-harness.ts";
import { onDemand } from "../brokers/on-demand.ts";
import { env } from "../env.ts";
import { eventually } from "../eventually.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { brokerScene, type BrokerScene } from "./broker-scene.ts";

// In and out again: records that were produced, rows, copies that came out, while workers are killed at any moment.
const { server, reason } = await onDemand<KafkaAddress>("kafka");
const PARTITIONS = 12;
const { total, kills } = env.longRun ? { total: 200_000, kills: 10 } : { total: 24_000, kills: 3 };
const MINUTES = 60_000;

let client: Kafka;
let producer: Producer;
beforeAll(async () => {
  if (server === null) return;
  client = kafkaClient(server);
  producer = client.producer({ allowAutoTopicCreation: false });
  await producer.connect();
});
afterAll(async () => producer?.disconnect());

/** Kills the one of two workers that captures, in the midst of its work; a new one takes its place. */
async function killCapturing(scene: BrokerScene, workers: WorkerProcess[], rows: () => Promise<number>): Promise<void> {
  const holder = async (): Promise<number> => {
    const [lease] = await scene.pool.sql<{ holder: string }[]>`select holder from leases where name like 'capture:%' and until > now()`;
    const at = workers.findIndex(({ pid }) => lease?.holder.includes(`-${pid}-`));
    if (at === -1) throw new Error("no worker of ours captures");
    return at;
  };
  for (let kill = 0; kill < kills; kill++) {
    const before = await rows();
    await eventually(async () => (await rows()) > before, { timeoutMs: 30_000 });
    const at = await eventually(holder, { timeoutMs: 20_000 });
    workers[at]?.kill("SIGKILL");
    await workers[at]?.ended;
    workers[at] = await scene.worker();
    await scene.pool.sql`update leases set until = now()`;
  }
}

const POINTS = ["resend.published", "resend.claimed", "resend.settled"];

/** Two workers at a time resend, each until it dies at a moment that leaves messages in its hands. */
async function killResending(scene: BrokerScene): Promise<void> {
  for (let kill = 0; kill < kills; kill += 2) {
    const pair = [kill, kill + 1].slice(0, kills - kill).map((nth) => scene.worker(`${POINTS[nth % POINTS.length]}:${1 + (nth % 4)}`).catch(() => null));
    for (const worker of await Promise.all(pair)) if (worker !== null) expect(await worker.ended, worker.tail()).toBe("SIGKILL");
    await scene.pool.sql`update leases set until = now()`;
  }
}

/** The values and ids of all records of a topic that bear an id of ours. */
async function copiesIn(topic: string): Promise<Map<string, string[]>> {
  const admin = client.admin();
  await admin.connect();
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
  await admin.disconnect();
  const wanted = [...ends.values()].reduce((sum, high) => sum + high, 0);
  const copies = new Map<string, string[]>();
  let read = 0;
  const consumer = client.consumer({ groupId: crypto.randomUUID(), maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { headers, value } of batch.messages) {
        const id = String(headers?.["redrive-id"]);
        copies.set(id, [...(copies.get(id) ?? []), String(value)]);
        read++;
      }
    },
  });
  await eventually(() => read >= wanted, { timeoutMs: 2 * MINUTES, intervalMs: 200 });
  await consumer.disconnect();
  return copies;
}

describe.skipIf(server === null)("Kafka", () => {
  test(`${total} records over ${PARTITIONS} partitions, in and out, ${2 * kills} workers killed: none lost, none double without in_doubt`, { timeout: 15 * MINUTES }, async () => {
    if (server === null) throw new Error(reason);
    const [dead, out] = [`journey-${crypto.randomUUID()}`, `journey-${crypto.randomUUID()}`];
    for (const topic of [dead, out]) await makeTopic(client, topic, PARTITIONS);
    await using scene = await brokerScene({ name: "events", kind: "kafka", ...kafkaAccess(server.port) }, { queue: dead });
    const { sql } = scene.pool;
    const producing = (async () => {
      for (let at = 0; at < total; at += 1_000) await producer.send({ topic: dead, acks: -1, messages: Array.from({ length: 1_000 }, (_, n) => ({ key: String(at + n), value: `{"n":${at + n}}` })) });
    })();
    const workers = [await scene.worker(), await scene.worker()];
    const rows = async (): Promise<number> => (await sql<{ count: number }[]>`select count(*)::int as count from messages`)[0]?.count ?? 0;
    await killCapturing(scene, workers, rows);
    await producing;
    await eventually(async () => expect(await scene.ledger(), workers[0]?.tail()).toEqual({ rows: total, bodies: total }), { timeoutMs: 3 * MINUTES, intervalMs: 500 });

    for (const worker of workers) {
      worker.kill("SIGTERM");
      await worker.ended;
    }
    await scene.resendAll({ to: "target", target: { kind: "kafka", topic: out, partition: null } });
    await killResending(scene);
    await using last = await scene.worker();
    const finished = async (): Promise<void> => {
      const [operation] = await sql<{ state: string }[]>`select state from operations`;
      expect(operation?.state, last.tail()).toBe("finished");
    };
    await eventually(finished, { timeoutMs: 5 * MINUTES, intervalMs: 500 });

    const copies = await copiesIn(out);
    const outcomes = await sql<{ id: string; state: string; body: string; attempts: number }[]>`
      select messages.id, state, convert_from(bytes, 'utf8') as body, (select count(*)::int from attempts where message_id = messages.id) as attempts
      from messages join bodies on bodies.id = messages.body_id`;
    const wrong = outcomes.filter(({ id, state, body, attempts }) => {
      const got = copies.get(id) ?? [];
      const right = attempts === 1 && got.every((value) => value === body) && (state === "resent" ? got.length === 1 : state === "in_doubt" && got.length <= 1);
      return !right;
    });
    const counts = Object.fromEntries([...Map.groupBy(outcomes, ({ state }) => state)].map(([state, { length }]) => [state, length]));
    console.log(`in ${total}, rows ${outcomes.length} (${JSON.stringify(counts)}), copies out ${[...copies.values()].flat().length}`);
    expect(wrong).toEqual([]);
    expect(counts.in_doubt, "somebody died with messages in hand").toBeGreaterThan(0);
    expect(outcomes).toHaveLength(total);
    const known = new Set(outcomes.map(({ id }) => id));
    expect([...copies.keys()].filter((id) => !known.has(id))).toEqual([]);
  });
});
