import { and, asc, desc, eq, inArray, isNotNull, isNull, lte, sql, type SQL } from "drizzle-orm";
import { cappedCount } from "#core/capped-count.ts";
import { COUNT_CAP } from "#core/message/counts.ts";
import type { DeliveryErrorCode } from "#core/route/outcome.ts";
import { DELIVERY_STATES, UNFINISHED, type DeliveryState } from "#core/route/state.ts";
import type { Db, Tx } from "../client.ts";
import { deliveries, deliveryAttempts, deliveryContents, routes } from "../schema/index.ts";
import { OUT_OF_TIME, within } from "./budget.ts";

/** Texts of a row are cut to this many characters. */
const CUT = 300;

const ROW = {
  id: deliveries.id,
  routeId: deliveries.routeId,
  position: deliveries.position,
  state: deliveries.state,
  dueAt: deliveries.dueAt,
  tries: deliveries.tries,
  nextTrigger: deliveries.nextTrigger,
  givenUpBy: deliveries.givenUpBy,
  givenUpReason: deliveries.givenUpReason,
  orderKey: sql<string | null>`left(${deliveries.orderKey}, ${CUT})`,
  duplicateOf: deliveries.duplicateOf,
  errorCode: deliveries.errorCode,
  errorStatus: deliveries.errorStatus,
  errorMessage: sql<string | null>`left(${deliveries.errorMessage}, ${CUT})`,
  deadCause: deliveries.deadCause,
  messageId: deliveries.messageId,
  key: sql<string | null>`left(${deliveries.key}, ${CUT})`,
  size: deliveries.size,
  receivedAt: deliveries.receivedAt,
  changedAt: deliveries.changedAt,
  finishedAt: deliveries.finishedAt,
};

export type DeliveryFilter = {
  readonly routeId: string;
  readonly state?: DeliveryState | undefined;
  readonly error?: DeliveryErrorCode | undefined;
};

const matching = ({ routeId, error }: DeliveryFilter): SQL | undefined =>
  and(eq(deliveries.routeId, routeId), error === undefined ? undefined : eq(deliveries.errorCode, error));

/**
 * A page of a route's deliveries by keyset, newest first; each state is a range of one index, and they are merged: of one snapshot,
 * or a delivery that moves on meanwhile stands in two of them.
 * `partial`: the time was up, and this filter has to be narrowed by a state.
 */
export async function listDeliveries(db: Db, filter: DeliveryFilter, page: { readonly before: number | null; readonly limit: number; readonly budgetMs: number }) {
  const older = page.before === null ? undefined : sql`${deliveries.position} < ${page.before}`;
  const states: readonly DeliveryState[] = filter.state === undefined ? DELIVERY_STATES : [filter.state];
  const rows = await within(db, page.budgetMs, async (tx) => {
    const ranges = await Promise.all(
      states.map((state) =>
        tx
          .select(ROW)
          .from(deliveries)
          .where(and(matching(filter), eq(deliveries.state, state), older))
          .orderBy(desc(deliveries.position))
          .limit(page.limit + 1),
      ),
    );
    return ranges.flat().toSorted((a, b) => b.position - a.position);
  });
  if (rows === OUT_OF_TIME) return { rows: [], next: null, partial: true };
  const shown = rows.slice(0, page.limit);
  return { rows: shown, next: rows.length > page.limit ? (shown.at(-1)?.position ?? null) : null, partial: false };
}

/** One delivery with its route's name, or null. The name is null once the route was removed. */
export async function getDelivery(db: Db | Tx, id: string) {
  const [row] = await db
    .select({ ...ROW, lastDelayMs: deliveries.lastDelayMs, guardKey: sql<string | null>`left(${deliveries.guardKey}, ${CUT})`, route: routes.name, routeState: routes.state })
    .from(deliveries)
    .leftJoin(routes, eq(routes.id, deliveries.routeId))
    .where(eq(deliveries.id, id));
  return row ?? null;
}

const ATTEMPTS = 200;
const DELIVERIES = 50;

