import { Failure } from "#core/failure.ts";
import { headersSchema } from "#core/message/header-schema.ts";
import { ACTS, statesFor } from "#core/message/state.ts";
import { MAX_EDIT_BYTES, type Order } from "#core/order.ts";
import type { Db, Sql, Tx } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import {
  freezeSelection,
  insertOperation,
  operationOfRequest,
} from "#db/queries/operations.ts";
import { insertRevision } from "#db/queries/revisions.ts";
import type { Actor } from "../context.ts";

type Ordered = { readonly operationId: string; readonly total: number };

/**
 * Carries out an operator's order as far as the database goes, in one transaction: the frozen items, the messages'
 * new state, the events and the audit entry. Resends are then the workers' to do.
 * Throws Failure `conflict` when the selection is no longer what was counted.
 */
export async function orderOperation(db: Db, sql: Sql, actor: Actor, order: Order): Promise<Ordered> {
  checkOrder(order);
  const earlier = await orderedBefore(db, order);
  if (earlier !== null) return earlier;
  try {
    const ordered = await db.transaction((tx) => freeze(tx, actor, order));
    await notify(sql, ["messages", "groups", "operations"]);
    return ordered;
  } catch (error) {
    // the same click, a moment earlier: its transaction won, ours answers with it
    const twin = isUniqueViolation(error) ? await orderedBefore(db, order) : null;
    if (twin !== null) return twin;
    throw error;
  }
}

async function orderedBefore(db: Db, { requestId }: Order): Promise<Ordered | null> {
  const operation = await operationOfRequest(db, requestId);
  return operation === null ? null : { operationId: operation.id, total: operation.total };
}

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && typeof error.cause === "object" && error.cause !== null && "code" in error.cause && error.cause.code === "23505";

function checkOrder(order: Order): void {
  if (order.act === "discard" && order.reason === undefined)
    throw new Failure("invalid", "A discard needs a reason: it is what the next person reads.", "reason");
  if (order.edit === undefined) return;
  if (order.act !== "resend" || order.selection.by !== "ids" || order.selection.ids.length !== 1)
    throw new Failure("invalid", "An edit belongs to the resend of exactly one message.", "edit");
  if (order.reason === undefined) throw new Failure("invalid", "An edit needs a reason.", "reason");
}

async function freeze(tx: Tx, actor: Actor, order: Order): Promise<Ordered> {
  const operationId = crypto.randomUUID();
  const toWorkers = order.act === "resend";
  const revisionId = await storeEdit(tx, actor, order);
  const inserted = insertOperation(tx, {
    id: operationId,
    act: order.act,
    state: toWorkers ? "running" : "finished",
    actorId: actor.id,
    actor: actor.name,
    reason: order.reason ?? null,
    destination: toWorkers ? JSON.stringify(order.destination ?? { to: "failed_queue" }) : null,
    revisionId,
    selection: JSON.stringify(order.selection),
    rate: order.rate ?? null,
    total: order.expected,
    requestId: order.requestId,
    finishedAt: toWorkers ? null : new Date(),
  });
  const frozen = freezeSelection(tx, {
    operationId,
    selection: order.selection,
    asOf: order.asOf,
    from: statesFor(order.act),
    to: ACTS[order.act],
    actor: actor.name,
    reason: order.reason ?? null,
    outcome: toWorkers ? "waiting" : "done",
  });
  const audited = appendAudit(tx, {
    actorId: actor.id,
    actor: actor.name,
    act: `message.${order.act}`,
    subject: operationId,
    detail: { selection: order.selection, total: order.expected, reason: order.reason, destination: order.destination, edited: revisionId !== null },
  });
  // sent together: the database works through them in this order, and all are undone when the count is another
  const [, total] = await Promise.all([inserted, frozen, audited]);
  if (total !== order.expected)
    throw new Failure(
      "conflict",
      `You confirmed ${order.expected}, but now ${total} can be acted on: somebody else was faster. Nothing was changed; look again.`,
      "expected",
    );
  return { operationId, total };
}

async function storeEdit(tx: Tx, actor: Actor, { edit, selection, reason }: Order): Promise<string | null> {
  if (edit === undefined || selection.by !== "ids" || reason === undefined) return null;
  const body = Buffer.from(edit.bodyBase64, "base64");
  if (body.length > MAX_EDIT_BYTES) throw new Failure("invalid", "The edited body is larger than 16 MiB.", "edit.bodyBase64");
  const headers = headersSchema.safeParse(parseJson(edit.headers));
  if (!headers.success)
    throw new Failure("invalid", `Header ${headers.error.issues[0]?.path.join(".")}: ${headers.error.issues[0]?.message}`, "edit.headers");
  const revisionId = await insertRevision(tx, {
    messageId: selection.ids[0] ?? "",
    deathId: edit.deathId,
    body,
    headers: JSON.stringify(headers.data),
    authorId: actor.id,
    author: actor.name,
    reason,
  });
  if (revisionId === null) throw new Failure("not_found", "The death that was edited is not one of this message.", "edit.deathId");
  return revisionId;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure("invalid", "The edited headers are not JSON.", "edit.headers");
  }
}
