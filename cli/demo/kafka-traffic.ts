import kafkajs, { type IHeaders, type KafkaMessage, type Producer } from "kafkajs";
import { judge, type DemoFailure } from "./failures.ts";
import { makePayment, type Goods } from "./goods.ts";
import { inBackground, produce, type TrafficOptions } from "./pace.ts";

const WORK = "demo.payments";
export const PAYMENTS_DEAD = "demo.payments-dlt";
const GROUP = "demo-payments";

/**
 * A producer and a consumer of payments on Kafka. What fails goes to a dead-letter topic with the headers of Spring Kafka's
 * recoverer. `url` is `kafka://host:port`. Begins in the background, survives a cluster that is away, and never throws.
 * Resolves to what stops it.
 */
export const start = (given: TrafficOptions): Promise<() => Promise<void>> => inBackground("sample traffic on Kafka", given, trade);

async function trade({ url, rate, signal, log }: TrafficOptions): Promise<void> {
  const client = new kafkajs.Kafka({ clientId: "redrive demo", brokers: [new URL(url).host], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 2 } });
  const [admin, producer, consumer] = [client.admin(), client.producer({ allowAutoTopicCreation: false }), client.consumer({ groupId: GROUP, sessionTimeout: 10_000 })];
  const gone = new AbortController();
  consumer.on("consumer.crash", () => gone.abort());
  const live = AbortSignal.any([signal, gone.signal]);
  try {
    await admin.connect();
    await admin.createTopics({ topics: [WORK, PAYMENTS_DEAD].map((topic) => ({ topic, numPartitions: 3 })), waitForLeaders: true });
    await producer.connect();
    await consumer.connect();
    await consumer.subscribe({ topics: [WORK], fromBeginning: false });
    await consumer.run({ eachMessage: ({ message, partition }) => work(producer, message, partition) });
    log(`sample traffic on Kafka: ${rate} messages/s on ${WORK}`);
    await produce(rate, live, async () => {
      const payment = makePayment();
      await producer.send({ topic: WORK, messages: [{ key: String((payment["customer"] as Goods)["id"]), value: JSON.stringify(payment), headers: { "content-type": "application/json" } }] });
    });
    if (!signal.aborted) throw new Error("the connection was lost");
  } finally {
    await Promise.allSettled([consumer.disconnect(), producer.disconnect(), admin.disconnect()]);
  }
}

async function work(producer: Producer, { key, value, headers = {}, offset }: KafkaMessage, partition: number): Promise<void> {
  const round = String(headers["redrive-count"] ?? "0");
  const failed = verdict(value, round);
  if (failed !== null) await producer.send({ topic: PAYMENTS_DEAD, acks: -1, messages: [{ key, value, headers: { ...headers, ...springHeaders(failed, partition, offset) } }] });
}

function verdict(value: Buffer | null, round: string): DemoFailure | null {
  try {
    const data = JSON.parse(value?.toString("utf8") ?? "") as Goods;
    return judge("payments", { seed: `${String(data["paymentId"])}/${round}`, resent: round !== "0", data, now: new Date() });
  } catch {
    return { name: "DeserializationException", message: "the value is not JSON", retryable: false, frames: [], facts: {} };
  }
}

/** What DeadLetterPublishingRecoverer adds: integers are binary. */
function springHeaders({ name, message }: DemoFailure, partition: number, offset: string): IHeaders {
  const where = Buffer.alloc(12);
  where.writeInt32BE(partition);
  where.writeBigInt64BE(BigInt(offset), 4);
  const cause = `com.example.shop.payments.${name.replace(/Error$/, "Exception")}`;
  return {
    "kafka_dlt-original-topic": WORK,
    "kafka_dlt-original-partition": where.subarray(0, 4),
    "kafka_dlt-original-offset": where.subarray(4),
    "kafka_dlt-original-consumer-group": GROUP,
    "kafka_dlt-exception-fqcn": "org.springframework.kafka.listener.ListenerExecutionFailedException",
    "kafka_dlt-exception-cause-fqcn": cause,
    "kafka_dlt-exception-message": `Listener failed; ${message}`,
    "kafka_dlt-exception-stacktrace": [
      "org.springframework.kafka.listener.ListenerExecutionFailedException: Listener failed",
      "\tat org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer.decorateException(KafkaMessageListenerContainer.java:2975)",
      `Caused by: ${cause}: ${message}`,
      "\tat com.example.shop.payments.Gateway.charge(Gateway.java:88)",
      "\tat com.example.shop.payments.PaymentListener.onPayment(PaymentListener.java:41)",
      "",
    ].join("\n"),
  };
}
