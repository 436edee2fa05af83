import { describe, expect, test } from "vitest";
import { nats } from "#core/brokers/nats.ts";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { routeDefinition } from "#core/route/definition.ts";
import { kafkaClient, type KafkaAddress } from "../brokers/kafka.ts";
import { kafkaAccess, makeTopic } from "../brokers/kafka-harness.ts";
import type { NatsAddress } from "../brokers/nats.ts";
import { makeStream, natsAccess, openNative, putNatively } from "../brokers/nats-harness.ts";
import { onDemand } from "../brokers/on-demand.ts";
import { openRedis, type RedisAddress } from "../brokers/redis.ts";
import { streamAccess } from "../brokers/redis-stream-harness.ts";
import { eventually } from "../eventually.ts";
import { startHttpSink } from "../http-sink.ts";
import { brokerScene, type BrokerScene } from "./broker-scene.ts";

// A route from each kind of log: every message is delivered once, with its second try on record, whoever captures it.
const [kafka, redis, jetStream] = await Promise.all([onDemand<KafkaAddress>("kafka"), onDemand<RedisAddress>("redis"), onDemand<NatsAddress>("nats")]);

type Place = { readonly scene: BrokerScene; put(bodies: readonly string[]): Promise<void>; close(): Promise<void> };
const name = (): string => `route-${crypto.randomUUID()}`;

async function kafkaPlace(): Promise<Place> {
  if (kafka.server === null) throw new Error(kafka.reason);
  const [client, topic] = [kafkaClient(kafka.server), name()];
  await makeTopic(client, topic, 3);
  const producer = client.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return {
    scene: await brokerScene({ name: "events", kind: "kafka", ...kafkaAccess(kafka.server.port) }, { queue: topic }),
    put: async (bodies) => void (await producer.send({ topic, messages: bodies.map((value, i) => ({ key: `k${i % 7}`, value })) })),
    close: () => producer.disconnect(),
  };
}

async function redisPlace(): Promise<Place> {
  if (redis.server === null) throw new Error(redis.reason);
  const [client, key] = [openRedis(redis.server), name()];
  await client.connect();
  return {
    scene: await brokerScene({ name: "orders", kind: "redis-stream", ...streamAccess(redis.server) }, redisStream.source.parse({ queue: key })),
    put: async (bodies) => {
      for (const body of bodies) await client.xadd(key, "*", "payload", body);
    },
    close: async () => client.disconnect(),
  };
}

async function natsPlace(): Promise<Place> {
  if (jetStream.server === null) throw new Error(jetStream.reason);
  const native = await openNative(jetStream.server);
  const stream = await makeStream(native);
  return {
    scene: await brokerScene({ name: "events", kind: "nats", ...natsAccess(jetStream.server) }, nats.source.parse({ queue: stream, mode: "stream" })),
    put: (bodies) => putNatively(native, `${stream}.placed`, bodies.map((body) => ({ body: Buffer.from(body), headers: [] }))),
    close: async () => {
      await native.jsm.streams.delete(stream);
      await native.nc.close();
    },
  };
}

/** Makes a route of the scene's source. Answers its id. */
async function routeOf({ pool }: BrokerScene, definition: unknown): Promise<string> {
  const [row] = await pool.sql<{ id: string }[]>`
    insert into routes (name, source_id, definition, state)
    select 'route', id, ${JSON.stringify(routeDefinition.parse(definition))}, 'running' from sources returning id`;
  return row?.id ?? "";
}

const COUNT = 60;

describe.each([
  ["kafka", kafka.server, kafkaPlace],
  ["redis-stream", redis.server, redisPlace],
  ["nats", jetStream.server, natsPlace],
] as const)("a route from %s", (_, server, open) => {
  test.skipIf(server === null)("delivers every message once, after a try that failed", async () => {
    await using sink = await startHttpSink();
    const place = await open();
    await using scene = place.scene;
    try {
      const url = sink.url("503", "200");
      const routeId = await routeOf(scene, { destination: { kind: "http", url, allowPrivate: ["127.0.0.0/8"] }, retry: { baseMs: 20, jitter: "none" }, breaker: null });
      await using worker = await scene.worker();
      const bodies = Array.from({ length: COUNT }, (_each, i) => `{"order":${i}}`);
      await place.put(bodies);
      const states = () => scene.pool.sql`select state, tries, count(*)::int as count from deliveries where route_id = ${routeId} group by state, tries`;
      await eventually(async () => expect([...(await states())], worker.tail()).toEqual([{ state: "succeeded", tries: 2, count: COUNT }]), { timeoutMs: 40_000 });
      const got = await sink.ledger("/say/");
      expect(got.map(({ body }) => body.toString()).toSorted()).toEqual([...bodies, ...bodies].toSorted());
      expect(await scene.messages(), "nothing is a dead letter").toEqual([]);
    } finally {
      await place.close();
    }
  }, 90_000);
});
