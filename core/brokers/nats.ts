import { z } from "zod";
import { defineManifest } from "./manifest.ts";

const stream = z.string().regex(/^[^\s.*>\\/\0]{1,255}$/, "a stream's name: no dots, spaces, * or >");
const subject = z.string().regex(/^[^\s\0]{1,1024}$/, "a subject without spaces");

export const nats = defineManifest({
  kind: "nats",
  label: "NATS JetStream",
  settings: z.strictObject({
    /** One `host:port`, several parted by commas. */
    servers: z.string().min(1).default("127.0.0.1:4222"),
    username: z.string().default(""),
    tls: z.boolean().default(false),
    /** JetStream domain; empty for the server's own. */
    domain: z.string().default(""),
    /** The stream in which Redrive keeps advisories of messages that were given up. */
    advisoryStream: stream.default("REDRIVE_ADVISORIES"),
  }),
  secrets: z.strictObject({
    password: z.string().default(""),
    token: z.string().default(""),
    /** Content of a .creds file: JWT and seed. */
    credentials: z.string().default(""),
  }),
  source: z.strictObject({
    queue: stream,
    /** `advisories`: the stream holds advisories, each of which points to a message. */
    mode: z.enum(["stream", "advisories"]).default("stream"),
    /** Of a dead-letter stream: what its retention does with a message that is acknowledged. */
    retention: z.enum(["limits", "interest", "workqueue"]).default("limits"),
    /** Only messages of this subject. */
    subject: subject.optional(),
  }),
  target: z.strictObject({
    kind: z.literal("nats"),
    subject,
    /** The stream that must keep it; null for any. */
    stream: stream.nullable().default(null),
  }),
  form: {
    settings: [
      { name: "servers", input: "text", placeholder: "nats-1.internal:4222, nats-2.internal:4222" },
      { name: "username", input: "text" },
      { name: "tls", input: "switch" },
      { name: "domain", input: "text" },
      { name: "advisoryStream", input: "text", placeholder: "REDRIVE_ADVISORIES" },
    ],
    secrets: [
      { name: "password", input: "password" },
      { name: "token", input: "password" },
      { name: "credentials", input: "lines" },
    ],
  },
  permissions: [
    "publish $JS.API.> and subscribe _INBOX.>",
    "publish $JS.ACK.<stream>.> for the streams to capture",
    "publish on the subjects to resend to",
  ],
  capabilities: { discover: true },
  about: {
    client: "@nats-io/transport-node and @nats-io/jetstream.",
    capture: "advisories of messages given up are kept in a stream of Redrive's, and the message is read by its sequence; dead-letter streams are read with a durable pull consumer.",
    depth: "exact, by the consumer's pending or what a work queue or interest stream holds; an upper bound for a limits stream, which keeps what was read.",
    resend: "to the original subject under a new `Nats-Msg-Id`, expecting the stream.",
  },
});