/** The newest 200 tries of deliveries, oldest first. */
export async function attemptsOfDeliveries(db: Db | Tx, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const rows = await db
    .select({
      id: deliveryAttempts.id,
      deliveryId: deliveryAttempts.deliveryId,
      number: deliveryAttempts.number,
      trigger: deliveryAttempts.trigger,
      worker: deliveryAttempts.worker,
      startedAt: deliveryAttempts.startedAt,
      finishedAt: deliveryAttempts.finishedAt,
      durationMs: deliveryAttempts.durationMs,
      outcome: deliveryAttempts.outcome,
      errorCode: deliveryAttempts.errorCode,
      errorStatus: deliveryAttempts.errorStatus,
      errorType: deliveryAttempts.errorType,
      errorMessage: deliveryAttempts.errorMessage,
      errorStack: deliveryAttempts.errorStack,
      answerStatus: deliveryAttempts.answerStatus,
      answerHeaders: deliveryAttempts.answerHeaders,
      answerBody: deliveryAttempts.answerBody,
      answerCut: deliveryAttempts.answerCut,
      decision: deliveryAttempts.decision,
      decidedBy: deliveryAttempts.decidedBy,
      deadCause: deliveryAttempts.deadCause,
      nextDelayMs: deliveryAttempts.nextDelayMs,
    })
    .from(deliveryAttempts)
    .where(inArray(deliveryAttempts.deliveryId, [...ids]))
    .orderBy(desc(deliveryAttempts.id))
    .limit(ATTEMPTS);
  return rows.toReversed();
}

/** The deliveries of one message, oldest first: its first, and one for each resend through its route. */
export async function deliveriesOfMessage(db: Db, messageId: string) {
  return db
    .select({ ...ROW, route: routes.name, routeState: routes.state })
    .from(deliveries)
    .leftJoin(routes, eq(routes.id, deliveries.routeId))
    .where(eq(deliveries.messageId, messageId))
    .orderBy(asc(deliveries.id))
    .limit(DELIVERIES);
}

/** The first `max` bytes of a delivery's body with its headers and native facts (JSON texts); null when policy or retention took it. */
export async function readContent(db: Db, id: string, max: number) {
  const [row] = await db
    .select({
      body: sql<Buffer>`substring(${deliveryContents.body} from 1 for ${max})`,
      size: sql<number>`octet_length(${deliveryContents.body})`,
      headers: deliveryContents.headers,
      native: deliveryContents.native,
    })
    .from(deliveryContents)
    .where(eq(deliveryContents.id, id));
  return row ?? null;
}

/** How many deliveries of a route stand in a state, capped, and the newest position that was counted. */
export async function countChosen(db: Db, filter: DeliveryFilter & { readonly state: DeliveryState }) {
  const where = and(matching(filter), eq(deliveries.state, filter.state));
  const counted = db.select({ position: deliveries.position }).from(deliveries).where(where).orderBy(desc(deliveries.position)).limit(COUNT_CAP + 1).as("counted");
  const [row] = await db.select({ count: sql<number>`count(*)`.mapWith(Number), asOf: sql<number>`coalesce(max(${counted.position}), 0)`.mapWith(Number) }).from(counted);
  return { ...cappedCount(row?.count ?? 0), asOf: row?.asOf ?? 0 };
}

/** One delivery, or all of a route in a state that came no later than the one at `asOf`, and optionally with one error. */
export type ChosenDeliveries = { readonly id: string } | (DeliveryFilter & { readonly state: DeliveryState; readonly asOf: number });

const chosen = (which: ChosenDeliveries): SQL | undefined =>
  "id" in which ? eq(deliveries.id, which.id) : and(matching(which), eq(deliveries.state, which.state), lte(deliveries.position, which.asOf));

/** Makes chosen deliveries due now. Those behind an earlier message of their order key keep their turn. Answers how many. */
export async function makeDue(tx: Tx, which: ChosenDeliveries, from: readonly DeliveryState[]): Promise<number> {
  const done = await tx
    .update(deliveries)
    .set({ dueAt: sql`now()`, nextTrigger: "manual", changedAt: sql`now()` })
    .where(and(chosen(which), inArray(deliveries.state, [...from]), isNotNull(deliveries.dueAt), isNull(deliveries.givenUpBy)));
  return done.count;
}

/** Marks chosen deliveries as given up; a worker then makes them dead. Answers how many. */
export async function markGivenUp(tx: Tx, which: ChosenDeliveries, from: readonly DeliveryState[], { by, reason }: { readonly by: string; readonly reason: string }): Promise<number> {
  const done = await tx
    .update(deliveries)
    .set({ givenUpBy: by, givenUpReason: reason, dueAt: sql`now()`, changedAt: sql`now()` })
    .where(and(chosen(which), inArray(deliveries.state, [...from]), isNull(deliveries.givenUpBy)));
  return done.count;
}

/** Whether a route has deliveries that are not done; counted up to `cap`. */
export async function countUnfinished(tx: Tx, routeId: string, cap: number): Promise<number> {
  const rows = await tx
    .select({ one: sql`1` })
    .from(deliveries)
    .where(and(eq(deliveries.routeId, routeId), inArray(deliveries.state, [...UNFINISHED])))
    .limit(cap);
  return rows.length;
}
