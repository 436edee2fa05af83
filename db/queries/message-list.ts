import { desc, asc, eq, sql } from "drizzle-orm";
import type { MessageFilter } from "#core/message/filter.ts";
import type { Db, Tx } from "../client.ts";
import { connections, messages, sources } from "../schema/index.ts";
import { OUT_OF_TIME, within } from "./budget.ts";
import { positionsOf, scopeOf, type Order, type Scope, type Span } from "./message-streams.ts";

/** Texts of a row are cut to this many characters: a list never carries a megabyte of error. */
const CUT = 300;

const ROW = {
  id: messages.id,
  position: messages.position,
  state: messages.state,
  sourceId: messages.sourceId,
  source: sources.name,
  connectionId: messages.connectionId,
  connection: connections.name,
  groupId: messages.groupId,
  deaths: messages.deaths,
  redrives: messages.redrives,
  attempts: messages.attempts,
  size: messages.size,
  reason: messages.reason,
  errorType: sql<string | null>`left(${messages.errorType}, ${CUT})`,
  errorMessage: sql<string | null>`left(${messages.errorMessage}, ${CUT})`,
  origin: sql<string | null>`left(${messages.origin}, ${CUT})`,
  key: sql<string | null>`left(${messages.key}, ${CUT})`,
  lastDeathAt: messages.lastDeathAt,
};

/** The rows at the positions a query finds, in one statement, so that both see the same list. */
async function rowsAt(tx: Db | Tx, scope: Scope, order: Order, span: Span, limit: number) {
  return tx
    .select(ROW)
    .from(messages)
    .innerJoin(sources, eq(sources.id, messages.sourceId))
    .innerJoin(connections, eq(connections.id, messages.connectionId))
    .where(sql`${messages.position} = any(array(${positionsOf(scope, order, span, limit)}))`)
    .orderBy(order === "newest" ? desc(messages.position) : asc(messages.position));
}

type MessageRow = Awaited<ReturnType<typeof rowsAt>>[number];

export type MessagePage = {
  readonly rows: readonly MessageRow[];
  /** The position after which the next page begins; null at the end. */
  readonly next: number | null;
  /** The time was up before the page was full: older messages than `next` were not looked at yet. */
  readonly partial: boolean;
};

export type PageRequest = {
  readonly filter: MessageFilter;
  readonly order: Order;
  /** The last position of the page before; null for the first page. */
  readonly after: number | null;
  readonly limit: number;
  /** How long a page may be searched for, ms. */
  readonly budgetMs: number;
};

const FIRST_STEP = 5_000;
const SURE_STEP = 500;
const SURE_MS = 5_000;

/** One page of the list by keyset: rows that arrive or leave meanwhile neither double nor lose others. */
export async function listMessages(db: Db, request: PageRequest): Promise<MessagePage> {
  const scope = await scopeOf(db, request.filter);
  const span = afterCursor(scope.span, request);
  if (!scope.indexed) return walk(db, request, scope, span);
  const rows = await rowsAt(db, scope, request.order, span, request.limit + 1);
  return pageOf(rows, request.limit);
}

const afterCursor = ({ low, high }: Span, { order, after }: PageRequest): Span => {
  if (after === null) return { low, high };
  return order === "newest" ? { low, high: Math.min(high, after - 1) } : { low: Math.max(low, after + 1), high };
};

function pageOf(rows: readonly MessageRow[], limit: number): MessagePage {
  const shown = rows.slice(0, limit);
  return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.position ?? null) : null, partial: false };
}

/** Looks through the list in growing steps until the page is full, the list ends, or the budget is spent. */
async function walk(db: Db, { order, limit, budgetMs }: PageRequest, scope: Scope, span: Span): Promise<MessagePage> {
  const started = performance.now();
  const spent = () => performance.now() - started;
  const found: MessageRow[] = [];
  let left = span;
  let step = FIRST_STEP;
  let surely = false;
  while (left.low <= left.high) {
    const { part, rest } = cut(left, step, order);
    const before = spent();
    const wanted = limit + 1 - found.length;
    const ms: number = surely ? SURE_MS : budgetMs - before;
    const rows: MessageRow[] | typeof OUT_OF_TIME = await within(db, ms, (tx) => rowsAt(tx, scope, order, part, wanted));
    if (rows !== OUT_OF_TIME) {
      found.push(...rows);
      if (found.length > limit) return pageOf(found, limit);
      left = rest;
      if (spent() - before < budgetMs / 10) step *= 8;
    }
    // one step gets through, however slow the disk: else "search on" would never end
    surely = rows === OUT_OF_TIME && left === span && !surely;
    if (surely) step = SURE_STEP;
    else if (spent() >= budgetMs && left.low <= left.high) return { rows: found, next: cursorBefore(left, order), partial: true };
  }
  return pageOf(found, limit);
}

/** The next `step` positions to look through, and what is left after them. */
function cut({ low, high }: Span, step: number, order: Order): { part: Span; rest: Span } {
  if (order === "newest") {
    const from = Math.max(low, high - step + 1);
    return { part: { low: from, high }, rest: { low, high: from - 1 } };
  }
  const to = Math.min(high, low + step - 1);
  return { part: { low, high: to }, rest: { low: to + 1, high } };
}

const cursorBefore = (left: Span, order: Order): number => (order === "newest" ? left.high + 1 : left.low - 1);

/** How many messages of the filter have come since position `after`, counted up to `cap`; null when the time was up. */
export async function countNewer(db: Db, filter: MessageFilter, after: number, cap: number, budgetMs: number): Promise<number | null> {
  const rows = await within(db, budgetMs, async (tx) => {
    const scope = await scopeOf(tx, filter);
    const span = { low: after + 1, high: scope.span.high };
    return tx.execute<{ count: number }>(sql`select count(*) as count from (${positionsOf(scope, "newest", span, cap)}) as newer`);
  });
  return rows === OUT_OF_TIME ? null : Number(rows[0]?.count ?? 0);
}
