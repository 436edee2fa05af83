import { hash } from "node:crypto";
import type { Header } from "#core/message/header.ts";
import type { AmqpProperties, AmqpTextProperty, Outgoing, RawDeath } from "#core/message/raw.ts";
import { invalid } from "./bytes.ts";
import { contentHeaderOf, type ConsumeMessage } from "./client.ts";
import { decodeContentHeader, encodeContentHeader, type DecodedContentHeader } from "./content-header.ts";
import { encodeTable } from "./field-table-encode.ts";

/** A delivery as a death. Throws Fault `invalid`. */
export function deathOf(message: ConsumeMessage, queue: string): RawDeath {
  const header = decodeContentHeader(contentHeaderOf(message));
  const { exchange, routingKey, redelivered } = message.fields;
  return {
    identity: { kind: "content", hash: hashOf(message, header, queue), redelivered },
    body: message.content,
    headers: header.headers,
    native: { transport: "amqp-0.9.1", queue, exchange, routingKey, redelivered, properties: header.properties },
  };
}

/** A delivery of a stream as a death, with its offset. Throws Fault `invalid` when the broker gave none. */
export function streamDeathOf(message: ConsumeMessage, queue: string): { death: RawDeath; offset: bigint } {
  const header = decodeContentHeader(contentHeaderOf(message));
  // The broker appends its own header; one a producer sent under the same name comes first.
  const value = header.headers.findLast(({ name }) => name === "x-stream-offset")?.value;
  if (value?.t !== "int64") throw invalid("a delivery of a stream came without its offset");
  const { exchange, routingKey, redelivered } = message.fields;
  const native = { transport: "amqp-0.9.1", queue, exchange, routingKey, redelivered } as const;
  return {
    offset: BigInt(value.v),
    death: {
      identity: { kind: "exact", id: value.v },
      body: message.content,
      headers: header.headers,
      native: { ...native, properties: header.properties, streamOffset: value.v },
    },
  };
}

/** Headers a quorum queue changes with every delivery of the same death. */
const VOLATILE: ReadonlySet<string> = new Set(["x-delivery-count", "x-acquired-count"]);

function hashOf(message: ConsumeMessage, header: DecodedContentHeader, queue: string): string {
  const lasting = header.headers.filter(({ name }) => !VOLATILE.has(name));
  const table = lasting.length === header.headers.length ? header.table : encodeTable(lasting);
  const { exchange, routingKey } = message.fields;
  const parts = [queue, exchange, routingKey, Buffer.concat(header.rest), table, message.content];
  // Each with its length, so that no byte can move from one part to the next.
  const bytes = parts.flatMap((part) => [Buffer.from(`${Buffer.byteLength(part)}:`), typeof part === "string" ? Buffer.from(part) : part]);
  return hash("sha256", Buffer.concat(bytes), "base64url");
}

/** The content header to publish a message with. Throws Fault `invalid` for what the broker would close the channel over. */
export function contentHeaderFor(message: Outgoing, username: string): Buffer {
  for (const header of message.headers) checkCopies(header);
  const { native, headers } = message;
  // Another transport has no delivery mode: what was stored there must not become lost by a restart here.
  const properties = native.transport === "amqp-0.9.1" ? resendable(native.properties, username) : { deliveryMode: 2 };
  return encodeContentHeader({ properties, headers });
}

/** Without the expiration, which would kill it again, and without a user id other than ours, which RabbitMQ refuses. */
function resendable(properties: AmqpProperties, username: string): AmqpProperties {
  const dropped: AmqpTextProperty[] = properties.userId === username ? ["expiration"] : ["expiration", "userId"];
  const drop = <T extends object>(values: T): T =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !dropped.includes(name as AmqpTextProperty))) as T;
  const kept = drop(properties);
  return kept.notText === undefined ? kept : { ...kept, notText: drop(kept.notText) };
}

/** CC and BCC are read by the broker as further routing keys: anything but a list of texts closes the channel. */
function checkCopies({ name, value }: Header): void {
  if (name !== "CC" && name !== "BCC") return;
  const legal = value.t === "array" && value.v.every((key) => key.t === "text" || key.t === "rawtext");
  if (!legal) throw invalid(`the header ${name} must be an array of texts`);
}
