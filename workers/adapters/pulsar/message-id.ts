/** Where a message lies; its numbers are uint64 and stay text. Source: MessageIdData in Pulsar's PulsarApi.proto. */
export type MessageId = {
  readonly ledger: string;
  readonly entry: string;
  /** -1 where the topic is not partitioned. */
  readonly partition: string;
  /** -1 of an entry that holds one message. */
  readonly batchIndex: string;
};

const FIELDS = { ledger: 1, entry: 2, partition: 3, batchIndex: 4 } as const;
const VARINT = 0;
const WIDTHS: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
const LENGTH_DELIMITED = 2;

/** The id in serialized protobuf, or null when it is none. */
export function messageIdOf(bytes: Uint8Array): MessageId | null {
  const values = new Map<number, string>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new RangeError("no varint");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  try {
    while (at < bytes.length) {
      const tag = Number(varint());
      const [field, wire] = [tag >> 3, tag & 7];
      if (wire === VARINT) values.set(field, String(field === FIELDS.partition || field === FIELDS.batchIndex ? BigInt.asIntN(32, varint()) : varint()));
      else {
        const width = wire === LENGTH_DELIMITED ? Number(varint()) : WIDTHS[wire];
        if (width === undefined) return null;
        at += width;
      }
    }
  } catch {
    return null;
  }
  const [ledger, entry] = [values.get(FIELDS.ledger), values.get(FIELDS.entry)];
  if (at !== bytes.length || ledger === undefined || entry === undefined) return null;
  return { ledger, entry, partition: values.get(FIELDS.partition) ?? "-1", batchIndex: values.get(FIELDS.batchIndex) ?? "-1" };
}

/** An id as Pulsar's clients print it: `ledger:entry:partition`, and `:index` of a message in a batch. */
export const messageIdText = ({ ledger, entry, partition, batchIndex }: MessageId): string =>
  [ledger, entry, partition, ...(batchIndex === "-1" ? [] : [batchIndex])].join(":");
