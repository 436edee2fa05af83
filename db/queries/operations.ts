import { and, count, desc, eq, gt, inArray, lt, lte, max, sql } from "drizzle-orm";
import type { Progress } from "#core/operation.ts";
import type { Selection } from "#core/selection.ts";
import type { MessageState } from "#core/message/state.ts";
import type { Db, Tx } from "../client.ts";
import { events, messages, operationItems, operations, sources, type ItemOutcome, type OperationState } from "../schema/index.ts";
import { matching } from "./message-filter.ts";

const chosen = (selection: Selection) =>
  selection.by === "ids" ? inArray(messages.id, selection.ids) : matching(selection.filter);

/** How many messages of the selection stand in each state, up to `asOf`. */
export async function countSelection(db: Db | Tx, selection: Selection, asOf: number) {
  return db
    .select({ state: messages.state, count: count() })
    .from(messages)
    .where(and(chosen(selection), lte(messages.position, asOf)))
    .groupBy(messages.state);
}

/** Where the messages of the selection failed, most first, at most ten places. */
export async function originsOfSelection(db: Db | Tx, selection: Selection, states: MessageState[], asOf: number) {
  return db
    .select({ origin: messages.origin, count: count() })
    .from(messages)
    .where(and(chosen(selection), lte(messages.position, asOf), inArray(messages.state, states)))
    .groupBy(messages.origin)
    .orderBy(desc(count()))
    .limit(10);
}

/** The newest position there is. */
export async function newestPosition(db: Db | Tx): Promise<number> {
  const [row] = await db.select({ position: max(messages.position) }).from(messages);
  return row?.position ?? 0;
}

type Freeze = {
  readonly operationId: string;
  readonly selection: Selection;
  readonly asOf: number;
  readonly from: MessageState[];
  readonly to: MessageState;
  readonly actor: string;
  readonly reason: string | null;
  /** What an item is when it is frozen: waiting for a worker, or done with the order itself. */
  readonly outcome: ItemOutcome;
};

/**
 * Moves every message of the selection that stands in `from` to `to`, and writes it down as an item and an event.
 * One statement: what it moved is what the operation owns. Answers how many.
 */
export async function freezeSelection(tx: Tx, order: Freeze): Promise<number> {
  const queueFor = order.to === "queued" ? order.operationId : null;
  const rows = await tx.execute<{ count: string }>(sql`
    with next as (
      select id, state as from_state, operation_id as from_operation from ${messages}
      where ${and(chosen(order.selection), lte(messages.position, order.asOf), inArray(messages.state, order.from))}
      -- in one order everywhere, so that two overlapping orders wait instead of deadlocking
      order by id for update
    ), moved as (
      update ${messages} set state = ${order.to}, operation_id = ${queueFor}::uuid,
        attempt_id = null, lease_until = null, changed_at = now(),
        -- what a person says was delivered is watched like what the broker confirmed
        watch_until = case when ${order.to}::text = 'resent' then now() + sources.watch_seconds * interval '1 second' end
      from next, ${sources} where messages.id = next.id and sources.id = messages.source_id
      returning messages.id, next.from_state
    ), logged as (
      insert into ${events} (message_id, actor, from_state, to_state, cause, reason, operation_id)
      select id, ${order.actor}, from_state, ${order.to}, 'ordered', ${order.reason}::text, ${order.operationId}::uuid
      from moved
    ), items as (
      insert into ${operationItems} (operation_id, message_id, outcome, settled_at)
      select ${order.operationId}::uuid, id, ${order.outcome},
        case when ${order.outcome}::text = 'waiting' then null else now() end
      from moved
    ), recalled as (
      -- a queued message leaves the operation it waited for: that one must not wait for it any longer
      update ${operationItems} set outcome = 'called_back', settled_at = now()
      from next where operation_items.operation_id = next.from_operation and operation_items.message_id = next.id
        and next.from_state = 'queued' and operation_items.outcome = 'waiting'
    )
    select count(*) as count from moved`);
  return Number(rows[0]?.count ?? 0);
}

/** The operation a client's request made before, or null. */
export async function operationOfRequest(db: Db | Tx, requestId: string) {
  const [row] = await db
    .select({ id: operations.id, total: operations.total })
    .from(operations)
    .where(eq(operations.requestId, requestId));
  return row ?? null;
}

/** Writes a new operation. */
export async function insertOperation(tx: Tx, operation: typeof operations.$inferInsert): Promise<void> {
  await tx.insert(operations).values(operation);
}

