import { rabbitmq } from "#core/brokers/rabbitmq.ts";
import { startRabbit } from "#test/brokers/rabbitmq.ts";
import { openSession } from "#workers/adapters/index.ts";
import { consume, makeQueue, openBroker } from "../broker.ts";
import { makeWake } from "#workers/runtime/wake.ts";
import type { Subject } from "./subject.ts";

const WINDOW = 1_000;
const NEVER = new AbortController().signal;

/** Quorum queues. */
export const rabbitmqSubject: Subject = {
  kind: "rabbitmq",
  async open() {
    const { rabbit } = await startRabbit({ own: true });
    if (rabbit === null) throw new Error("no RabbitMQ to measure");
    const { host, port, vhost, username, password } = rabbit;
    const session = await openSession({
      kind: "rabbitmq",
      name: "bench",
      settings: JSON.stringify(rabbitmq.settings.parse({ host, port, vhost, username })),
      secrets: JSON.stringify({ password }),
      signal: AbortSignal.timeout(20_000),
    });
    // after the adapter, which loads amqplib its own way; what it changed lets the bare client take headers undecoded
    const broker = await openBroker(rabbit);
    return {
      session,
      async place() {
        const queue = `bench.${crypto.randomUUID()}`;
        await makeQueue(broker, queue);
        return {
          source: JSON.stringify({ queue, type: "quorum" }),
          target: { kind: "rabbitmq", exchange: "", routingKey: queue },
          native: { transport: "amqp-0.9.1", queue: "bench.dlq", exchange: "", routingKey: queue, redelivered: false, properties: { deliveryMode: 2 } },
          headers: [],
          rawPublish: async (bodies) => {
            const room = makeWake();
            let open = 0;
            let failed = false;
            const settle = (error: unknown): void => {
              failed ||= Boolean(error);
              open--;
              room.hint();
            };
            for (const body of bodies) {
              while (open >= WINDOW) await room.wait(1_000, NEVER);
              open++;
              broker.channel.publish("", queue, body, { persistent: true, mandatory: true }, settle);
            }
            while (open > 0) await room.wait(1_000, NEVER);
            if (failed) throw new Error("the broker did not confirm a message");
          },
          rawConsume: async (count) => (await consume(broker, queue, count)).length,
        };
      },
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        await broker[Symbol.asyncDispose]();
        await rabbit.stop();
      },
    };
  },
};
