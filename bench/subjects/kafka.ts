import { kafkaAccess, makeTopic } from "#test/brokers/kafka-harness.ts";
import { kafkaClient, startKafka } from "#test/brokers/kafka.ts";
import { openSession } from "#workers/adapters/index.ts";
import type { Subject } from "./subject.ts";

const AT_ONCE = 500;

/** Topics of one partition. The bare client is kafkajs with an idempotent producer, and a group that commits what it read. */
export const kafkaSubject: Subject = {
  kind: "kafka",
  async open() {
    const server = await startKafka();
    const client = kafkaClient(server);
    const producer = client.producer({ idempotent: true, allowAutoTopicCreation: false });
    await producer.connect();
    const { settings, secrets } = kafkaAccess(server.port);
    const session = await openSession({ kind: "kafka", name: "bench", settings: JSON.stringify(settings), secrets: JSON.stringify(secrets), signal: AbortSignal.timeout(30_000) });
    return {
      session,
      async place() {
        const topic = `bench-${crypto.randomUUID()}`;
        await makeTopic(client, topic);
        return {
          source: JSON.stringify({ queue: topic }),
          target: { kind: "kafka", topic, partition: null },
          native: { transport: "kafka", queue: topic, partition: 0, offset: "0", timestamp: "-1", key: null, tombstone: false },
          headers: [],
          async rawPublish(bodies) {
            for (let at = 0; at < bodies.length; at += AT_ONCE) await producer.send({ topic, acks: -1, messages: bodies.slice(at, at + AT_ONCE).map((value) => ({ value })) });
          },
          async rawConsume(count) {
            const consumer = client.consumer({ groupId: crypto.randomUUID(), maxWaitTimeInMs: 10 });
            const { promise, resolve } = Promise.withResolvers<void>();
            let got = 0;
            await consumer.connect();
            await consumer.subscribe({ topics: [topic], fromBeginning: true });
            await consumer.run({
              eachBatchAutoResolve: true,
              eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary }) => {
                resolveOffset(batch.lastOffset());
                await commitOffsetsIfNecessary();
                got += batch.messages.length;
                if (got >= count) resolve();
              },
            });
            await promise;
            await consumer.disconnect();
            return got;
          },
        };
      },
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        await producer.disconnect();
        await server.stop();
      },
    };
  },
};
