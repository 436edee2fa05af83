import { createRequire } from "node:module";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import type * as amqplibTypes from "amqplib";
import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage, Message, Options, SocketOptions } from "amqplib";

/**
 * The only importer of amqplib, pinned to one version, because it reaches inside: amqplib turns header tables and
 * timestamps into JavaScript values and back, which loses the width of integers, all beyond 2^53, text that is not
 * UTF-8, repeated names and the order; and it refuses tables over 64 KiB. So content headers pass through here as
 * bytes, both ways, by replacing two functions of lib/defs.js before the files that copy them are loaded.
 * Everything else (methods, arguments, frames) stays amqplib's.
 */
const VERSION = "2.3.1";
const CONTENT_HEADER = Symbol.for("redrive.content-header");
const PATCHED = Symbol.for("redrive.amqplib-patched");

type Defs = {
  decode(id: number, bytes: Buffer): unknown;
  encodeProperties(id: number, channel: number, bodySize: number, fields: WithContentHeader): Buffer;
  /** The class id of basic, which is the id of its content headers. */
  readonly BasicProperties: number;
  [PATCHED]?: true;
};
type WithContentHeader = { [CONTENT_HEADER]?: Buffer };

type Amqplib = typeof amqplibTypes;

const amqplib = load();

function load(): Amqplib {
  const require = createRequire(import.meta.url);
  const main = require.resolve("amqplib");
  const folder = dirname(main);
  const { version } = require(join(folder, "package.json")) as { version: string };
  if (version !== VERSION) throw new Error(`this adapter is made for amqplib ${VERSION}, not ${version}`);
  const loaded = main in require.cache;
  const defs = require(join(folder, "lib/defs.js")) as Defs;
  if (!defs[PATCHED]) {
    if (loaded) throw new Error("amqplib was loaded before workers/adapters/rabbitmq/client.ts");
    patch(defs);
  }
  return require(main) as Amqplib;
}

function patch(defs: Defs): void {
  const { decode, encodeProperties, BasicProperties } = defs;
  defs.decode = (id, bytes) => (id === BasicProperties ? { [CONTENT_HEADER]: bytes } : decode(id, bytes));
  defs.encodeProperties = (id, channel, bodySize, fields) => {
    const bytes = fields[CONTENT_HEADER];
    return bytes === undefined ? encodeProperties(id, channel, bodySize, fields) : frame(id, channel, bodySize, bytes);
  };
  defs[PATCHED] = true;
}

const HEADER_FRAME = 2;
const FRAME_END = 0xce;
/** Bytes of a content header frame around the flags and properties. */
const AROUND = 20;

function frame(classId: number, channel: number, bodySize: number, content: Buffer): Buffer {
  const bytes = Buffer.alloc(content.length + AROUND);
  bytes.writeUInt8(HEADER_FRAME, 0);
  bytes.writeUInt16BE(channel, 1);
  bytes.writeUInt32BE(content.length + 12, 3);
  bytes.writeUInt16BE(classId, 7);
  bytes.writeBigUInt64BE(BigInt(bodySize), 11);
  content.copy(bytes, 19);
  bytes.writeUInt8(FRAME_END, bytes.length - 1);
  return bytes;
}

type Internals = { readonly connection: { readonly stream: Socket; readonly frameMax: number } };
type ChannelInternals = {
  sendMessage(method: object, properties: WithContentHeader, body: Buffer): boolean;
  pushConfirmCallback(callback: (error: Error | null) => void): void;
};

export type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage, Message };

/** Opens a connection; rejects with amqplib's or the socket's error. */
export const open = (url: Options.Connect, socket: SocketOptions): Promise<ChannelModel> => amqplib.connect(url, socket);

export const plainLogin = (username: string, password: string): NonNullable<SocketOptions["credentials"]> =>
  amqplib.credentials.plain(username, password);

export const socketOf = (model: ChannelModel): Socket => (model as unknown as Internals).connection.stream;

/** The largest content header that fits into the one frame AMQP gives it, in bytes. */
export const maxContentHeader = (model: ChannelModel): number =>
  (model as unknown as Internals).connection.frameMax - AROUND;

/** The flags and properties of a delivered, returned or fetched message, as they came. */
export function contentHeaderOf(message: Message): Buffer {
  const bytes = (message.properties as unknown as WithContentHeader)[CONTENT_HEADER];
  if (bytes === undefined) throw new Error("amqplib decoded a content header on its own");
  return bytes;
}

export type Verdict = "ack" | "nack" | "closed";

/** basic.publish, mandatory, with a content header as bytes. `settle` is called once, with the broker's verdict. */
export function publish(
  channel: ConfirmChannel,
  to: { readonly exchange: string; readonly routingKey: string },
  contentHeader: Buffer,
  body: Buffer,
  settle: (verdict: Verdict) => void,
): void {
  const inside = channel as unknown as ChannelInternals;
  inside.sendMessage({ ...to, mandatory: true }, { [CONTENT_HEADER]: contentHeader }, body);
  inside.pushConfirmCallback((error) => settle(error === null ? "ack" : error.message === "message nacked" ? "nack" : "closed"));
}
