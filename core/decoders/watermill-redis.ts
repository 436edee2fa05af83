import { bytesOfBase64 } from "../message/bytes.ts";
import { headerText, headerValue, type Header } from "../message/header.ts";
import { stringMapOf, stringMapWith, type StringEntry } from "../message/string-map.ts";
import type { Target } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import type { Decoder } from "./decoder.ts";
import { given } from "./fields.ts";
import { resendPlan } from "./resend-plan.ts";

/** What the poison queue and the delay wrote. */
const LEFT = new Set(["reason_poisoned", "topic_poisoned", "handler_poisoned", "subscriber_poisoned", "_watermill_delayed_until", "_watermill_delayed_for"]);

type Metadata = { readonly bytes: Uint8Array; readonly entries: readonly StringEntry[] };

/** The metadata, a MessagePack map in one field, or null where no poison queue wrote into it. */
function metadataOf(headers: readonly Header[]): Metadata | null {
  const field = headerValue(headers, "metadata");
  const bytes = field?.t === "bytes" || field?.t === "rawtext" ? bytesOfBase64(field.v) : field?.t === "text" ? new TextEncoder().encode(field.v) : null;
  const entries = bytes === null ? null : stringMapOf(bytes);
  if (bytes === null || entries === null) return null;
  return ["reason_poisoned", "topic_poisoned"].every((name) => entries.some(({ key }) => key === name)) ? { bytes, entries } : null;
}

const valueOf = ({ entries }: Metadata, name: string): string | null => entries.findLast(({ key }) => key === name)?.value ?? null;

/** btoa takes characters below 256 only. */
const base64Of = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** Watermill's poison queue on a Redis stream; source: watermill-redisstream pkg/redisstream/marshaller.go, middleware/poison.go. */
export const watermillRedis: Decoder = {
  rule: "watermill-redis",
  title: "Watermill poison queue on Redis",
  transports: ["redis-stream"],
  matches: ({ headers }) => metadataOf(headers) !== null,
  decode(captured) {
    const base = baseForm(captured);
    const metadata = metadataOf(captured.headers);
    if (metadata === null) return base;
    const [reason, topic] = [valueOf(metadata, "reason_poisoned"), valueOf(metadata, "topic_poisoned")];
    return {
      ...base,
      origin: topic === null || topic === "" ? null : { kind: "redis-stream", queue: topic },
      originalMessageId: headerText(captured.headers, "_watermill_message_uuid"),
      reason: "handler_error",
      reasonRaw: reason,
      error: reason === null ? null : { type: null, message: reason, stack: null },
      correlationId: valueOf(metadata, "correlation_id") ?? base.correlationId,
      consumer: given({ handler: valueOf(metadata, "handler_poisoned"), subscriber: valueOf(metadata, "subscriber_poisoned") }),
    };
  },
  plan(captured) {
    const metadata = metadataOf(captured.headers);
    const key = metadata === null ? null : valueOf(metadata, "topic_poisoned");
    const target: Target | null = key === null || key === "" || key === captured.native.queue ? null : { kind: "redis-stream", key };
    const kept = metadata?.entries.filter((entry) => !LEFT.has(entry.key)) ?? [];
    const set = metadata === null ? [] : [{ name: "metadata", value: { t: "bytes" as const, v: base64Of(stringMapWith(metadata.bytes, kept)) } }];
    return resendPlan(captured, { failedQueue: target, origin: target, set, notes: ["every_subscriber"] });
  },
};
