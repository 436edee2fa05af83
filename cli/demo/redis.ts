import type { ConfiguredConnection } from "#core/config/check.ts";
import { redisList } from "#core/brokers/redis-list.ts";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { captured, type DemoBroker } from "./demo-broker.ts";
import { env } from "./env.ts";

const { hostname, port, username, password } = new URL(env.redisUrl);
const server = { host: hostname, port: Number(port || 6379), username: decodeURIComponent(username) };
const secrets: ConfiguredConnection["secrets"] = { password: decodeURIComponent(password), sentinelPassword: "" };

/** Orders in a stream whose group has no dead-letter queue: its stuck entries are captured. */
export const redisStreamDemo: DemoBroker = {
  name: "Redis streams",
  url: env.redisUrl,
  connection: { name: "orders", kind: "redis-stream", settings: redisStream.settings.parse({ ...server, keys: "demo:*" }), secrets },
  sources: [captured("orders", redisStream.source.parse({ queue: "demo:orders", stuckIn: "fulfilment", minDeliveries: 3, minIdleMs: 5_000 }))],
  start: async (options) => (await import("./redis-traffic.ts")).start(options),
};

/** Mails in a list; a dead one is JSON with the error beside the payload. */
export const redisListDemo: DemoBroker = {
  name: "Redis lists",
  url: env.redisUrl,
  connection: { name: "mails", kind: "redis-list", settings: redisList.settings.parse({ ...server, keys: "demo:*" }), secrets },
  sources: [
    captured(
      "mails",
      redisList.source.parse({
        queue: "demo:mails:dead",
        pointers: { id: "/id", payload: "/payload", headers: "/payload", queue: "/queue", error: "/error/message", errorType: "/error/name", stack: "/error/stack", failedAt: "/failedAt", attempts: "/attempts" },
      }),
    ),
  ],
  start: async (options) => (await import("./redis-list-traffic.ts")).start(options),
};
