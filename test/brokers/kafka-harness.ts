import type { Kafka, Message } from "kafkajs";
import type { z } from "zod";
import { kafka } from "#core/brokers/kafka.ts";
import type { Native } from "#core/message/native.ts";
import { connectKafka } from "#workers/adapters/kafka/connect.ts";
import { recordOf } from "#workers/adapters/kafka/record.ts";
import type { Access, AdapterHarness, Place, Planted, Proxied } from "../adapter-harness.ts";
import { eventually } from "../eventually.ts";
import { startFaultProxy } from "../fault-proxy.ts";
import { nastyBodies } from "../nasty-messages.ts";
import { kafkaClient, startKafka, type KafkaAddress } from "./kafka.ts";

type Manifest = typeof kafka;

export const kafkaAccess = (port: number, settings: Partial<z.input<Manifest["settings"]>> = {}, password = ""): Access<Manifest> => ({
  settings: kafka.settings.parse({ brokers: `127.0.0.1:${port}`, ...settings }),
  secrets: { password, schemaRegistryPassword: "" },
});

const PLAIN: Native = { transport: "kafka", queue: "contract.dlq", partition: 0, offset: "0", timestamp: "-1", key: null, tombstone: false };

/** Creates a topic and waits until it can be written to. */
export async function makeTopic(client: Kafka, topic: string, numPartitions = 1, compression = "producer"): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions, configEntries: [{ name: "max.message.bytes", value: "33554432" }, { name: "compression.type", value: compression }] }], waitForLeaders: true });
  await eventually(() => admin.fetchTopicOffsets(topic));
  await admin.disconnect();
}

/** All records of a topic from its start, by a group of its own. */
export async function readAll(client: Kafka, topic: string): Promise<{ body: Buffer; headers: Record<string, unknown>; key: Buffer | null }[]> {
  const admin = client.admin();
  await admin.connect();
  const wanted = (await admin.fetchTopicOffsets(topic)).reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const consumer = client.consumer({ groupId: crypto.randomUUID(), sessionTimeout: 6_000, maxWaitTimeInMs: 200 });
  const found: { body: Buffer; headers: Record<string, unknown>; key: Buffer | null }[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => void found.push({ body: message.value ?? Buffer.alloc(0), headers: message.headers ?? {}, key: message.key }) });
  await eventually(() => found.length >= wanted, { timeoutMs: 30_000 });
  await consumer.disconnect();
  await admin.disconnect();
  return found;
}

async function makePlace(client: Kafka): Promise<Place<Manifest>> {
  const topic = `contract-${crypto.randomUUID()}`;
  await makeTopic(client, topic);
  return {
    source: { queue: topic },
    target: { kind: "kafka", topic, partition: null },
    async put(messages) {
      const producer = client.producer({ allowAutoTopicCreation: false });
      await producer.connect();
      for (let at = 0; at < messages.length; at += 500) await producer.send({ topic, acks: -1, messages: messages.slice(at, at + 500).map(written) });
      await producer.disconnect();
    },
    drain: async () => (await readAll(client, topic)).map(({ body }) => ({ body, headers: [] })),
  };
}

const written = ({ body, headers }: Planted): Message => recordOf({ attemptId: "", body, headers, native: { ...PLAIN, key: Buffer.from([0xff, 0, 0x6b]).toString("base64") } });

const nasty = (): Planted[] => [
  ...Object.entries(nastyBodies()).map(([label, body]) => ({ label, body, headers: [] })),
  {
    label: "headers of every sort",
    body: Buffer.from("{}"),
    headers: [
      { name: "text", value: { t: "text", v: "naïve 🦊 \u0000 end" } },
      { name: "empty", value: { t: "text", v: "" } },
      { name: "bytes", value: { t: "bytes", v: Buffer.of(0xff, 0xfe, 0, 0x80).toString("base64") } },
      { name: "again", value: { t: "text", v: "1" } },
      { name: "ghost", value: { t: "void" } },
      { name: "again", value: { t: "bytes", v: Buffer.of(0xff).toString("base64") } },
      { name: "7", value: { t: "text", v: "a name that objects put first" } },
      { name: "", value: { t: "text", v: "no name" } },
      { name: "again", value: { t: "text", v: "3" } },
      { name: "constructor", value: { t: "text", v: "no function" } },
      { name: "__proto__", value: { t: "text", v: "polluted" } },
      { name: "again", value: { t: "void" } },
      { name: "long", value: { t: "text", v: "stack ".repeat(50_000) } },
    ],
  },
];

export async function kafkaHarness(address: KafkaAddress): Promise<AdapterHarness<Manifest>> {
  const client = kafkaClient(address);
  return {
    adapter: connectKafka,
    entry: { module: "#workers/adapters/kafka/connect.ts", exportName: "connectKafka" },
    access: kafkaAccess(address.port),
    // the listener behind the proxy tells clients the proxy's address, so that nothing goes past it
    proxied: async (): Promise<Proxied<Manifest>> => {
      const [{ port, proxyPort }] = address.proxied;
      const proxy = await startFaultProxy({ host: address.host, port }, proxyPort);
      return { proxy, access: kafkaAccess(proxyPort), [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
    },
    nobodyThere: (port) => kafkaAccess(port),
    wrongAccess: kafkaAccess(address.saslPort, { saslMechanism: "plain", username: "alice" }, "wrong"),
    halfOpen: { settings: {}, withinMs: 8_000 },
    place: () => makePlace(client),
    nasty: nasty(),
    plainNative: PLAIN,
    essence: (native) => (native.transport === "kafka" ? [native.key, native.tombstone] : native),
    nowhere: { kind: "kafka", topic: `nowhere-${crypto.randomUUID()}`, partition: null },
    missingSource: { queue: `missing-${crypto.randomUUID()}` },
    depthKind: "upper_bound",
    async deadLetterPlace() {
      const topic = `orders-${crypto.randomUUID()}`;
      await makeTopic(client, topic);
      await makeTopic(client, `${topic}-dlt`);
      return { source: { queue: `${topic}-dlt` }, sign: { sign: "target_of", queue: topic } };
    },
    async startPrivateBroker() {
      const own = await startKafka();
      return { access: kafkaAccess(own.port), place: () => makePlace(kafkaClient(own)), restart: own.restart, [Symbol.asyncDispose]: own.stop };
    },
  };
}
