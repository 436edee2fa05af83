import { randomUUID } from "node:crypto";
import { AckPolicy, RetentionPolicy, jetstreamManager, type JetStreamManager, type StreamConfig } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { z } from "zod";
import { nats } from "#core/brokers/nats.ts";
import type { Header } from "#core/message/header.ts";
import type { NatsNative } from "#core/message/native.ts";
import { messageAt } from "#workers/adapters/nats/advisory.ts";
import { carrying } from "#workers/adapters/nats/client.ts";
import { connectNats } from "#workers/adapters/nats/connect.ts";
import { connect as openConnection } from "#workers/adapters/nats/connection.ts";
import { encodeBlock } from "#workers/adapters/nats/header-block.ts";
import { type Access, type AdapterHarness, type Place, type Planted, proxiedAt } from "../adapter-harness.ts";
import { nastyBodies } from "../nasty-messages.ts";
import { startNats, type NatsAddress } from "./nats.ts";

export type NatsManifest = typeof nats;
type Retention = z.infer<NatsManifest["source"]>["retention"];

export const natsAccess = ({ host, port, username, password }: NatsAddress, settings: Partial<z.infer<NatsManifest["settings"]>> = {}): Access<NatsManifest> => ({
  settings: { ...nats.settings.parse({ servers: `${host}:${port}`, username }), ...settings },
  secrets: nats.secrets.parse({ password }),
});

/** A connection past the adapter, for streams, consumers and messages. */
export type NativeNats = { readonly nc: NatsConnection; readonly jsm: JetStreamManager };

export async function openNative({ host, port, username, password }: NatsAddress): Promise<NativeNats> {
  const nc = await connect({ servers: `${host}:${port}`, user: username, pass: password });
  return { nc, jsm: await jetstreamManager(nc, { checkAPI: false }) };
}

/** Makes a stream of a new name that keeps `<name>.>`. */
export async function makeStream({ jsm }: NativeNats, config: Partial<StreamConfig> = {}): Promise<string> {
  const name = config.name ?? `T${randomUUID().replaceAll("-", "")}`;
  await jsm.streams.add({ subjects: [`${name}.>`], ...config, name });
  return name;
}

/** Publishes one after the other and waits for the stream's word; headers go as the block they are. */
export async function putNatively({ nc }: NativeNats, subject: string, messages: readonly Pick<Planted, "body" | "headers">[]): Promise<void> {
  for (const { body, headers } of messages) {
    const block = encodeBlock(headers);
    const answer = await nc.request(subject, body, { timeout: 20_000, ...(block.length === 0 ? {} : { headers: carrying(block) }) });
    if (!answer.string().includes('"stream"')) throw new Error(`the stream did not take the message: ${answer.string()}`);
  }
}

/**
 * Has a consumer that gives a message up after one delivery take `count` messages of a stream, and answers `word` to each.
 * The server announces what was given up after a NAK only when it would deliver again: when the consumer asks for more.
 */
export async function failMessages(
  { nc, jsm }: NativeNats,
  { stream, consumer, count, word }: { stream: string; consumer: string; count: number; word: "-NAK" | "+TERM" },
): Promise<void> {
  await jsm.consumers.add(stream, { durable_name: consumer, ack_policy: AckPolicy.Explicit, max_deliver: 1 });
  const inbox = `fail.${randomUUID()}`;
  const ask = (pull: object): void => nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(pull), { reply: inbox });
  const deliveries = nc.subscribe(inbox);
  ask({ batch: count, expires: 10e9 });
  let left = count;
  for await (const message of deliveries) {
    // the end of the second pull
    if (left === 0) break;
    await nc.request(message.reply ?? "", word, { timeout: 20_000 });
    left -= 1;
    if (left === 0) ask({ batch: 1, expires: 200e6 });
  }
}

/** Everything a stream holds, read by sequence with the API, then purged. */
async function drainNatively(server: NatsAddress, native: NativeNats, stream: string): Promise<{ body: Uint8Array; headers: readonly Header[] }[]> {
  const { settings, secrets } = natsAccess(server);
  const connection = await openConnection({ name: "drain", settings, secrets }, AbortSignal.timeout(10_000));
  const { state } = await native.jsm.streams.info(stream);
  const sequences = Array.from({ length: Math.max(0, state.last_seq - state.first_seq + 1) }, (_, i) => String(state.first_seq + i));
  const found = await Promise.all(sequences.map((sequence) => messageAt(connection, stream, sequence)));
  await native.jsm.streams.purge(stream);
  await connection.close();
  return found.flatMap((message) => (message === null ? [] : [message]));
}

