import { Fault } from "#core/fault.ts";
import type { RawDeath } from "#core/message/raw.ts";
import { headersOf } from "./properties.ts";

/** A message as a broker stores it. */
export type StoredMessage = {
  readonly queueId: number;
  readonly queueOffset: bigint;
  readonly flag: number;
  readonly sysFlag: number;
  /** ms since 1970. */
  readonly bornTimestamp: bigint;
  readonly storeTimestamp: bigint;
  readonly reconsumeTimes: number;
  /** Address and offset in the commit log, hex, by which the broker finds it. */
  readonly offsetMessageId: string;
  readonly body: Buffer;
  readonly properties: Buffer;
};

/** Bits of sysFlag: the body is compressed, and by what; a host's address has 16 bytes. */
export const SYS_FLAG = { compressed: 1, compressionTypes: 7 << 8, bornHostV6: 1 << 4, storeHostV6: 1 << 5 } as const;
/** What the first version of the layout begins with; the second has a longer topic. */
const MAGIC_V1 = 0xdaa320a7 | 0;
const MAGIC_V2 = 0xdaa320ab | 0;

/**
 * The messages of a pull's answer, one behind the other; source: MessageDecoder and MessageVersion of RocketMQ 5.3.
 * Throws Fault when they are laid out otherwise.
 */
export function messagesIn(body: Buffer): StoredMessage[] {
  const messages: StoredMessage[] = [];
  try {
    for (let at = 0; at < body.length; ) {
      const size = body.readInt32BE(at);
      if (size <= 0 || at + size > body.length) throw new RangeError("the size of a message does not fit its answer");
      messages.push(messageOf(body.subarray(at, at + size)));
      at += size;
    }
  } catch (error) {
    throw new Fault("unsupported", "the broker lays messages out in a way this version of Redrive does not know", { cause: error });
  }
  return messages;
}

function messageOf(bytes: Buffer): StoredMessage {
  const magic = bytes.readInt32BE(4);
  if (magic !== MAGIC_V1 && magic !== MAGIC_V2) throw new RangeError("unknown magic code");
  const sysFlag = bytes.readInt32BE(36);
  let at = 48;
  const skip = (count: number): number => (at += count) - count;
  skip((sysFlag & SYS_FLAG.bornHostV6) === 0 ? 8 : 20);
  const storeTimestamp = bytes.readBigInt64BE(skip(8));
  const hostLength = (sysFlag & SYS_FLAG.storeHostV6) === 0 ? 8 : 20;
  const host = bytes.subarray(at, skip(hostLength) + hostLength);
  const reconsumeTimes = bytes.readInt32BE(skip(4));
  skip(8);
  const bodyLength = bytes.readInt32BE(skip(4));
  const body = bytes.subarray(at, skip(bodyLength) + bodyLength);
  const topicLength = magic === MAGIC_V1 ? bytes.readUInt8(skip(1)) : bytes.readUInt16BE(skip(2));
  skip(topicLength);
  const propertiesLength = bytes.readUInt16BE(skip(2));
  return {
    queueId: bytes.readInt32BE(12),
    flag: bytes.readInt32BE(16),
    queueOffset: bytes.readBigInt64BE(20),
    sysFlag,
    bornTimestamp: bytes.readBigInt64BE(40),
    storeTimestamp,
    reconsumeTimes,
    offsetMessageId: Buffer.concat([host, bytes.subarray(28, 36)]).toString("hex").toUpperCase(),
    body,
    properties: bytes.subarray(at, at + propertiesLength),
  };
}

/**
 * A message as a death. A topic that is made anew has the same offsets again, and so has a broker whose disk was: the
 * identity holds the time of storing as well.
 */
export const deathOf = (queue: string, broker: string, message: StoredMessage): RawDeath => ({
  identity: { kind: "exact", id: `${queue}/${broker}/${message.queueId}@${message.queueOffset}/${message.storeTimestamp}` },
  body: message.body,
  headers: headersOf(message.properties),
  native: {
    transport: "rocketmq",
    queue,
    broker,
    queueId: message.queueId,
    queueOffset: String(message.queueOffset),
    offsetMessageId: message.offsetMessageId,
    bornTimestamp: String(message.bornTimestamp),
    storeTimestamp: String(message.storeTimestamp),
    reconsumeTimes: message.reconsumeTimes,
    sysFlag: message.sysFlag,
    flag: message.flag,
  },
});

/** Bytes of a message's body and properties. */
export const sizeOf = ({ body, properties }: StoredMessage): number => body.length + properties.length;
