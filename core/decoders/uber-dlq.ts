import { base64Of, bytesOfBase64 } from "../message/bytes.ts";
import type { KafkaNative } from "../message/native.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { keyOf } from "./identity.ts";
import { kafkaOf, recordForm, topicOf, topicPlan } from "./kafka-values.ts";
import { fieldsIn } from "./protobuf.ts";
import { isoOfMsText } from "./time.ts";

/** Fields of DLQMetadata by number, and whether they are bytes; the last is of uForwarder. */
const FIELDS: Readonly<Record<number, { readonly name: string; readonly isBytes: boolean }>> = {
  1: { name: "retry_count", isBytes: false },
  2: { name: "topic", isBytes: true },
  3: { name: "partition", isBytes: false },
  4: { name: "offset", isBytes: false },
  5: { name: "timestamp_ns", isBytes: false },
  6: { name: "data", isBytes: true },
  7: { name: "timeout_count", isBytes: false },
};
const MS_IN_NS = 1_000_000n;
/** Records sent before 2010 are none of Kafka's. */
const EARLIEST_MS = 1_262_304_000_000n;
const SKEW_MS = 86_400_000n;

type Metadata = {
  readonly kafka: KafkaNative;
  readonly topic: string;
  readonly partition: string;
  readonly offset: string;
  readonly retries: number;
  readonly sentMs: string;
  /** The record's own key, base64; null when it had none, or an empty one: protobuf does not tell them apart. */
  readonly key: string | null;
};

/**
 * The metadata in a record's key, or null. Nothing names the format, so all must fit: no field twice, none unknown, a legal
 * topic other than this one, counts and positions in their range, and a time that lies before the letter was written.
 */
function metadataOf(captured: Captured): Metadata | null {
  const kafka = kafkaOf(captured);
  const bytes = kafka?.key == null ? null : bytesOfBase64(kafka.key);
  const fields = bytes === null ? null : fieldsIn(bytes);
  if (kafka === null || fields === null) return null;
  const numbers = new Map<string, bigint>();
  const contents = new Map<string, Uint8Array>();
  for (const field of fields) {
    const known = FIELDS[field.number];
    if (known === undefined || known.isBytes !== "bytes" in field || numbers.has(known.name) || contents.has(known.name)) return null;
    if ("bytes" in field) contents.set(known.name, field.bytes);
    else numbers.set(known.name, field.varint);
  }
  const number = (name: string) => numbers.get(name) ?? 0n;
  const topic = topicOf(contents.get("topic") ?? null);
  const sentMs = number("timestamp_ns") / MS_IN_NS;
  const written = /^\d{1,16}$/.test(kafka.timestamp) ? BigInt(kafka.timestamp) : null;
  const inRange =
    number("retry_count") < 2n ** 31n && number("timeout_count") < 2n ** 31n && number("partition") < 2n ** 31n && number("offset") < 2n ** 63n && sentMs >= EARLIEST_MS && (written === null || sentMs <= written + SKEW_MS);
  if (topic === null || topic === kafka.queue || !inRange) return null;
  const data = contents.get("data");
  return {
    kafka,
    topic,
    partition: String(number("partition")),
    offset: String(number("offset")),
    retries: Number(number("retry_count")),
    sentMs: String(sentMs),
    key: data === undefined || data.length === 0 ? null : base64Of(data),
  };
}

/**
 * Uber's kafka-client and uForwarder, which keep all they know in the record's key as protobuf; source: uber-go/kafka-client
 * DLQMetadata. `topic` is where the library read it last.
 */
export const uberDlq: Decoder = {
  rule: "uber-dlq",
  title: "Uber kafka-client dead-letter queue",
  transports: ["kafka"],
  matches: (captured) => metadataOf(captured) !== null,
  decode(captured) {
    const metadata = metadataOf(captured);
    if (metadata === null) return recordForm(captured, { topic: null, partition: null, offset: null });
    return {
      ...recordForm(captured, metadata),
      reason: "retries_exhausted",
      attempts: metadata.retries,
      key: keyOf({ ...captured, native: { ...metadata.kafka, key: metadata.key } }),
      originalTimestamp: isoOfMsText(metadata.sentMs),
    };
  },
  plan(captured) {
    const metadata = metadataOf(captured);
    if (metadata === null) return topicPlan(captured, null, { strip: [] });
    return topicPlan(captured, metadata.topic, { strip: [], native: { ...metadata.kafka, key: metadata.key }, notes: ["key_restored"] });
  },
};