/** An interest stream keeps nothing before somebody reads it: the adapter's own consumer, made the way it makes it. */
async function makePlace(server: NatsAddress, native: NativeNats, retention: Retention): Promise<Place<NatsManifest> & { stream: string }> {
  const stream = await makeStream(native, { retention });
  const source = nats.source.parse({ queue: stream, retention });
  if (retention === "interest") {
    await native.jsm.consumers.add(stream, { durable_name: "redrive", ack_policy: AckPolicy.Explicit, ack_wait: 9e9, max_deliver: -1, max_ack_pending: 20_000 });
  }
  const subject = `${stream}.dead`;
  return {
    stream,
    source,
    target: { kind: "nats", subject, stream },
    put: (messages) => putNatively(native, subject, messages),
    drain: () => drainNatively(server, native, stream),
  };
}

const bytes = (...codes: number[]): string => Buffer.from(codes).toString("base64");

/** What the header block of NATS can hold, beyond what its clients mean it to. */
const NASTY_HEADERS: readonly Header[] = [
  { name: "b", value: { t: "text", v: "order between names" } },
  { name: "A", value: { t: "text", v: "first" } },
  { name: "b", value: { t: "text", v: "and among equals" } },
  { name: "a", value: { t: "text", v: "case is kept" } },
  { name: "Empty", value: { t: "text", v: "" } },
  { name: "Spaces", value: { t: "text", v: "  before and after \t " } },
  { name: "Colons", value: { t: "text", v: "http://[::1]:80" } },
  { name: "Unicode näme 🦊", value: { t: "text", v: "naïve 🦊 \u0000 end" } },
  { name: "Not-UTF-8", value: { t: "bytes", v: bytes(0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28) } },
  { name: "__proto__", value: { t: "text", v: "polluted" } },
  { name: "constructor", value: { t: "text", v: "x" } },
  { name: "no colon", value: { t: "void" } },
  { name: "Long", value: { t: "text", v: "stack ".repeat(2_000) } },
  { name: "n".repeat(255), value: { t: "text", v: "a long name" } },
];

const nastyMessages = (): Planted[] => [
  ...Object.entries(nastyBodies()).map(([label, body]) => ({ label, body, headers: [] })),
  { label: "nasty headers", body: new Uint8Array(), headers: NASTY_HEADERS },
  { label: "headers and a body", body: Buffer.from("NATS/1.0\r\nnot: a header\r\n\r\n"), headers: NASTY_HEADERS.slice(0, 3) },
];

const PLAIN: NatsNative = {
  transport: "nats",
  queue: "CONTRACT",
  stream: "CONTRACT",
  subject: "contract.dead",
  sequence: "1",
  time: "2026-03-14T09:26:53.123456789Z",
  advisory: null,
};

/** The harness for one retention; `close` ends what it opened. */
export async function natsHarness(server: NatsAddress, retention: Retention): Promise<{ readonly harness: AdapterHarness<NatsManifest>; close(): Promise<void> }> {
  const native = await openNative(server);
  const harness: AdapterHarness<NatsManifest> = {
    adapter: connectNats,
    entry: { module: "#workers/adapters/nats/connect.ts", exportName: "connectNats" },
    access: natsAccess(server),
    proxied: proxiedAt(server, (address) => natsAccess({ ...server, ...address })),
    nobodyThere: (port) => natsAccess({ ...server, port }),
    wrongAccess: natsAccess({ ...server, password: "wrong" }),
    halfOpen: { settings: {}, withinMs: 9_000 },
    place: () => makePlace(server, native, retention),
    nasty: nastyMessages(),
    addedHeaders: ["Nats-Msg-Id", "Nats-Expected-Stream"],
    plainNative: PLAIN,
    // the stream is the place's own, sequence and time are new with every publish
    essence: (native_) => (native_.transport === "nats" ? [native_.advisory, native_.subject?.split(".").slice(1)] : native_),
    nowhere: { kind: "nats", subject: `nowhere.${randomUUID()}`, stream: null },
    missingSource: nats.source.parse({ queue: `MISSING-${randomUUID()}`, retention }),
    depthKind: retention === RetentionPolicy.Limits ? "upper_bound" : "exact",
    async deadLetterPlace() {
      if (retention !== "limits") {
        const queue = await makeStream(native, { name: `ORDERS-DLQ-${randomUUID()}`, retention });
        return { source: nats.source.parse({ queue, retention }), sign: { sign: "name" } };
      }
      return { source: nats.source.parse({ queue: "REDRIVE_ADVISORIES", mode: "advisories" }), sign: { sign: "declared" } };
    },
    async startPrivateBroker() {
      const own = await startNats();
      const connection = await openNative(own);
      return {
        access: natsAccess(own),
        place: () => makePlace(own, connection, retention),
        restart: own.restart,
        async [Symbol.asyncDispose]() {
          await connection.nc.close();
          await own.stop();
        },
      };
    },
  };
  return { harness, close: () => native.nc.close() };
}
