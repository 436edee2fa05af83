import type { Redis } from "ioredis";
import { redisList } from "#core/brokers/redis-list.ts";
import type { Native } from "#core/message/native.ts";
import { connectRedisList } from "#workers/adapters/redis/connect-list.ts";
import { type Access, type AdapterHarness, type NotApplicable, type Place, type Planted, proxiedAt } from "../adapter-harness.ts";
import { nastyBodies } from "../nasty-messages.ts";
import { openRedis, startRedis, type RedisAddress } from "./redis.ts";

type Manifest = typeof redisList;

export const listAccess = ({ host, port, password }: RedisAddress): Access<Manifest> => ({
  settings: redisList.settings.parse({ host, port }),
  secrets: { password, sentinelPassword: "" },
});

/** Cases that a broker without names for empty places can not pass. */
export const LIST_NOT_APPLICABLE: NotApplicable = {
  "capture of a missing source is not_found": "an empty list and a missing one are the same to Redis: capture waits for the first element",
  "the depth of a missing queue is unknown": "an empty list and a missing one are the same to Redis: its depth is 0, exactly",
};

/** A list of its own, pushed to from the left. */
function makePlace(redis: Redis): Place<Manifest> {
  const key = `contract:${crypto.randomUUID()}`;
  return {
    source: redisList.source.parse({ queue: key }),
    target: { kind: "redis-list", key, end: "left" },
    async put(messages) {
      for (const { body } of messages) await redis.lpush(key, Buffer.from(body));
    },
    async drain() {
      const elements = await redis.lrangeBuffer(key, 0, -1);
      await redis.del(key);
      return elements.map((body) => ({ body, headers: [] }));
    },
  };
}

const nasty = (): Planted[] => Object.entries(nastyBodies()).map(([label, body]) => ({ label, body, headers: [] }));

const PLAIN: Native = { transport: "redis-list", queue: "contract:dead", envelope: "plain", id: null, score: null, fields: [] };

/** The harness for plain lists; its own client is closed by the caller. */
export async function listHarness(address: RedisAddress): Promise<AdapterHarness<Manifest> & AsyncDisposable> {
  const redis = openRedis(address);
  await redis.connect();
  const access = listAccess(address);
  const nowhere = `contract:nowhere:${crypto.randomUUID()}`;
  await redis.set(nowhere, "a key of another type can hold no element");
  return {
    adapter: connectRedisList,
    entry: { module: "#workers/adapters/redis/connect-list.ts", exportName: "connectRedisList" },
    access,
    proxied: proxiedAt(address, (at) => listAccess({ ...address, ...at })),
    nobodyThere: (port) => listAccess({ ...address, port }),
    wrongAccess: { ...access, secrets: { password: "wrong", sentinelPassword: "" } },
    halfOpen: { settings: {}, withinMs: 6_000 },
    place: async () => makePlace(redis),
    nasty: nasty(),
    plainNative: PLAIN,
    essence: (native) => (native.transport === "redis-list" ? [native.envelope, native.fields] : native),
    nowhere: { kind: "redis-list", key: nowhere, end: "left" },
    missingSource: redisList.source.parse({ queue: `contract:missing:${crypto.randomUUID()}` }),
    depthKind: "exact",
    async deadLetterPlace() {
      const queue = `contract:${crypto.randomUUID()}:dead`;
      await redis.lpush(queue, "x");
      return { source: redisList.source.parse({ queue }), sign: { sign: "name" } };
    },
    async startPrivateBroker() {
      const own = await startRedis();
      let client = openRedis(own);
      await client.connect();
      const place = makePlace(client);
      return {
        access: listAccess(own),
        place: async () => place,
        restart: async () => {
          client.disconnect();
          await own.restart();
          client = openRedis(own);
          await client.connect();
        },
        async [Symbol.asyncDispose]() {
          client.disconnect();
          await own.stop();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  };
}
