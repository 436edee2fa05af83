import { bytesOfBase64, utf8Of } from "../message/bytes.ts";
import { headerText, type Header } from "../message/header.ts";
import type { NormalForm } from "../message/normal-form.ts";
import type { AmqpProperties, Native } from "../message/raw.ts";
import type { Captured } from "./decoder.ts";

const CORRELATION_HEADERS = [
  "correlation_id",
  "correlation-id",
  "correlationid",
  "x-correlation-id",
  "nservicebus.correlationid",
  "nservicebus.conversationid",
  "rbs2-corr-id",
];
const MESSAGE_ID_HEADERS = [
  "message_id",
  "message-id",
  "id",
  "_watermill_message_uuid",
  "nservicebus.messageid",
  "rbs2-msg-id",
  "nats-msg-id",
  "ce-id",
  "ce_id",
  "cloudevents_id",
  "cloudevents:id",
];
const TRACEPARENT_HEADERS = ["traceparent"];
const EVENT_TRACEPARENT_HEADERS = [
  "ce-traceparent",
  "ce_traceparent",
  "cloudevents_traceparent",
  "cloudevents:traceparent",
];
const B3_TRACE_HEADERS = ["x-b3-traceid"];

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;
const B3 = /^([0-9a-f]{16}|[0-9a-f]{32})-[0-9a-f]{16}(?:-|$)/i;
const B3_TRACE = /^([0-9a-f]{16}|[0-9a-f]{32})$/i;
const NO_TRACE = "0".repeat(32);

/** The AMQP basic properties; none for other brokers. */
export const propertiesOf = (native: Native): AmqpProperties =>
  native.transport === "amqp-0.9.1" ? native.properties : {};

/** The first non-empty text under one of the names (lower case), in the order of the names; header case is ignored. */
function firstText(headers: readonly Header[], names: readonly string[]): string | null {
  for (const name of names) {
    const header = headers.find((candidate) => candidate.name.toLowerCase() === name && candidate.value.t === "text");
    const value = header === undefined ? null : headerText([header], header.name);
    if (value !== null && value !== "") return value;
  }
  return null;
}

/** The correlation id; `inBody` is what the convention keeps in the body, the last candidate. */
export const correlationIdOf = ({ headers, native }: Captured, inBody: string | null = null): string | null =>
  propertiesOf(native).correlationId || firstText(headers, CORRELATION_HEADERS) || inBody || null;

/** The id the producer gave the message, or null. */
export const messageIdOf = ({ headers, native }: Captured): string | null =>
  propertiesOf(native).messageId || firstText(headers, MESSAGE_ID_HEADERS);

/**
 * The trace id, 32 lower-case hex digits, or null: W3C traceparent, else B3 in one header, else B3 in many, else the
 * CloudEvents extension. A B3 id of 64 bits is padded on the left, as B3 bids.
 */
export function traceIdOf(headers: readonly Header[]): string | null {
  const candidates: readonly (readonly [readonly string[], RegExp])[] = [
    [TRACEPARENT_HEADERS, TRACEPARENT],
    [["b3"], B3],
    [B3_TRACE_HEADERS, B3_TRACE],
    [EVENT_TRACEPARENT_HEADERS, TRACEPARENT],
  ];
  for (const [names, pattern] of candidates) {
    const id = pattern
      .exec(firstText(headers, names) ?? "")?.[1]
      ?.toLowerCase()
      .padStart(32, "0");
    if (id !== undefined && id !== NO_TRACE) return id;
  }
  return null;
}

/** A record's key for the screen: text where it is text. Only Kafka's: elsewhere a convention tells it, or nobody. */
export function keyOf({ native }: Captured): NormalForm["key"] {
  const key = native.transport === "kafka" ? native.key : null;
  if (key === null) return null;
  const bytes = bytesOfBase64(key);
  const utf8 = bytes === null ? null : utf8Of(bytes);
  return utf8 === null ? { base64: key } : { utf8 };
}
