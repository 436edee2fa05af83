import { redisStream } from "#core/brokers/redis-stream.ts";
import type { Header } from "#core/message/header.ts";
import type { Native } from "#core/message/native.ts";
import { connectRedisStream } from "#workers/adapters/redis/connect.ts";
import { type Access, type AdapterHarness, type Place, type Planted, proxiedAt } from "../adapter-harness.ts";
import { nastyBodies } from "../nasty-messages.ts";
import { openRedis, startRedis, type RedisAddress } from "./redis.ts";
import type { Redis } from "ioredis";

type Manifest = typeof redisStream;
export type StreamMode = "dead" | "stuck";

const GROUP = "workers";

export const streamAccess = ({ host, port, password }: RedisAddress): Access<Manifest> => ({
  settings: redisStream.settings.parse({ host, port }),
  secrets: { password, sentinelPassword: "" },
});

/** A message as a producer writes it: some headers, the payload, the other headers. */
const fieldsOf = ({ body, headers }: Pick<Planted, "body" | "headers">): Buffer[] => [
  ...headers.slice(0, 1).flatMap(written),
  Buffer.from("payload"),
  Buffer.from(body),
  ...headers.slice(1).flatMap(written),
];
const written = ({ name, value }: Header): Buffer[] => [Buffer.from(name), value.t === "bytes" ? Buffer.from(value.v, "base64") : Buffer.from("v" in value ? String(value.v) : "")];

/** A fresh stream; of `stuck`, every entry was delivered too often to a consumer that is gone. */
async function makePlace(redis: Redis, mode: StreamMode): Promise<Place<Manifest>> {
  const key = `contract:${crypto.randomUUID()}`;
  await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
  return {
    source: mode === "dead" ? redisStream.source.parse({ queue: key }) : redisStream.source.parse({ queue: key, stuckIn: GROUP, minIdleMs: 1_000 }),
    target: { kind: "redis-stream", key },
    async put(messages) {
      for (let at = 0; at < messages.length; at += 100) {
        const pipeline = redis.pipeline();
        for (const message of messages.slice(at, at + 100)) pipeline.xadd(key, "*", ...fieldsOf(message));
        const added = (await pipeline.exec()) ?? [];
        for (const [error] of added) if (error !== null) throw error;
        if (mode === "stuck") await stick(redis, key);
      }
    },
    ...(mode === "stuck" ? { fail: () => stick(redis, key) } : {}),
    async drain() {
      const entries = await redis.xrangeBuffer(key, "-", "+");
      await redis.xtrim(key, "MAXLEN", 0);
      return entries.map(([, fields]) => ({ body: fields[fields.findIndex((field, at) => at % 2 === 0 && field.toString() === "payload") + 1] ?? Buffer.alloc(0), headers: [] }));
    },
  };
}

/** Delivers what is new to a consumer, and makes it look as if that was long ago and often. */
export async function stick(redis: Redis, key: string, group = GROUP, consumer = "gone"): Promise<void> {
  const read = (await redis.xreadgroup("GROUP", group, consumer, "COUNT", 10_000, "STREAMS", key, ">")) as [string, [string, string[]][]][] | null;
  const ids = (read?.[0]?.[1] ?? []).map(([id]) => id);
  if (ids.length > 0) await redis.call("XCLAIM", key, group, consumer, 0, ...ids, "IDLE", 600_000, "RETRYCOUNT", 9, "JUSTID");
}

const nasty = (): Planted[] => [
  ...Object.entries(nastyBodies()).map(([label, body]) => ({ label, body, headers: [] })),
  {
    label: "fields of every sort",
    body: Buffer.from("{}"),
    headers: [
      { name: "text", value: { t: "text", v: "naïve 🦊 \u0000 end" } },
      { name: "empty", value: { t: "text", v: "" } },
      { name: "", value: { t: "text", v: "no name" } },
      { name: "bytes", value: { t: "bytes", v: Buffer.of(0xff, 0xfe, 0, 0x80).toString("base64") } },
      { name: "twice", value: { t: "text", v: "1" } },
      { name: "twice", value: { t: "text", v: "2" } },
      { name: "__proto__", value: { t: "text", v: "polluted" } },
      { name: "long", value: { t: "text", v: "stack ".repeat(50_000) } },
    ],
  },
];

const PLAIN: Native = { transport: "redis-stream", queue: "contract:dlq", entryId: "0-1", body: { field: "payload", at: 0 }, pending: null };

/** The harness for one way of capturing a stream. `others` are closed by the caller. */
export async function streamHarness(address: RedisAddress, mode: StreamMode): Promise<AdapterHarness<Manifest> & AsyncDisposable> {
  const redis = openRedis(address);
  await redis.connect();
  const access = streamAccess(address);
  return {
    adapter: connectRedisStream,
    entry: { module: "#workers/adapters/redis/connect.ts", exportName: "connectRedisStream" },
    access,
    proxied: proxiedAt(address, (at) => streamAccess({ ...address, ...at })),
    nobodyThere: (port) => streamAccess({ ...address, port }),
    wrongAccess: { ...access, secrets: { password: "wrong", sentinelPassword: "" } },
    halfOpen: { settings: {}, withinMs: 6_000 },
    place: () => makePlace(redis, mode),
    nasty: nasty(),
    plainNative: PLAIN,
    essence: (native) => (native.transport === "redis-stream" ? native.body : native),
    nowhere: { kind: "redis-stream", key: `contract:nowhere:${crypto.randomUUID()}` },
    missingSource: redisStream.source.parse({ queue: `contract:missing:${crypto.randomUUID()}`, ...(mode === "dead" ? {} : { stuckIn: GROUP }) }),
    depthKind: "exact",
    async deadLetterPlace() {
      const place = await makePlace(redis, mode);
      if (mode === "stuck") {
        await place.put([{ label: "x", body: Buffer.from("x"), headers: [] }]);
        return { source: redisStream.source.parse({ queue: place.source.queue, stuckIn: GROUP }), sign: { sign: "target_of", queue: place.source.queue } };
      }
      const key = `${place.source.queue}:dlq`;
      await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
      return { source: redisStream.source.parse({ queue: key }), sign: { sign: "name" } };
    },
    async startPrivateBroker() {
      const own = await startRedis();
      const client = { redis: openRedis(own) };
      await client.redis.connect();
      return {
        access: streamAccess(own),
        place: () => makePlace(client.redis, mode),
        restart: async () => {
          client.redis.disconnect();
          await own.restart();
          client.redis = openRedis(own);
          await client.redis.connect();
        },
        async [Symbol.asyncDispose]() {
          client.redis.disconnect();
          await own.stop();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  };
}
