import type { ConfiguredConnection, ConfiguredSource, RedriveConfig } from "#core/config/check.ts";
import { env } from "./env.ts";
import { DEMO_SCHEMA } from "./pgboss-traffic.ts";
import { SHOP_QUEUES } from "./shop-queues.ts";
import { answers } from "./traffic.ts";

const JOB_QUEUES = ["orders", "payments", "emails"];
/** Left for the visitor to find under Queues and to capture by hand. */
const NOT_CAPTURED = "shop.shipping_error";
const WATCH_SECONDS = 60;

/** What the demo captures: pg-boss on the embedded PostgreSQL, and RabbitMQ when one answers at its default port. */
export async function demoInstallation(databaseUrl: string): Promise<RedriveConfig> {
  const rabbit = (await answers(env.rabbitmqUrl)) ? rabbitOf(env.rabbitmqUrl) : null;
  return {
    environment: { name: "demo", tone: "blue", production: false },
    retention: { discardedDays: 30, resolvedDays: 90 },
    connections: [jobsOf(databaseUrl), ...(rabbit === null ? [] : [rabbit])],
    sources: [
      ...JOB_QUEUES.map((queue) => captured("jobs", { queue: `${queue}.dlq` })),
      ...(rabbit === null ? [] : SHOP_QUEUES.filter(({ dead }) => dead !== NOT_CAPTURED).map(({ dead }) => captured("shop", { queue: dead, type: "classic" }))),
    ],
  };
}

const captured = (connection: string, source: Record<string, unknown>): ConfiguredSource => ({
  connection,
  source,
  taken: true,
  consent: true,
  capture: true,
  watchSeconds: WATCH_SECONDS,
});

function jobsOf(url: string): ConfiguredConnection {
  const { hostname, port, pathname, username, password } = new URL(url);
  return {
    name: "jobs",
    kind: "pgboss",
    settings: {
      host: hostname,
      port: Number(port || 5432),
      database: decodeURIComponent(pathname.slice(1)),
      username: decodeURIComponent(username),
      tls: false,
      schema: DEMO_SCHEMA,
    },
    secrets: { password: decodeURIComponent(password) },
  };
}

function rabbitOf(url: string): ConfiguredConnection {
  const { hostname, port, pathname, username, password } = new URL(url);
  return {
    name: "shop",
    kind: "rabbitmq",
    settings: {
      host: hostname,
      port: Number(port || 5672),
      vhost: decodeURIComponent(pathname.slice(1)) || "/",
      username: decodeURIComponent(username) || "guest",
      tls: false,
      managementUrl: "",
      heartbeatSeconds: 10,
      queues: SHOP_QUEUES.flatMap(({ queue, dead }) => [queue, dead]).join("\n"),
    },
    secrets: { password: decodeURIComponent(password) || "guest" },
  };
}
