import { z } from "zod";
import { defineManifest } from "./manifest.ts";

/** A full name; partitions are addressed as topics of their own. */
const topic = z
  .string()
  .max(1_024)
  .regex(/^(?:non-)?persistent:\/\/[^/\s]+\/[^/\s]+\/[^\s]+$/, "persistent://tenant/namespace/topic");

export const pulsar = defineManifest({
  kind: "pulsar",
  label: "Pulsar",
  settings: z.strictObject({
    /** Base URL of a broker's or proxy's web service: admin REST API, and WebSocket API where no other is given. */
    webServiceUrl: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:8080"),
    webSocketUrl: z.union([z.literal(""), z.url({ protocol: /^wss?$/ })]).default(""),
    /** Namespaces to list, one `tenant/namespace` a line. */
    namespaces: z.string().default("public/default"),
    /** Name of Redrive's own durable subscription. */
    subscription: z.string().min(1).max(255).default("redrive"),
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
  permissions: ["consume on the topics to capture", "produce on the topics to resend to", "admin read of the namespaces: topics and stats"],
  capabilities: { discover: true },
  about: {
    client: "the WebSocket API and the admin REST API.",
    capture: "`-DLQ` topics are read with a durable subscription of Redrive's own.",
    depth: "the subscription's precise backlog.",
    resend: "to the original topic with key and properties; stale counters are dropped.",
  },
});
