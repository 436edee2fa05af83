import { openRocketMq } from "#test/brokers/rocketmq-client.ts";
import { rocketMqAccess } from "#test/brokers/rocketmq-harness.ts";
import { startRocketMq, type RocketMqAddress } from "#test/brokers/rocketmq.ts";
import { whyNoJava } from "#test/brokers/java.ts";
import { eventually } from "#test/eventually.ts";
import type { StoredMessage } from "#workers/adapters/rocketmq/message.ts";
import { headersOf } from "#workers/adapters/rocketmq/properties.ts";
import type { Stage } from "./stage.ts";

const WORK = "shop-orders";
const GROUP = "shop-billing";
const DEAD = `%DLQ%${GROUP}`;

/** Orders whose consumer group gives up what it fails on; RocketMQ itself keeps its dead letters. */
export const rocketMqStage: Stage<RocketMqAddress> = {
  kind: "rocketmq",
  async open() {
    const missing = await whyNoJava();
    if (missing !== null) throw new Error(missing);
    const { stop, restart: _restart, ...address } = await startRocketMq();
    await using client = await openRocketMq(address);
    for (const topic of [WORK, DEAD]) await client.makeTopic(topic);
    return {
      address,
      connection: { name: "rocketmq", kind: "rocketmq", ...rocketMqAccess(address, { proxy: `127.0.0.1:${address.proxyPort}` }) },
      source: { connection: "rocketmq", source: { queue: DEAD }, custody: "copied" as const, consent: false, capture: true, watchSeconds: 60 },
      close: stop,
    };
  },
  async actors(address) {
    const client = await openRocketMq(address);
    let seen = 0;
    const next = (): Promise<StoredMessage> =>
      eventually(async () => {
        const message = (await client.readAll(WORK))[seen];
        if (message === undefined) throw new Error("nothing came yet");
        seen++;
        return message;
      }, { timeoutMs: 30_000, intervalMs: 200 });
    return {
      async die(body) {
        await client.send(WORK, [{ body, properties: { KEYS: "order-1042", TAGS: "placed", tenant: "berlin" } }]);
        await client.giveUp(GROUP, await next(), WORK);
      },
      async take() {
        const message = await next();
        return {
          body: message.body,
          headers: Object.fromEntries(headersOf(message.properties).map(({ name, value }) => [name, "v" in value ? String(value.v) : ""])),
          dieAgain: () => client.giveUp(GROUP, message, WORK),
        };
      },
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    };
  },
  told: { rule: "RocketMQ %DLQ% topic", failedIn: WORK, target: WORK, row: "Delivery limit reached", stamped: true },
};
