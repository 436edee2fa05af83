import { z } from "zod";
import { defineManifest } from "./manifest.ts";

const proxy = z.string().regex(/^$|^[^\s,;:]+:\d{1,5}$/, "host:port, or empty");
const nameServers = z.string().regex(/^[^\s,;:]+:\d{1,5}([;,]\s*[^\s,;:]+:\d{1,5})*$/, "host:port, several with ; between them");
const topic = z.string().regex(/^[A-Za-z0-9|%_.+-]{1,255}$/, "letters, digits and | % _ . + -");

export const rocketmq = defineManifest({
  kind: "rocketmq",
  label: "RocketMQ",
  settings: z.strictObject({
    /** The 5.x proxy (gRPC) to send through; empty: the brokers themselves. */
    proxy: proxy.default(""),
    /** The name servers (remoting), to find brokers, offsets and dead-letter topics. */
    nameServer: nameServers.default("127.0.0.1:9876"),
    accessKey: z.string().default(""),
    tls: z.boolean().default(false),
    /** Name of Redrive's own consumer group. */
    group: z
      .string()
      .regex(/^[A-Za-z0-9|%_-]{1,120}$/, "letters, digits and | % _ -")
      .default("redrive"),
  }),
  secrets: z.strictObject({ accessSecret: z.string().default("") }),
  source: z.strictObject({ queue: topic }),
  target: z.strictObject({ kind: z.literal("rocketmq"), topic }),
  form: {
    settings: [
      { name: "proxy", input: "text", placeholder: "rocketmq-proxy.internal:8081" },
      { name: "nameServer", input: "text", placeholder: "rocketmq-namesrv.internal:9876" },
      { name: "accessKey", input: "text" },
      { name: "tls", input: "switch" },
      { name: "group", input: "text", placeholder: "redrive" },
    ],
    secrets: [{ name: "accessSecret", input: "password" }],
  },
  permissions: ["SUB and GET on the %DLQ% topics", "SUB on Redrive's own group", "PUB on the topics to resend to", "For warnings only: GET on the cluster, SUB on the groups that failed"],
  capabilities: { discover: true },
  about: {
    client: "RocketMQ's remoting protocol, spoken to name servers and brokers, and rocketmq-client-nodejs to send through a 5.x proxy.",
    capture: "`%DLQ%` topics are read by offset on every broker and left as they are; the offsets of Redrive's own group follow.",
    depth: "from offsets: what Redrive's group has not read yet. An upper bound.",
    resend: "a new message to the real topic, with keys, tags and properties; through the proxy where one is set and can carry it, else to the topic's broker.",
  },
});
