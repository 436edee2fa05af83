import { Fault } from "#core/fault.ts";

/** A request or an answer of the remoting protocol; `fields` are its extFields. */
export type Command = {
  readonly code: number;
  readonly opaque: number;
  readonly flag: number;
  readonly remark: string | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** Tells a broker what we understand: from 4.9.4 on a route comes as JSON that every parser reads. */
const VERSION = 401;
const IS_ANSWER = 1;
/** A pull answers with one message at least, however large it is; a broker takes 16 MiB unless it was told otherwise. */
const MAX_FRAME_BYTES = 128 * 1024 * 1024;
const SERIALIZE_JSON = 0;
const SERIALIZE_ROCKETMQ = 1;

/** Whether a broker answers, or asks something of its own. */
export const isAnswer = ({ flag }: Command): boolean => (flag & IS_ANSWER) === IS_ANSWER;

/**
 * The bytes of a request: length, serialize type (a byte) with header length (three), header as JSON, body; source:
 * RemotingCommand of RocketMQ 5.3.
 */
export function encodeRequest(code: number, opaque: number, fields: Readonly<Record<string, string>>, body: Uint8Array): Buffer {
  const header = Buffer.from(JSON.stringify({ code, language: "OTHER", version: VERSION, opaque, flag: 0, extFields: fields, serializeTypeCurrentRPC: "JSON" }));
  const frame = Buffer.allocUnsafe(8 + header.length + body.length);
  frame.writeUInt32BE(4 + header.length + body.length, 0);
  frame.writeUInt32BE((SERIALIZE_JSON << 24) | header.length, 4);
  header.copy(frame, 8);
  frame.set(body, 8 + header.length);
  return frame;
}

/** A buffer of chunks that gives whole frames, without their length. Throws Fault when what comes is no frame. */
export function frameReader(): (chunk: Buffer) => Buffer[] {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let wanted: number | null = null;
  const take = (count: number): Buffer => {
    const all = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
    chunks = all.length > count ? [all.subarray(count)] : [];
    bytes -= count;
    return all.subarray(0, count);
  };
  return (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    const frames: Buffer[] = [];
    for (;;) {
      if (wanted === null) {
        if (bytes < 4) return frames;
        wanted = take(4).readUInt32BE(0);
        if (wanted < 4 || wanted > MAX_FRAME_BYTES) throw new Fault("unsupported", "what answers at this address does not speak RocketMQ's remoting protocol");
      }
      if (bytes < wanted) return frames;
      frames.push(take(wanted));
      wanted = null;
    }
  };
}

/** A frame as a command. Throws Fault when it is none. */
export function decodeCommand(frame: Buffer): Command {
  const mark = frame.readUInt32BE(0);
  const length = mark & 0xffffff;
  if (4 + length > frame.length) throw new Fault("unsupported", "an answer's header is longer than the answer");
  const header = frame.subarray(4, 4 + length);
  const body = frame.subarray(4 + length);
  try {
    return mark >>> 24 === SERIALIZE_ROCKETMQ ? { ...binaryHeader(header), body } : { ...jsonHeader(header), body };
  } catch (error) {
    throw new Fault("unsupported", "an answer's header can not be read", { cause: error });
  }
}

function jsonHeader(bytes: Buffer): Omit<Command, "body"> {
  const { code, opaque, flag, remark, extFields } = JSON.parse(bytes.toString("utf8")) as Partial<Record<string, unknown>>;
  const fields = Object.entries((extFields ?? {}) as Record<string, unknown>).map(([name, value]) => [name, String(value)] as const);
  return { code: Number(code), opaque: Number(opaque), flag: Number(flag), remark: typeof remark === "string" ? remark : null, fields: Object.fromEntries(fields) };
}

/** What a server writes that was started with rocketmq.serialize.type=ROCKETMQ. */
function binaryHeader(bytes: Buffer): Omit<Command, "body"> {
  let at = 13;
  const text = (size: 2 | 4): string => {
    const length = bytes.readUIntBE(at, size);
    at += size + length;
    return bytes.toString("utf8", at - length, at);
  };
  const remark = text(4);
  const fields: Record<string, string> = {};
  const end = at + 4 + bytes.readUInt32BE(at);
  at += 4;
  while (at < end) {
    const name = text(2);
    fields[name] = text(4);
  }
  return { code: bytes.readInt16BE(0), opaque: bytes.readInt32BE(5), flag: bytes.readInt32BE(9), remark: remark === "" ? null : remark, fields };
}

/** Numbers as keys come without quotes from brokers and name servers. Throws when it is no JSON otherwise. */
export const parseLooseJson = (body: Buffer): unknown =>
  JSON.parse(body.toString("utf8").replaceAll(/("(?:[^"\\]|\\.)*")|([{,]\s*)(-?\d+)(\s*:)/g, (_, text: string | undefined, before: string, key: string, after: string) => text ?? `${before}"${key}"${after}`));
