/** A header as it stands in a record: names may repeat, null is a header without a value. */
export type RecordHeader = { readonly name: string; readonly value: Buffer | null };

/** What of a record batch its records need; the names are kafkajs's. */
export type BatchContext = {
  readonly firstOffset?: string;
  readonly firstTimestamp?: string;
  readonly maxTimestamp?: string;
  /** 1: the broker's clock, when it appended the batch. */
  readonly timestampType?: number;
  readonly isControlBatch?: boolean;
};

export type DecodedRecord = {
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
};

const LOG_APPEND_TIME = 1;
const ATTRIBUTES_BYTES = 1;

/**
 * Reads one record of a batch of format 2, without its length: attributes, deltas of time and offset, key, value,
 * headers in their order. Throws when the bytes end too soon. Source: Kafka's documentation of the message format.
 */
export function decodeRecord(bytes: Buffer, { firstOffset = "0", firstTimestamp = "0", maxTimestamp, timestampType }: BatchContext): DecodedRecord {
  let at = ATTRIBUTES_BYTES;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new Error("a record ends in the middle of a number");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
  };
  // lengths and counts are 32 bits, read without the price of a bigint
  const count = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw new Error("a record ends in the middle of a number");
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
  };
  const field = (): Buffer | null => {
    const length = count();
    if (length < 0) return null;
    if (at + length > bytes.length) throw new Error("a record ends in the middle of a field");
    return bytes.subarray(at, (at += length));
  };
  const time = BigInt(firstTimestamp) + varint();
  const offset = BigInt(firstOffset) + BigInt(count());
  const key = field();
  const value = field();
  const headers: RecordHeader[] = [];
  for (let left = count(); left > 0; left--) headers.push({ name: field()?.toString("utf8") ?? "", value: field() });
  const timestamp = timestampType === LOG_APPEND_TIME && maxTimestamp !== undefined ? maxTimestamp : String(time);
  return { timestamp, offset: String(offset), key, value, headers };
}

export type Encodable = {
  readonly offsetDelta: number;
  /** ms. */
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
};

/** Writes one record of a batch of format 2 behind its length. */
export function encodeRecord({ offsetDelta, timestampDelta, key, value, headers }: Encodable): Buffer {
  const parts: Buffer[] = [Buffer.alloc(ATTRIBUTES_BYTES), varintOf(timestampDelta), varintOf(offsetDelta), ...fieldOf(key), ...fieldOf(value), varintOf(headers.length)];
  for (const header of headers) parts.push(...fieldOf(Buffer.from(header.name)), ...fieldOf(header.value));
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([varintOf(size), ...parts]);
}

const fieldOf = (bytes: Buffer | null): Buffer[] => (bytes === null ? [varintOf(-1)] : [varintOf(bytes.length), bytes]);

function varintOf(number: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (BigInt(number) << 1n) ^ (BigInt(number) >> 63n));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
