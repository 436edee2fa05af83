import { z } from "zod";
import { defineManifest } from "./manifest.ts";

export const rabbitmq = defineManifest({
  kind: "rabbitmq",
  label: "RabbitMQ",
  settings: z.strictObject({
    host: z.string().min(1).default("127.0.0.1"),
    port: z.coerce.number().int().min(1).max(65535).default(5672),
    vhost: z.string().min(1).default("/"),
    username: z.string().min(1).default("guest"),
    tls: z.boolean().default(false),
    /** Base URL of the management API, e.g. http://127.0.0.1:15672; empty where there is none. */
    managementUrl: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]).default(""),
    heartbeatSeconds: z.coerce.number().int().min(1).max(600).default(10),
    /** Queues to watch where there is no management API to list them, one name a line. */
    queues: z.string().default(""),
  }),
  secrets: z.strictObject({ password: z.string().min(1) }),
  source: z.strictObject({
    queue: z.string().min(1).max(255),
    type: z.enum(["classic", "quorum", "stream"]).default("classic"),
  }),
  target: z.strictObject({
    kind: z.literal("rabbitmq"),
    exchange: z.string().max(255),
    routingKey: z.string().max(255),
  }),
  form: {
    settings: [
      { name: "host", input: "text", placeholder: "rabbitmq.internal" },
      { name: "port", input: "number", placeholder: "5672" },
      { name: "vhost", input: "text", placeholder: "/" },
      { name: "username", input: "text" },
      { name: "tls", input: "switch" },
      { name: "managementUrl", input: "text", placeholder: "https://rabbitmq.internal:15671" },
      { name: "heartbeatSeconds", input: "number", placeholder: "10" },
      { name: "queues", input: "lines", placeholder: "orders.dlq" },
    ],
    secrets: [{ name: "password", input: "password" }],
  },
  permissions: [
    "read on the queues to capture",
    "write on the exchanges to resend to (the default exchange needs write on amq.default)",
    "tag monitoring, to list queues through the management API",
  ],
  capabilities: { discover: true },
  about: {
    client: "amqplib (AMQP 0-9-1), with the management API where there is one.",
    capture: "classic and quorum queues are emptied: each message is acknowledged once it is stored; a stream is read on by offset and left as it is.",
    depth: "exact, by the management API's totals or a passive declare; a stream's is not told before RabbitMQ 3.13.",
    resend: "with confirms and `mandatory`, to the failed queue through the default exchange, or to the first exchange.",
  },
});
