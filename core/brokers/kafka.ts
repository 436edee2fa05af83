import { z } from "zod";
import { defineManifest } from "./manifest.ts";

/** One `host:port`, several parted by commas or lines. */
const addresses = z.string().regex(/^\s*[^\s,:]+:\d{1,5}(?:[\s,]+[^\s,:]+:\d{1,5})*\s*$/, "host:port, several parted by commas");
const registryUrl = z
  .string()
  .max(2_000)
  .refine((url) => url === "" || /^https?:\/\/[^\s/?#]+/.test(url), "an address that begins with http:// or https://")
  .refine((url) => !/^[a-z]+:\/\/[^/?#]*@/i.test(url), "leave out user and password: schemaRegistryUser and schemaRegistryPassword are for them");
const topic = z.string().regex(/^[A-Za-z0-9._-]{1,249}$/, "letters, digits, dot, underscore and hyphen");

export const kafka = defineManifest({
  kind: "kafka",
  label: "Kafka",
  settings: z.strictObject({
    brokers: addresses.default("127.0.0.1:9092"),
    tls: z.boolean().default(false),
    saslMechanism: z.enum(["none", "plain", "scram-sha-256", "scram-sha-512"]).default("none"),
    username: z.string().default(""),
    /** Name of Redrive's own consumer group; each source has one, `<group>.<topic>`. */
    group: z.string().min(1).max(150).default("redrive"),
    /** Base address of a schema registry; empty: payloads are not looked up in one. */
    schemaRegistryUrl: registryUrl.default(""),
    schemaRegistryUser: z.string().max(500).default(""),
  }),
  secrets: z.strictObject({ password: z.string().default(""), schemaRegistryPassword: z.string().default("") }),
  source: z.strictObject({ queue: topic }),
  target: z.strictObject({
    kind: z.literal("kafka"),
    topic,
    /** Null: by the key, as the producer's partitioner would. */
    partition: z.number().int().min(0).nullable().default(null),
  }),
  form: {
    settings: [
      { name: "brokers", input: "text", placeholder: "kafka-1.internal:9092, kafka-2.internal:9092" },
      { name: "tls", input: "switch" },
      { name: "saslMechanism", input: "choice", choices: ["none", "plain", "scram-sha-256", "scram-sha-512"] },
      { name: "username", input: "text" },
      { name: "group", input: "text", placeholder: "redrive" },
      { name: "schemaRegistryUrl", input: "text", placeholder: "https://registry.internal:8081" },
      { name: "schemaRegistryUser", input: "text" },
    ],
    secrets: [
      { name: "password", input: "password" },
      { name: "schemaRegistryPassword", input: "password" },
    ],
  },
  permissions: [
    "describe and read on the topics to capture",
    "read on the consumer groups that begin with the group's name",
    "describe on the groups whose lag is to be shown",
    "read on the topics that share groups' letters point to",
    "write and describe on the topics to resend to, and idempotent write",
    "in the schema registry, if one is given: read schemas and subjects",
  ],
  capabilities: { discover: true },
  about: {
    client: "kafkajs, with gzip, snappy, lz4 and zstd.",
    capture: "records are read with a consumer group of Redrive's own and stay in the topic; offsets are committed after they are stored. A share group's letter comes with the record it points to.",
    depth: "end offsets minus the group's; an upper bound where the log has gaps. The groups that read a topic are listed with their lag, but share groups, which commit no offsets.",
    resend: "idempotent producer, acks=all, with the same key, on the same partition where the count is unchanged.",
  },
});
