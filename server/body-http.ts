import { Failure, FAILURES } from "#core/failure.ts";
import { STEP_KINDS } from "#core/message/views.ts";
import { allows } from "#core/roles.ts";
import type { Db } from "#db/client.ts";
import { getMessage } from "#db/queries/message-detail.ts";
import { readBodyPart, type BodyOf } from "#db/queries/message-bodies.ts";
import { MAX_DOWNLOADED } from "./decode/limits.ts";
import { wholeDecoded } from "./services/decode-body.ts";
import type { Gate } from "./gate.ts";
import { refusal, refuseForeign } from "./request-check.ts";
import { sealed } from "./response.ts";
import { contextFor } from "./session.ts";

/** Bytes read from Postgres at a time: a body of 128 MiB never stands whole in memory. */
const PART = 1024 * 1024;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Answers GET /api/messages/<id>/body: the exact bytes, as a download that no browser opens. */
export async function handleBody(at: Gate, request: Request, messageId: string): Promise<Response> {
  const refused = refuseForeign(request, at.origin);
  const response = refused === null ? await answer(at, request, messageId) : refusal(refused);
  const safe = sealed(response, at.origin);
  safe.headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
  return safe;
}

const plain = (status: number, message: string): Response => Response.json({ message }, { status });

async function answer(at: Gate, request: Request, messageId: string): Promise<Response> {
  const { db, actor } = await contextFor(request, at);
  if (actor === null) return plain(401, "Sign in first.");
  if (!allows(actor.role, "viewer")) return plain(403, "Your role may not see messages.");
  const search = new URL(request.url).searchParams;
  const which = bodyOf(search);
  if (which === null || !UUID.test(messageId)) return plain(404, "There is no such body.");
  if (search.get("form") === "decoded") return decoded(db, messageId, which, search);
  const [message, first] = await Promise.all([getMessage(db, messageId), readBodyPart(db, messageId, which, 0, PART)]);
  if (message === null || first === null) return plain(404, "There is no such body; retention may have purged it.");
  return new Response(partsOf(db, messageId, which, first), {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(first.size),
      "content-disposition": `attachment; filename="${fileName(message.source, messageId, message.contentType)}"`,
    },
  });
}

/** The decoded form, whole or not at all: half of it would look like all of it. */
async function decoded(db: Db, messageId: string, which: BodyOf, search: URLSearchParams): Promise<Response> {
  const as = STEP_KINDS.find((kind) => kind === search.get("as")) ?? null;
  const message = await getMessage(db, messageId);
  if (message === null) return plain(404, "There is no such body; retention may have purged it.");
  try {
    const { bytes, json } = await wholeDecoded(db, { messageId, which, as }, MAX_DOWNLOADED);
    const name = fileName(message.source, messageId, json ? "application/json" : message.contentType).replace(/\.(\w+)$/, "-decoded.$1");
    return new Response(Buffer.from(bytes), {
      headers: { "content-type": "application/octet-stream", "content-length": String(bytes.length), "content-disposition": `attachment; filename="${name}"` },
    });
  } catch (error) {
    if (error instanceof Failure) return plain(FAILURES[error.code].http, error.message);
    throw error;
  }
}

function bodyOf(search: URLSearchParams): BodyOf | null {
  const id = search.get("id") ?? "";
  const of = search.get("of") ?? "latest";
  if (of === "latest") return { of };
  return (of === "death" || of === "revision") && UUID.test(id) ? { of, id } : null;
}

function partsOf(db: Db, messageId: string, which: BodyOf, first: { bytes: Buffer; size: number }): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      const part = sent === 0 ? first : await readBodyPart(db, messageId, which, sent, PART);
      // purged while it was read: a short download must not look like a whole one
      if (part === null) return controller.error(new Error("the body is gone"));
      if (part.bytes.length > 0) controller.enqueue(part.bytes);
      sent += part.bytes.length;
      if (sent >= first.size || part.bytes.length === 0) controller.close();
    },
  });
}

const ENDINGS = [
  [/^application\/(?:[\w.+-]+\+)?json\b/i, "json"],
  [/^(?:application|text)\/(?:[\w.+-]+\+)?xml\b/i, "xml"],
  [/^text\/plain\b/i, "txt"],
] as const;

/** A name of plain characters only; its ending is one of four, never one that a system would run. */
export function fileName(source: string, messageId: string, contentType: string | null): string {
  const ending = ENDINGS.find(([type]) => type.test(contentType ?? ""))?.[1] ?? "bin";
  const place = source.replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, 60).replaceAll(/^-+|-+$/g, "");
  return `${place === "" ? "message" : place}-${messageId}.${ending}`;
}
