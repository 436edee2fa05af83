import { z } from "zod";
import { defineManifest } from "./manifest.ts";
import { isListenable, isOrder, isSubject } from "./nats-subject.ts";

const STREAM = /^[^\s.*>\\/\0]{1,255}$/;
const STREAM_WORDS = "a stream's name: no dots, spaces, * or >";
const stream = z.string().regex(STREAM, STREAM_WORDS);
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
  source: z
    .strictObject({
      /** A stream; in the mode `subject` a subject of core NATS, with wildcards or without. */
      queue: z.string().min(1).max(1_024),
      /**
       * `advisories`: the stream holds advisories, each of which points to a message. `subject`: no stream at all, for routes only,
       * since what is sent while no worker listens is lost.
       */
      mode: z.enum(["stream", "advisories", "subject"]).default("stream"),
      /** Of a dead-letter stream: what its retention does with a message that is acknowledged. */
      retention: z.enum(["limits", "interest", "workqueue"]).default("limits"),
      /** Only messages of this subject. */
      subject: subject.optional(),
      /** In the mode `subject`: the queue group to listen in; each message goes to one of its members. */
      group: z.string().regex(/^[^\s\0]{1,255}$/, "a name without spaces").optional(),
    })
    .superRefine(({ queue, mode, subject: only, group }, { addIssue }) => {
      const wrong = (path: string, message: string): void => addIssue({ code: "custom", path: [path], message });
      if (mode !== "subject" && !STREAM.test(queue)) wrong("queue", STREAM_WORDS);
      if (mode !== "subject" && group !== undefined) wrong("group", "a queue group belongs to a subject, not to a stream");
      if (mode === "subject" && !isListenable(queue)) wrong("queue", "a subject to listen to that begins with a word of your own, e.g. orders.>");
      if (mode === "subject" && only !== undefined) wrong("subject", "the queue is the subject");
    }),
  target: z
    .strictObject({
      kind: z.literal("nats"),
      subject: subject.refine(isSubject, "a subject to publish to: no empty part, no wildcard"),
      /** The stream that must keep it; null for any. */
      stream: stream.nullable().default(null),
      /**
       * `at_most_once`: given to whoever listens at that moment, as core NATS does, and kept by nobody. Absent: a stream has to
       * say that it keeps it.
       */
      delivery: z.literal("at_most_once").optional(),
    })
    .superRefine(({ subject: to, stream: keeper, delivery }, { addIssue }) => {
      if (delivery === undefined) return;
      if (keeper !== null) addIssue({ code: "custom", path: ["stream"], message: "a stream keeps it, or it is delivered at most once" });
      if (isOrder(to)) addIssue({ code: "custom", path: ["subject"], message: "an order to the server, not a place for messages" });
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
    "subscribe to the subjects of core NATS that routes read",
  ],
  capabilities: { discover: true },
  about: {
    client: "@nats-io/transport-node and @nats-io/jetstream.",
    capture: "advisories of messages given up are kept in a stream of Redrive's, and the message is read by its sequence; dead-letter streams are read with a durable pull consumer. A route may also listen to a subject of core NATS, in a queue group or beside all others, at most once: NATS keeps nothing of it, so what is sent while no worker listens is lost, and each gap is told in a notice.",
    depth: "exact, by the consumer's pending or what a work queue or interest stream holds; an upper bound for a limits stream, which keeps what was read.",
    resend: "to the original subject under a new `Nats-Msg-Id`, expecting the stream. With `delivery: at_most_once` by core NATS: confirmed says that the server took it and somebody listened, not that anyone has processed it; refused that nobody listened.",
  },
});
