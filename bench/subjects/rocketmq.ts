import { rocketmq } from "#core/brokers/rocketmq.ts";
import { rocketMqAccess } from "#test/brokers/rocketmq-harness.ts";
import { openRocketMq } from "#test/brokers/rocketmq-client.ts";
import { startRocketMq } from "#test/brokers/rocketmq.ts";
import { openSession } from "#workers/adapters/index.ts";
import { REQUEST } from "#workers/adapters/rocketmq/codes.ts";
import { messagesIn } from "#workers/adapters/rocketmq/message.ts";
import { openWire } from "#workers/adapters/rocketmq/wire.ts";
import type { Subject } from "./subject.ts";

const WINDOW = 64;

/** Topics of one queue, by the remoting protocol: Apache's client for Node has no way to read by offset. */
export const rocketMqSubject: Subject = {
  kind: "rocketmq",
  async open() {
    const server = await startRocketMq();
    const client = await openRocketMq(server);
    const { accessKey, accessSecret, host, brokerPort } = server;
    const wire = await openWire(`${host}:${brokerPort}`, { tls: false, login: { accessKey, accessSecret }, timeoutMs: 5_000 });
    const { settings, secrets } = rocketMqAccess(server);
    const session = await openSession({ kind: "rocketmq", name: "bench", settings: JSON.stringify(rocketmq.settings.parse(settings)), secrets: JSON.stringify(secrets), signal: AbortSignal.timeout(20_000) });
    return {
      session,
      async place() {
        const topic = `bench-${crypto.randomUUID()}`;
        await client.makeTopic(topic);
        const fields = { a: "bench", b: topic, c: topic, d: "0", e: "0", f: "0", h: "0", i: "", j: "0", k: "false", l: "0", m: "false" };
        return {
          source: JSON.stringify({ queue: topic }),
          target: { kind: "rocketmq", topic },
          native: { transport: "rocketmq", queue: "%DLQ%bench", broker: "broker-a", queueId: 0, queueOffset: "0", offsetMessageId: "", bornTimestamp: "0", storeTimestamp: "0", reconsumeTimes: 0, sysFlag: 0, flag: 0 },
          headers: [],
          rawPublish: async (bodies) => {
            let at = 0;
            const worker = async (): Promise<void> => {
              for (let body = bodies[at++]; body !== undefined; body = bodies[at++]) {
                const { code, remark } = await wire.ask(REQUEST.sendMessageV2, { fields: { ...fields, g: String(Date.now()) }, body });
                if (code !== 0) throw new Error(remark ?? `code ${code}`);
              }
            };
            await Promise.all(Array.from({ length: WINDOW }, worker));
          },
          rawConsume: async (count) => {
            let read = 0;
            for (let empty = 0; read < count && empty < 1_000; ) {
              const { body, code } = await wire.ask(REQUEST.pull, { fields: { consumerGroup: "bench", topic, queueId: "0", queueOffset: String(read), maxMsgNums: "32", sysFlag: "4", commitOffset: "0", suspendTimeoutMillis: "0", subscription: "*", subVersion: "0", expressionType: "TAG" } });
              if (code === 0) read += messagesIn(body).length;
              else empty++;
            }
            await wire.ask(REQUEST.updateConsumerOffset, { fields: { consumerGroup: "bench", topic, queueId: "0", commitOffset: String(read) } });
            return read;
          },
        };
      },
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        wire.close();
        await client[Symbol.asyncDispose]();
        await server.stop();
      },
    };
  },
};
