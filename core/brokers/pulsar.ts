import { z } from "zod";
import { defineManifest } from "./manifest.ts";

/** A full name, of a partitioned topic or of one partition. A non-persistent topic keeps nothing, so it is no place to read from or to send to. */
const topic = z
  .string()
  .max(1_024)
  .regex(/^persistent:\/\/[^/\s]+\/[^/\s]+\/[^\s]+$/, "persistent://tenant/namespace/topic; a non-persistent topic keeps nothing");
const namespaces = z.string().regex(/^\s*[^/\s,]+\/[^/\s,]+(?:[\s,]+[^/\s,]+\/[^/\s,]+)*\s*$/, "tenant/namespace, one a line");

export const pulsar = defineManifest({
  kind: "pulsar",
  label: "Pulsar",
  settings: z.strictObject({
    /** Base URL of a broker's or proxy's web service: admin REST API, and WebSocket API where no other is given. */
    webServiceUrl: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:8080"),
    webSocketUrl: z.union([z.literal(""), z.url({ protocol: /^wss?$/ })]).default(""),
    /** Namespaces to list, one `tenant/namespace` a line. */
    namespaces: namespaces.default("public/default"),
    /** Name of Redrive's own durable subscription, on every topic it captures. */
    subscription: z.string().regex(/^[^/\s]{1,255}$/, "no slash and no blank").default("redrive"),
  }),
  secrets: z.strictObject({ token: z.string().default("") }),
  source: z.strictObject({ queue: topic }),
  target: z.strictObject({ kind: z.literal("pulsar"), topic }),
  form: {
    settings: [
      { name: "webServiceUrl", input: "text", placeholder: "https://pulsar.internal:8443" },
      { name: "webSocketUrl", input: "text", placeholder: "wss://pulsar.internal:8443" },
      { name: "namespaces", input: "lines", placeholder: "public/default" },
      { name: "subscription", input: "text", placeholder: "redrive" },
    ],
    secrets: [{ name: "token", input: "password" }],
  },
  permissions: [
    "consume on the namespaces to list, or on the topics to capture (it includes making the subscription, and statistics)",
    "produce on the topics to resend to",
    "admin of the tenant, where retention, TTL and backlog quota of dead-letter topics are to be checked",
  ],
  capabilities: { discover: true },
  about: {
    client: "the WebSocket API (`ws`) and the admin REST API.",
    capture: "topics are read with a durable subscription of Redrive's own, made at the oldest message; messages are acknowledged there after they are stored, and stay for all others.",
    depth: "the subscription's precise backlog; an estimate where a producer writes batches, of which the broker counts entries.",
    resend: "to the original topic with key, properties and event time; stale counters are dropped. A topic that is missing is not made.",
  },
});
