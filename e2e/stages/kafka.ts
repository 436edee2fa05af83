import type { IHeaders, Message } from "kafkajs";
import { kafkaClient, startKafka, type KafkaAddress } from "#test/brokers/kafka.ts";
import { kafkaAccess, makeTopic, readAll } from "#test/brokers/kafka-harness.ts";
import { whyNoJava } from "#test/brokers/java.ts";
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

/** Payments whose consumer, in the manner of Spring Kafka, publishes what it fails on to a dead-letter topic. */
export const kafkaStage: Stage<KafkaAddress> = {
  kind: "kafka",
  async open() {
    const missing = await whyNoJava();
    if (missing !== null) throw new Error(missing);
    const { stop, restart: _restart, kill9AndStart: _kill, ...address } = await startKafka();
    const client = kafkaClient(address);
    for (const topic of [WORK, DEAD]) await makeTopic(client, topic);
    return {
      address,
      connection: { name: "kafka", kind: "kafka", ...kafkaAccess(address.port) },
      source: { connection: "kafka", source: { queue: DEAD }, taken: false, consent: false, capture: true, watchSeconds: 60 },
      close: stop,
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
  told: { rule: "Spring Kafka dead-letter topic", failedIn: WORK, target: WORK, row: "card declined by the issuer", stamped: true },
};
