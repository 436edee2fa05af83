import type { IHeaders, Message } from "kafkajs";
import { kafkaClient, startKafka, type KafkaAddress } from "#test/brokers/kafka.ts";
import { kafkaAccess, makeTopic, readAll } from "#test/brokers/kafka-harness.ts";
import { whyNoJava } from "#test/brokers/java.ts";
import { startSchemaRegistry, type RegistryContent } from "#test/brokers/schema-registry.ts";
import { eventually } from "#test/eventually.ts";
import type { Stage } from "./stage.ts";

const WORK = "shop.payments";
const DEAD = "shop.payments-dlt";

/** What Spring Kafka's DeadLetterPublishingRecoverer writes about a listener that threw. */
const SPRING: IHeaders = {
  "kafka_dlt-original-topic": WORK,
  "kafka_dlt-original-partition": Buffer.from([0, 0, 0, 0]),
  "kafka_dlt-exception-fqcn": "org.springframework.kafka.listener.ListenerExecutionFailedException",
  "kafka_dlt-exception-cause-fqcn": "com.shop.payments.CardDeclinedException",
  "kafka_dlt-exception-message": "card declined by the issuer",
};

const REGISTRY_LOGIN = { user: "rita", password: "registry secret" };

/** What the topic's producers have registered. */
export const SCHEMAS = {
  login: `${REGISTRY_LOGIN.user}:${REGISTRY_LOGIN.password}`,
  ids: {
    41: {
      schema: JSON.stringify({
        type: "record",
        name: "Payment",
        namespace: "com.shop",
        fields: [
          { name: "id", type: "string" },
          { name: "amount", type: "double" },
          { name: "currency", type: "string" },
          { name: "state", type: { type: "enum", name: "State", symbols: ["OPEN", "DECLINED"] } },
        ],
      }),
    },
    42: {
      schemaType: "PROTOBUF",
      schema: 'syntax = "proto3"; import "money.proto"; message Payment { string id = 1; com.shop.Money price = 2; }',
      references: [{ name: "money.proto", subject: "money", version: 1 }],
    },
  },
  subjects: { "money/1": { schemaType: "PROTOBUF", schema: 'syntax = "proto3"; package com.shop; message Money { int64 cents = 1; string currency = 2; }' } },
} as const satisfies RegistryContent;

type Access = ReturnType<typeof kafkaAccess>;
const withRegistry = ({ settings, secrets }: Access, schemaRegistryUrl: string): Access => ({
  settings: { ...settings, schemaRegistryUrl, schemaRegistryUser: REGISTRY_LOGIN.user },
  secrets: { ...secrets, schemaRegistryPassword: REGISTRY_LOGIN.password },
});

/** Payments whose consumer, in the manner of Spring Kafka, publishes what it fails on to a dead-letter topic. */
export const kafkaStage: Stage<KafkaAddress> = {
  kind: "kafka",
  async open() {
    const missing = await whyNoJava();
    if (missing !== null) throw new Error(missing);
    const registry = await startSchemaRegistry(SCHEMAS);
    const { stop, restart: _restart, kill9AndStart: _kill, ...address } = await startKafka();
    const client = kafkaClient(address);
    for (const topic of [WORK, DEAD]) await makeTopic(client, topic);
    return {
      address,
      connection: { name: "kafka", kind: "kafka", ...withRegistry(kafkaAccess(address.port), registry.url) },
      source: { connection: "kafka", source: { queue: DEAD }, custody: "copied" as const, consent: false, capture: true, watchSeconds: 60 },
      close: async () => {
        await registry.stop();
        await stop();
      },
    };
  },
  async actors(address) {
    const client = kafkaClient(address);
    const producer = client.producer();
    await producer.connect();
    const bury = async (message: Message): Promise<void> => void (await producer.send({ topic: DEAD, messages: [{ ...message, headers: { ...message.headers, ...SPRING } }] }));
    return {
      die: (body) => bury({ key: "order-1042", value: body, headers: { tenant: "berlin" } }),
      async take() {
        const record = await eventually(async () => {
          const [first] = await readAll(client, WORK);
          if (first === undefined) throw new Error("nothing was resent yet");
          return first;
        }, { timeoutMs: 30_000, intervalMs: 200 });
        const headers = record.headers as IHeaders;
        return {
          body: record.body,
          headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
          dieAgain: () => bury({ key: record.key, value: record.body, headers }),
        };
      },
      [Symbol.asyncDispose]: () => producer.disconnect(),
    };
  },
  async feed(address) {
    const [client, queue] = [kafkaClient(address), "shop.orders"];
    await makeTopic(client, queue, 2);
    const producer = client.producer();
    await producer.connect();
    return {
      queue,
      put: async (bodies) => void (await producer.send({ topic: queue, messages: bodies.map((value) => ({ value })) })),
      [Symbol.asyncDispose]: () => producer.disconnect(),
    };
  },
  told: { rule: "Spring Kafka dead-letter topic", failedIn: WORK, target: WORK, row: "card declined by the issuer", stamped: true },
};
