import { Fault } from "#core/fault.ts";
import { text, type Header } from "#core/message/header.ts";
import type { PulsarNative } from "#core/message/native.ts";
import type { Outgoing, RawDeath } from "#core/message/raw.ts";
import { messageIdOf, messageIdText } from "./message-id.ts";

/** One message as the WebSocket API hands it over. */
export type Delivery = {
  /** Base64 of the serialized id; what an acknowledgement names. */
  readonly messageId: string;
  /** The id as text: the same however often it is delivered. */
  readonly id: string;
  readonly death: RawDeath;
  readonly bytes: number;
};

/** The fields of a message frame; source: ConsumerMessage.java in Pulsar's WebSocket service. */
type Frame = {
  readonly messageId?: unknown;
  readonly payload?: unknown;
  readonly properties?: unknown;
  readonly publishTime?: unknown;
  readonly redeliveryCount?: unknown;
  readonly eventTime?: unknown;
  readonly key?: unknown;
  readonly encryptionContext?: unknown;
};

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** The delivery in a frame. Throws Fault for a frame that is none. */
export function deliveryOf(frame: Frame, queue: string): Delivery {
  const { messageId, payload } = frame;
  const id = typeof messageId === "string" ? messageIdOf(Buffer.from(messageId, "base64")) : null;
  if (typeof messageId !== "string" || id === null || typeof payload !== "string") throw new Fault("internal", "the WebSocket service sent what is no message");
  const body = Buffer.from(payload, "base64");
  const headers = propertiesOf(frame.properties);
  const native: PulsarNative = {
    transport: "pulsar",
    queue,
    messageId,
    publishTime: textOrNull(frame.publishTime) ?? "",
    eventTime: textOrNull(frame.eventTime),
    key: textOrNull(frame.key),
    producerName: null,
    redeliveryCount: typeof frame.redeliveryCount === "number" ? frame.redeliveryCount : 0,
    ...(frame.encryptionContext == null ? {} : { encrypted: true }),
  };
  const bytes = headers.reduce((sum, { name, value }) => sum + name.length + (value.t === "text" ? value.v.length : 0), body.length);
  return { messageId, id: messageIdText(id), bytes, death: { identity: { kind: "exact", id: messageIdText(id) }, body, headers, native } };
}

/** The service makes a map of the properties: their order is lost, so they are put into one that is always the same. */
const propertiesOf = (properties: unknown): Header[] =>
  Object.entries(typeof properties === "object" && properties !== null ? properties : {})
    .map(([name, value]) => text(name, String(value)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** The frame that publishes a message, without its context. Throws Fault for what Pulsar, or this API, can not carry. */
export function frameOf({ body, headers, native }: Outgoing): Record<string, unknown> {
  const seen = new Set<string>();
  for (const { name, value } of headers) {
    if (value.t !== "text") throw new Fault("unsupported", `Pulsar's properties are text: ${name} is ${value.t}`);
    if (seen.has(name)) throw new Fault("unsupported", `Pulsar keeps one property of a name: ${name} comes twice`);
    seen.add(name);
  }
  const own = native.transport === "pulsar" ? native : null;
  if (own?.encrypted === true) throw new Fault("unsupported", "it is encrypted for its consumers, with keys that the WebSocket API can not pass on");
  return {
    payload: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64"),
    properties: Object.fromEntries(headers.map(({ name, value }) => [name, value.t === "text" ? value.v : ""])),
    ...(own?.key == null ? {} : { key: own.key }),
    ...(own?.eventTime == null ? {} : { eventTime: own.eventTime }),
  };
}
