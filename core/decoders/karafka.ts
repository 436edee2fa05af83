import { base64Of, bytesOfBase64 } from "../message/bytes.ts";
import type { KafkaNative } from "../message/native.ts";
import type { NormalForm, ResendNote } from "../message/normal-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { carries, given } from "./fields.ts";
import { keyOf } from "./identity.ts";
import { decimalOf, kafkaOf, lastBytes, nameOf, producedAt, recordForm, textOf, textPosition, topicOf, topicPlan } from "./kafka-values.ts";

/** `source_` since 2.5, `original_` before. Piping writes the first four of them without a death. */
type Prefix = "source_" | "original_";
const NAMES = ["topic", "partition", "offset", "consumer_group", "attempts", "key", "trace_id"];

const last = ({ headers }: Captured, prefix: Prefix, name: string) => lastBytes(headers, `${prefix}${name}`);
const has = ({ headers }: Captured, ...names: string[]): boolean => names.every((name) => carries(headers, name));

/** The names are anybody's: with the old ones the key must also be the partition, as Karafka set it. */
function prefixOf(captured: Captured): Prefix | null {
  if (has(captured, "source_topic", "source_offset", "source_attempts")) return "source_";
  if (!has(captured, "original_topic", "original_partition", "original_offset")) return null;
  const key = kafkaOf(captured)?.key ?? null;
  const partition = decimalOf(last(captured, "original_", "partition"));
  return key !== null && partition !== null && textOf(bytesOfBase64(key)) === partition ? "original_" : null;
}

/** Until 2.5 the record's key was its partition, and since 2.4.4 the true one was in a header, empty where there was none. */
function trueKey(captured: Captured, prefix: Prefix): { readonly key: string | null; readonly note: ResendNote } | null {
  if (prefix === "source_") return null;
  const bytes = last(captured, prefix, "key");
  if (bytes === null) return { key: null, note: "key_lost" };
  return { key: bytes.length === 0 ? null : base64Of(bytes), note: "key_restored" };
}

const withKey = (kafka: KafkaNative, key: string | null): KafkaNative => ({ ...kafka, key });

function keyIn(captured: Captured, prefix: Prefix): NormalForm["key"] {
  const kafka = kafkaOf(captured);
  const restored = trueKey(captured, prefix);
  return kafka === null || restored === null ? keyOf(captured) : keyOf({ ...captured, native: withKey(kafka, restored.key) });
}

/** Karafka Pro's enhanced dead-letter queue; source: karafka strategies/dlq/default.rb. All text. The free edition writes nothing. */
export const karafka: Decoder = {
  rule: "karafka",
  title: "Karafka Pro dead-letter queue",
  transports: ["kafka"],
  matches: (captured) => prefixOf(captured) !== null,
  decode(captured) {
    const prefix = prefixOf(captured) ?? "source_";
    const attempts = decimalOf(last(captured, prefix, "attempts"));
    return {
      ...recordForm(captured, textPosition((name) => last(captured, prefix, name))),
      reason: "handler_error",
      attempts: attempts === null ? null : Number(attempts),
      lastFailedAt: producedAt(captured),
      consumer: given({ group: nameOf(last(captured, prefix, "consumer_group")) }),
      key: keyIn(captured, prefix),
    };
  },
  plan(captured) {
    const prefix = prefixOf(captured) ?? "source_";
    const kafka = kafkaOf(captured);
    const restored = trueKey(captured, prefix);
    return topicPlan(captured, topicOf(last(captured, prefix, "topic")), {
      strip: NAMES.map((name) => `${prefix}${name}`),
      native: kafka === null || restored === null ? null : withKey(kafka, restored.key),
      notes: restored === null ? [] : [restored.note],
    });
  },
};
