import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import { Failure } from "#core/failure.ts";
import type { Header } from "#core/message/header.ts";
import type { Native } from "#core/message/native.ts";
import { declaredIn, isPlain, LOOKED_AT, type Step, type StepKind, type StoredSchema } from "#core/message/views.ts";
import type { Db, Sql } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { insertCommand } from "#db/queries/commands-web.ts";
import type { BodyOf } from "#db/queries/message-bodies.ts";
import { bodyToDecode, type BodyToDecode } from "#db/queries/message-decoding.ts";
import { findSchema, lastWish } from "#db/queries/schemas.ts";
import type { Actor } from "../context.ts";
import type { Body, Content, Edited, EditLook, Encoded, Look, Problem } from "../decode/jobs.ts";
import { MAX_EDITED, MAX_PACKED, MAX_SHOWN } from "../decode/limits.ts";
import { decodeThreads, type Overrun } from "../decode/threads.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { storedSettings } from "./connection-settings.ts";

/** Which body, and what its outermost layer is to be taken for. */
export type BodyAs = { readonly messageId: string; readonly which: BodyOf; readonly as: StepKind | null };

type Given = { readonly facts: BodyToDecode; readonly body: Body; readonly registry: string | null };

/** The body with all a thread needs to decode it. Throws Failure `not_found`. */
async function given(db: Db, { messageId, which, as }: BodyAs, limit = MAX_PACKED): Promise<Given> {
  const facts = await bodyToDecode(db, messageId, which, limit);
  if (facts === null) throw new Failure("not_found", "This message has no such body; retention may have purged it.");
  const native = JSON.parse(facts.native) as Native;
  const registry = registryOf(facts);
  return {
    facts,
    registry,
    body: {
      bytes: facts.bytes,
      whole: facts.bytes.length === facts.size,
      contentType: facts.contentType,
      declared: declaredIn(native, JSON.parse(facts.headers) as Header[]),
      as,
      registry: registry !== null,
      schema: null,
    },
  };
}

function registryOf(connection: { readonly kind: BrokerKind; readonly settings: string }): string | null {
  if (connection.kind !== manifests.kafka.kind) return null;
  const url = storedSettings(connection)["schemaRegistryUrl"];
  return typeof url === "string" && url !== "" ? url : null;
}

/** Runs a job; when it comes to a schema's id, once more with that schema, if it is there. */
async function withSchema<A extends Look>(db: Db, { facts, registry, body }: Given, run: (body: Body) => Promise<A | Overrun>): Promise<{ answer: A | Overrun; schema: StoredSchema | null }> {
  const answer = await run(body);
  if (typeof answer === "string" || answer.needs === null || registry === null) return { answer, schema: null };
  const schema = await findSchema(db, { connectionId: facts.connectionId, registry, schemaId: answer.needs });
  return schema === null ? { answer, schema } : { answer: await run({ ...body, schema }), schema };
}

const looking = async (body: Body, max: number): Promise<Look | Overrun> => {
  const outcome = await decodeThreads().run({ op: "look", body, max });
  return "answer" in outcome ? outcome.answer : outcome.overrun;
};

const OVERRUN: Look = { steps: [], content: { form: "bytes", bytes: new Uint8Array(), size: 0, cut: true }, problem: null, needs: null };
const overrun = (code: Overrun): { problem: Problem } => ({ problem: { code, step: 0, at: null, detail: null } });

/** As a screen gets it: bytes as base64. */
type Shown = { readonly form: "notation"; readonly text: string; readonly cut: boolean } | { readonly form: "bytes"; readonly base64: string; readonly size: number; readonly cut: boolean };
const shown = (content: Content): Shown => (content.form === "notation" ? content : { form: content.form, base64: Buffer.from(content.bytes).toString("base64"), size: content.size, cut: content.cut });

/** A decoded body as a screen gets it. `content` is null where there is nothing to decode. */
export type DecodedBody = {
  readonly steps: readonly Step[];
  readonly content: Shown | null;
  readonly problem: Problem | null;
  /** The schema that is missing, whether the connection names a registry, and how far the last wish for it came. */
  readonly missing: { readonly schemaId: number; readonly registry: boolean; readonly wish: IsoTimes<Awaited<ReturnType<typeof lastWish>>> } | null;
};

