import type { z } from "zod";
import { rocketmq } from "#core/brokers/rocketmq.ts";
import type { Header } from "#core/message/header.ts";
import type { Native } from "#core/message/native.ts";
import { connectRocketMq } from "#workers/adapters/rocketmq/connect.ts";
import { headersOf } from "#workers/adapters/rocketmq/properties.ts";
import { javaHash } from "#workers/adapters/rocketmq/queue-choice.ts";
import type { Access, AdapterHarness, Place, Planted, Proxied } from "../adapter-harness.ts";
import { startFaultProxy } from "../fault-proxy.ts";
import { nastyBodies } from "../nasty-messages.ts";
import { openRocketMq, type RocketMqClient } from "./rocketmq-client.ts";
import { startRedirectingNameServer } from "./rocketmq-name-server.ts";
import { startRocketMq, type RocketMqAddress } from "./rocketmq.ts";

type Manifest = typeof rocketmq;

export const rocketMqAccess = ({ host, nameServerPort, accessKey, accessSecret }: RocketMqAddress, settings: Partial<z.input<Manifest["settings"]>> = {}): Access<Manifest> => ({
  settings: rocketmq.settings.parse({ proxy: "", nameServer: `${host}:${nameServerPort}`, accessKey, ...settings }),
  secrets: { accessSecret },
});

const PLAIN: Native = { transport: "rocketmq", queue: "%DLQ%contract", broker: "broker-a", queueId: 0, queueOffset: "0", offsetMessageId: "", bornTimestamp: "0", storeTimestamp: "0", reconsumeTimes: 0, sysFlag: 0, flag: 0 };

/** A broker keeps properties in a Java map: in the order of their hashes. */
const inBrokersOrder = (headers: readonly Header[]): Header[] => {
  const bucket = ({ name }: Header): number => {
    const hash = javaHash(name);
    return (hash ^ (hash >>> 16)) & 127;
  };
  return headers.toSorted((a, b) => bucket(a) - bucket(b));
};

async function makePlace(client: RocketMqClient): Promise<Place<Manifest>> {
  const topic = `contract-${crypto.randomUUID()}`;
  await client.makeTopic(topic);
  return {
    source: { queue: topic },
    target: { kind: "rocketmq", topic },
    async put(messages) {
      const letters = messages.map(({ body, headers }) => ({ body, flag: 7, properties: Object.fromEntries(headers.map(({ name, value }) => [name, "v" in value ? String(value.v) : ""])) }));
      await client.send(topic, letters);
    },
    async drain() {
      const behind = await client.send(topic, [{ body: Buffer.from("behind them all") }]);
      return (await client.readAll(topic)).filter(({ queueOffset }) => queueOffset < behind - 1n).map(({ body, properties }) => ({ body, headers: headersOf(properties) }));
    },
  };
}

const text = (name: string, v: string): Header => ({ name, value: { t: "text", v } });
const nasty = (): Planted[] => [
  // no broker takes a message without a body
  ...Object.entries(nastyBodies()).filter(([, body]) => body.length > 0).map(([label, body]) => ({ label, body, headers: [] })),
  {
    label: "properties of every sort",
    body: Buffer.from("{}"),
    headers: inBrokersOrder([
      text("text", "naïve 🦊 \u0000 end"),
      text("KEYS", "ord_9f2c  ord_9f2d"),
      text("TAGS", "created || paid"),
      text("__SHARDINGKEY", "customer-17"),
      text("constructor", "no function"),
      text("quoted", '{"a":"\\u0001 \\" \n \t"}'),
      text("odd näme 🦊", "x"),
      text("long", "stack ".repeat(4_000)),
    ]),
  },
];

export async function rocketMqHarness(address: RocketMqAddress): Promise<AdapterHarness<Manifest>> {
  const client = await openRocketMq(address);
  return {
    adapter: connectRocketMq,
    entry: { module: "#workers/adapters/rocketmq/connect.ts", exportName: "connectRocketMq" },
    access: rocketMqAccess(address),
    // a name server that tells clients the proxy's address, so that nothing goes past it
    proxied: async (): Promise<Proxied<Manifest>> => {
      const proxy = await startFaultProxy({ host: address.host, port: address.brokerPort });
      const names = await startRedirectingNameServer(address, proxy.port);
      return {
        proxy,
        access: rocketMqAccess({ ...address, nameServerPort: names.port }),
        [Symbol.asyncDispose]: async () => {
          await names[Symbol.asyncDispose]();
          await proxy[Symbol.asyncDispose]();
        },
      };
    },
    nobodyThere: (nameServerPort) => rocketMqAccess({ ...address, nameServerPort }),
    wrongAccess: { ...rocketMqAccess(address), secrets: { accessSecret: "wrong-secret" } },
    halfOpen: { settings: {}, withinMs: 8_000 },
    place: () => makePlace(client),
    nasty: nasty(),
    addedHeaders: ["MSG_REGION", "TRACE_ON", "UNIQ_KEY", "CLUSTER"],
    plainNative: PLAIN,
    essence: (native) => (native.transport === "rocketmq" ? [native.flag, native.sysFlag] : native),
    nowhere: { kind: "rocketmq", topic: `nowhere-${crypto.randomUUID()}` },
    missingSource: { queue: `missing-${crypto.randomUUID()}` },
    depthKind: "upper_bound",
    async deadLetterPlace() {
      const group = `billing-${crypto.randomUUID()}`;
      await client.makeTopic("orders");
      await client.send("orders", [{ body: Buffer.from("{}") }]);
      const [message] = await client.readAll("orders");
      if (message !== undefined) await client.giveUp(group, message, "orders");
      return { source: { queue: `%DLQ%${group}` }, sign: { sign: "declared" } };
    },
    async startPrivateBroker() {
      const own = await startRocketMq();
      const owner = await openRocketMq(own);
      return {
        access: rocketMqAccess(own),
        place: () => makePlace(owner),
        restart: own.restart,
        [Symbol.asyncDispose]: async () => {
          await owner[Symbol.asyncDispose]();
          await own.stop();
        },
      };
    },
  };
}
