import { PubHeaders } from "@nats-io/jetstream";
import type { z } from "zod";
import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { isOrder, isSubject } from "#core/brokers/nats-subject.ts";
import type { nats } from "#core/brokers/nats.ts";
import { Fault } from "#core/fault.ts";
import { memberOf, rootOf, stringOf } from "#core/json/read.ts";
import { text } from "#core/message/header.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { budget, type Budget } from "./budget.ts";
import { carrying } from "./client.ts";
import type { Connection } from "./connection.ts";
import { before } from "#core/brokers/deadline.ts";
import { apiFault, faultOf, isNoResponders, surelyNotSent } from "./faults.ts";
import { encodeBlock } from "./header-block.ts";
import { inLanes } from "#core/brokers/lanes.ts";

export type Target = z.infer<typeof nats.target>;

/** Unconfirmed messages at a time, and their bytes. */
const LANES = 256;
const OPEN_BYTES = 16 * 1024 * 1024;
/** How long a stream or the server may take for its verdict, in ms. */
export const VERDICT_MS = 10_000;

const refused = (fault: Fault): PublishOutcome => ({ status: "refused", fault });
const unknown = (fault: Fault): PublishOutcome => ({ status: "unknown", fault });

/**
 * Publishes with JetStream's acknowledgement; one outcome per message, in order; never throws. Each goes under a new
 * `Nats-Msg-Id`: under its old one the stream would drop it as a duplicate. `refused` is only what certainly lies in no
 * stream: never sent, nobody listens on the subject, or the stream's own refusal. What was sent and has no verdict is
 * `unknown`: nothing is sent twice.
 */
export async function publish(connection: Connection, messages: readonly Outgoing[], target: Target, signal: AbortSignal): Promise<PublishOutcome[]> {
  const open = budget(OPEN_BYTES);
  return inLanes(messages, LANES, (message) => publishOne(connection, message, target, open, signal));
}

async function publishOne(connection: Connection, message: Outgoing, target: Target, open: Budget, signal: AbortSignal): Promise<PublishOutcome> {
  const block = blockFor(connection, message, target);
  if (block instanceof Fault) return refused(block);
  const bytes = block.length + message.body.length;
  await open.take(bytes);
  try {
    const fault = signal.aborted ? new Fault("timeout", "the publish was called off before it was sent") : connection.fault();
    return fault === null ? await send(connection, target, block, message.body, signal) : refused(fault);
  } finally {
    open.giveBack(bytes);
  }
}

/** The header block to send, or why the message can not go. */
export function blockFor({ nc }: Connection, { attemptId, headers, body }: Outgoing, { subject, stream }: Target): Uint8Array | Fault {
  if (!isSubject(subject)) return new Fault("invalid", `${subject} is no subject to publish to`);
  if (isOrder(subject)) return new Fault("invalid", `${subject} is an order to the server, not a place for messages`);
  const own = [text(PubHeaders.MsgIdHdr, `redrive-${attemptId}`), ...(stream === null ? [] : [text(PubHeaders.ExpectedStreamHdr, stream)])];
  try {
    const block = encodeBlock([...headers.filter(({ name }) => !own.some((one) => one.name === name)), ...own]);
    const most = nc.info?.max_payload ?? Number.POSITIVE_INFINITY;
    const size = block.length + body.length;
    return size > most ? new Fault("too_large", `headers and body have ${size} bytes, the server takes ${most}`) : block;
  } catch (error) {
    return faultOf(error);
  }
}

async function send({ nc, fault }: Connection, { subject }: Target, block: Uint8Array, body: Uint8Array, signal: AbortSignal): Promise<PublishOutcome> {
  try {
    const request = nc.request(subject, body, { timeout: VERDICT_MS, headers: carrying(block) });
    const answer = await before(request, signal, "the publish was called off before a verdict");
    return verdictOf(answer.data, subject);
  } catch (error) {
    if (isNoResponders(error)) return refused(new Fault("unroutable", `no stream keeps ${subject}`));
    if (surelyNotSent(error)) return refused(fault() ?? faultOf(error));
    return unknown(fault() ?? faultOf(error));
  }
}

/** JetStream's PubAck: `{"stream":"ORDERS","seq":17}`, maybe `"duplicate":true`, or `{"error":{...}}`. */
function verdictOf(answer: Uint8Array, subject: string): PublishOutcome {
  const json = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString("utf8");
  const root = rootOf(json);
  const member = (name: string) => (root === null ? null : memberOf(json, root, name));
  const written = (name: string): string => {
    const span = member(name);
    return span === null ? "" : json.slice(span.start, span.end);
  };
  if (written("error") !== "") return refused(apiFault(JSON.parse(written("error")) as Parameters<typeof apiFault>[0]));
  const stream = stringOf(json, member("stream"));
  const sequence = written("seq");
  if (stream === null || !/^\d+$/.test(sequence)) return unknown(new Fault("invalid", `somebody answered on ${subject} who is no stream`));
  // the id is this attempt's own and is sent once: whoever used it before, this message was not stored now
  if (written("duplicate") === "true") return unknown(new Fault("nacked", `the stream ${stream} had a message of this id already, at ${sequence}, and dropped this one`));
  return { status: "confirmed", receipt: `${stream} ${sequence}` };
}