const PLAIN: DecodedBody = { steps: [], content: null, problem: null, missing: null };

/** What is under a body's layers, bounded for a screen. Throws Failure. */
export async function decodedBody(db: Db, asked: BodyAs): Promise<DecodedBody> {
  const head = await given(db, asked, LOOKED_AT);
  // most bodies are text: those take no thread's time
  if (asked.as === null && isPlain(head.body.bytes, head.body.declared, head.registry !== null)) return PLAIN;
  const at = head.body.whole ? head : await given(db, asked);
  const { answer } = await withSchema(db, at, (body) => looking(body, MAX_SHOWN));
  const look = typeof answer === "string" ? { ...OVERRUN, ...overrun(answer) } : answer;
  const wish = look.needs === null ? null : await lastWish(db, at.facts.connectionId, look.needs);
  return {
    steps: look.steps,
    content: shown(look.content),
    problem: look.problem,
    missing: look.needs === null ? null : { schemaId: look.needs, registry: at.registry !== null, wish: isoTimes(wish) },
  };
}

/** The decoded form for a download, whole. Throws Failure when it can not be decoded to its end. */
export async function wholeDecoded(db: Db, asked: BodyAs, max: number): Promise<{ readonly bytes: Uint8Array; readonly json: boolean }> {
  const { answer } = await withSchema(db, await given(db, asked), (body) => looking(body, max));
  if (typeof answer === "string" || answer.problem !== null || answer.content.cut) throw new Failure("invalid", "This body can not be decoded to its end; the message's page says why.");
  const { content } = answer;
  return content.form === "notation" ? { bytes: new TextEncoder().encode(content.text), json: true } : { bytes: content.bytes, json: false };
}

/** The decoded form for an editor, or why it is not offered. */
export async function editableBody(db: Db, asked: BodyAs) {
  const { answer } = await withSchema<EditLook>(db, await given(db, asked), async (body) => {
    const outcome = await decodeThreads().run({ op: "edit", body, max: MAX_EDITED });
    return "answer" in outcome ? outcome.answer : outcome.overrun;
  });
  const look: EditLook = typeof answer === "string" ? { ...OVERRUN, ...overrun(answer), refused: { code: "problem" }, anew: [] } : answer;
  return { steps: look.steps, content: look.refused === null ? shown(look.content) : null, problem: look.problem, refused: look.refused, anew: look.anew };
}

/** The bytes an edited text becomes: base64, or why and where it can not be encoded. */
export async function encodedBody(db: Db, asked: BodyAs, edited: Edited): Promise<{ ok: true; base64: string } | Exclude<Encoded, { ok: true }>> {
  const at = await given(db, asked);
  const { schema } = await withSchema(db, at, (body) => looking(body, 0));
  const outcome = await decodeThreads().run({ op: "encode", body: { ...at.body, schema }, edited });
  if ("overrun" in outcome) throw new Failure("invalid", "Encoding took too long or too much memory; nothing was sent.");
  const { answer } = outcome;
  return answer.ok ? { ok: true, base64: Buffer.from(answer.bytes).toString("base64") } : answer;
}

/** Asks a worker for the schema a body names. The id is read from the body: nobody can ask for others. */
export async function askForSchema(db: Db, sql: Sql, actor: Actor, asked: BodyAs): Promise<{ commandId: string | null }> {
  const at = await given(db, asked);
  const { answer } = await withSchema(db, at, (body) => looking(body, 0));
  const schemaId = typeof answer === "string" ? null : answer.needs;
  if (schemaId === null || at.registry === null) return { commandId: null };
  const { connectionId } = at.facts;
  const commandId = await db.transaction(async (tx) => {
    const id = await insertCommand(tx, { kind: "schema", input: { connectionId, schemaId }, requestedBy: actor.name });
    await appendAudit(tx, { actorId: actor.id, actor: actor.name, act: "connection.schema", subject: connectionId, detail: { schemaId } });
    return id;
  });
  await notify(sql, ["commands"]);
  return { commandId };
}
