import { createHash } from "node:crypto";
import { Failure } from "#core/failure.ts";
import { text, type Header } from "#core/message/header.ts";
import type { Native } from "#core/message/raw.ts";
import { dryRun } from "#core/route/dry-run.ts";
import type { DryRunOrder } from "#core/route/dry-run-order.ts";
import { guardKeyOf, orderKeyOf, type KeyedMessage } from "#core/route/guard-key.ts";
import type { Db } from "#db/client.ts";
import { readContent } from "#db/queries/deliveries-web.ts";
import { sampleOf } from "#db/queries/message-bodies.ts";
import { finds } from "./pattern-search.ts";

/** The largest body that a definition is tried on. */
const MAX_BODY = 1024 * 1024;
/** Bytes of the request's body that are shown. */
const SHOWN = 16_384;

/** Half of the jitter: what the screen shows is the average. */
const MIDDLE = 0.5;

const hash = (content: Uint8Array | string): string => createHash("sha256").update(content).digest("base64url");

/** Of what is typed: its content type is a header on the screen and a property in RabbitMQ. */
function typedNative(headers: readonly { readonly name: string; readonly value: string }[]): Native {
  const type = headers.find(({ name }) => name.toLowerCase() === "content-type");
  return { transport: "amqp-0.9.1", queue: "", exchange: "", routingKey: "", redelivered: false, properties: type === undefined ? {} : { contentType: type.value } };
}

/** What a definition would make of a message and of a supposed answer. Nothing is sent and nothing stored. */
export async function dryRunRoute(db: Db, { definition, sample, supposed }: DryRunOrder) {
  const message = await sampleMessage(db, sample);
  const { request, ...rest } = dryRun(definition, message, supposed, { finds, random: MIDDLE });
  const { guard, ordered } = definition;
  return {
    ...rest,
    /** Null: this message has none. `asked`: whether the route wants one. */
    guardKey: { asked: guard !== null, key: guard === null ? null : guardKeyOf(guard.key, message, hash) },
    orderKey: { asked: ordered !== null, key: ordered === null ? null : orderKeyOf(ordered, message, hash) },
    request: request && { ...request, body: "problem" in request.body ? request.body : { value: shownBody(request.body.value) } },
  };
}

const shownBody = (bytes: Uint8Array) => ({ base64: Buffer.from(bytes.subarray(0, SHOWN)).toString("base64"), size: bytes.length, cut: bytes.length > SHOWN });

async function sampleMessage(db: Db, sample: DryRunOrder["sample"]): Promise<KeyedMessage> {
  // by which id a broker knows it is told where it is read, and not kept with the content
  const identity = { kind: "content", hash: "", redelivered: false } as const;
  if (sample.from === "text") return { identity, body: new TextEncoder().encode(sample.body), headers: sample.headers.map(({ name, value }) => text(name, value)), native: typedNative(sample.headers) };
  if (sample.from === "delivery") {
    const content = await readContent(db, sample.id, MAX_BODY);
    if (content === null) throw new Failure("not_found", "The content of this delivery is not kept. Choose another sample.", "sample");
    return { identity, body: whole(content.body, content.size), ...parsed(content) };
  }
  const [message] = await sampleOf(db, { by: "ids", ids: [sample.id] }, 1, MAX_BODY);
  if (message === undefined) throw new Failure("not_found", "There is no such message. Choose another sample.", "sample");
  return { identity, body: whole(message.body, message.size), ...parsed(message) };
}

function whole(body: Uint8Array | null, size: number): Uint8Array {
  if (body === null || body.length < size) throw new Failure("invalid", "This message is larger than 1 MiB. Choose a smaller sample.", "sample");
  return body;
}

const parsed = ({ headers, native }: { readonly headers: string; readonly native: string }) => ({ headers: JSON.parse(headers) as Header[], native: JSON.parse(native) as Native });