/** The operations of these ids, each with its counts by outcome. */
async function withProgress<T extends { id: string }>(db: Db | Tx, rows: readonly T[]) {
  const counts = await db
    .select({ id: operationItems.operationId, outcome: operationItems.outcome, count: count() })
    .from(operationItems)
    .where(inArray(operationItems.operationId, rows.map((row) => row.id)))
    .groupBy(operationItems.operationId, operationItems.outcome);
  return rows.map((row) => {
    const progress: Record<keyof Progress, number> = { waiting: 0, confirmed: 0, refused: 0, unknown: 0, done: 0, skipped: 0, called_back: 0 };
    for (const each of counts) if (each.id === row.id) progress[each.outcome] = each.count;
    return { ...row, progress: progress satisfies Progress };
  });
}

const SHOWN = {
  id: operations.id,
  act: operations.act,
  state: operations.state,
  actor: operations.actor,
  reason: operations.reason,
  destination: operations.destination,
  selection: operations.selection,
  rate: operations.rate,
  total: operations.total,
  createdAt: operations.createdAt,
  finishedAt: operations.finishedAt,
};

/** One operation with its progress, or null. */
export async function getOperation(db: Db | Tx, id: string) {
  const rows = await withProgress(db, await db.select(SHOWN).from(operations).where(eq(operations.id, id)));
  return rows[0] ?? null;
}

/** Operations with their progress, newest first, older than `before`. */
export async function listOperations(db: Db, { before, limit }: { before: Date | null; limit: number }) {
  const rows = await db
    .select(SHOWN)
    .from(operations)
    .where(before === null ? undefined : lt(operations.createdAt, before))
    .orderBy(desc(operations.createdAt), desc(operations.id))
    .limit(limit);
  return withProgress(db, rows);
}

/** The items of one operation in a fixed order, after `after`. */
export async function listItems(
  db: Db,
  { operationId, outcome, after, limit }: { operationId: string; outcome: ItemOutcome | null; after: string | null; limit: number },
) {
  return db
    .select({
      messageId: operationItems.messageId,
      outcome: operationItems.outcome,
      detail: operationItems.detail,
      settledAt: operationItems.settledAt,
      state: messages.state,
      errorType: messages.errorType,
      origin: messages.origin,
      key: messages.key,
    })
    .from(operationItems)
    .innerJoin(messages, eq(messages.id, operationItems.messageId))
    .where(
      and(
        eq(operationItems.operationId, operationId),
        outcome === null ? undefined : eq(operationItems.outcome, outcome),
        after === null ? undefined : gt(operationItems.messageId, after),
      ),
    )
    .orderBy(operationItems.messageId)
    .limit(limit);
}

/** Compare and set of an operation's state. False when it stood elsewhere. */
export async function moveOperation(db: Db | Tx, id: string, from: OperationState[], to: OperationState): Promise<boolean> {
  const moved = await db
    .update(operations)
    .set({ state: to, finishedAt: to === "cancelled" || to === "finished" ? sql`now()` : null })
    .where(and(eq(operations.id, id), inArray(operations.state, from)))
    .returning({ id: operations.id });
  return moved.length === 1;
}

/** Another pace for what is left; null is as fast as the broker takes it. */
export async function setRate(db: Db | Tx, id: string, rate: number | null): Promise<void> {
  await db.update(operations).set({ rate }).where(eq(operations.id, id));
}

/** Calls back every message of the operation that no worker has taken yet. Answers how many. */
export async function callBackQueued(tx: Tx, operationId: string, actor: string): Promise<number> {
  const rows = await tx.execute<{ count: string }>(sql`
    with next as (
      select id from ${messages} where operation_id = ${operationId}::uuid and state = 'queued' order by id for update
    ), moved as (
      update ${messages} set state = 'dead', operation_id = null, changed_at = now()
      from next where messages.id = next.id returning messages.id
    ), logged as (
      insert into ${events} (message_id, actor, from_state, to_state, cause, operation_id)
      select id, ${actor}, 'queued', 'dead', 'called_back', ${operationId}::uuid from moved
    ), items as (
      update ${operationItems} set outcome = 'called_back', settled_at = now()
      from moved where operation_id = ${operationId}::uuid and message_id = moved.id
    )
    select count(*) as count from moved`);
  return Number(rows[0]?.count ?? 0);
}
