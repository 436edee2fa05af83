import type { ConfiguredConnection } from "#core/config/check.ts";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { captured, type DemoBroker } from "./demo-broker.ts";
import { env } from "./env.ts";

const { hostname, port, username, password } = new URL(env.redisUrl);
const server = { host: hostname, port: Number(port || 6379), username: decodeURIComponent(username) };
const secrets: ConfiguredConnection["secrets"] = { password: decodeURIComponent(password), sentinelPassword: "" };

/** Orders in a stream whose group has no dead-letter queue: its stuck entries are captured. */
export const redisStreamDemo: DemoBroker = {
  name: "Redis",
  url: env.redisUrl,
  connection: { name: "orders", kind: "redis-stream", settings: redisStream.settings.parse({ ...server, keys: "demo:*" }), secrets },
  sources: [captured("orders", redisStream.source.parse({ queue: "demo:orders", stuckIn: "fulfilment", minDeliveries: 3, minIdleMs: 5_000 }))],
  start: async (options) => (await import("./redis-traffic.ts")).start(options),
};

/** Payments in a list, dead ones as JSON with the error beside the payload. */
