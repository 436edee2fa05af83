import type { Msg } from "@nats-io/transport-node";
import { Fault } from "#core/fault.ts";
import type { Header } from "#core/message/header.ts";
import type { RawDeath } from "#core/message/raw.ts";
import { headerBlockOf } from "./client.ts";
import { decodeBlock } from "./header-block.ts";

/** A message as a consumer delivered it. */
export type Delivery = {
  readonly subject: string;
  /** Where its acknowledgement goes. */
  readonly reply: string;
  /** Its place in the stream, and its number among the consumer's deliveries. */
  readonly sequence: bigint;
  readonly nth: bigint;
  /** When the stream stored it. */
  readonly time: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  /** Of headers and body. */
  readonly bytes: number;
};

/** Reads a delivery. Throws Fault `internal` for one without the facts of JetStream. */
export function deliveryOf(message: Msg): Delivery {
  const block = headerBlockOf(message);
  const { sequence, nth, nanos } = factsOf(message.reply ?? "");
  return {
    subject: message.subject,
    reply: message.reply ?? "",
    sequence: BigInt(sequence),
    nth: BigInt(nth),
    time: timeOf(nanos),
    headers: decodeBlock(block),
    body: message.data,
    bytes: block.length + message.data.length,
  };
}

/**
 * The facts are in the reply subject (ADR-15): `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.
 * <ns>.<pending>`, and with `<domain>.<account hash>` before the stream, maybe a token after, since 2.10.
 */
function factsOf(reply: string): { sequence: string; nth: string; nanos: string } {
  const tokens = reply.split(".");
  const at = tokens.length === 9 ? 2 : 4;
  const [sequence, nth, nanos] = tokens.slice(at + 3, at + 6);
  if (!reply.startsWith("$JS.ACK.") || nanos === undefined || ![sequence, nth, nanos].every((token) => /^\d+$/.test(token ?? ""))) {
    throw new Fault("internal", "a delivery came without its place in the stream");
  }
  return { sequence: sequence ?? "", nth: nth ?? "", nanos };
}

/** Nanoseconds since 1970 as JetStream's API writes times: RFC 3339, the fraction without zeros at its end. */
export function timeOf(nanos: string): string {
  const ns = BigInt(nanos);
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1_000).toISOString().slice(0, 19);
  const fraction = String(ns % 1_000_000_000n).padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

/**
 * Which message of which stream. The time is part of it: a stream that was made anew, or whose end was lost with the
 * power (the server flushes to disk every two minutes), gives the same sequences to other messages.
 */
export const identityOf = (stream: string, { sequence, time }: Delivery): RawDeath["identity"] => ({
  kind: "exact",
  id: `${stream} ${sequence} ${time}`,
});

/** A message that was heard on a subject. The id is made here, since nobody else gives one; it never comes again. */
export function heardOf(message: Msg, listened: string, id: string): RawDeath & { readonly bytes: number } {
  const block = headerBlockOf(message);
  return {
    identity: { kind: "exact", id },
    body: message.data,
    headers: decodeBlock(block),
    native: {
      transport: "nats",
      queue: listened,
      subject: message.subject,
      stream: null,
      sequence: null,
      time: null,
      advisory: null,
      heardAt: new Date().toISOString(),
      reply: message.reply === undefined || message.reply === "" ? null : message.reply,
    },
    bytes: block.length + message.data.length,
  };
}

/** A message of a dead-letter stream. */
export const deathOf = (delivery: Delivery, stream: string): RawDeath => ({
  identity: identityOf(stream, delivery),
  body: delivery.body,
  headers: delivery.headers,
  native: {
    transport: "nats",
    queue: stream,
    stream,
    subject: delivery.subject,
    sequence: String(delivery.sequence),
    time: delivery.time,
    advisory: null,
  },
});
