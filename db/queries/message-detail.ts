import { count, desc, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "../client.ts";
import { attempts, bodies, connections, deaths, events, groups, messages, operations, revisions, sources } from "../schema/index.ts";

/** The most entries of one kind a timeline shows; the newest are kept. */
const TIMELINE_CAP = 100;
/** Headers and broker facts longer than this stay on the server: a page is not the place for megabytes. */
const TEXT_CAP = 262_144;

const SHOWN = {
  id: messages.id,
  position: messages.position,
  state: messages.state,
  connectionId: messages.connectionId,
  connection: connections.name,
  kind: connections.kind,
  sourceId: messages.sourceId,
  source: sources.name,
  groupId: messages.groupId,
  group: groups.title,
  operationId: messages.operationId,
  watchUntil: messages.watchUntil,
  deaths: messages.deaths,
  redrives: messages.redrives,
  lastDeathId: messages.lastDeathId,
  size: messages.size,
  rule: messages.rule,
  reason: messages.reason,
  errorType: messages.errorType,
  errorMessage: messages.errorMessage,
  origin: messages.origin,
  key: messages.key,
  attempts: messages.attempts,
  contentType: messages.contentType,
  firstFailedAt: messages.firstFailedAt,
  lastFailedAt: messages.lastFailedAt,
  capturedAt: messages.capturedAt,
  lastDeathAt: messages.lastDeathAt,
  changedAt: messages.changedAt,
};

/** One message as it stands, or null. */
export async function getMessage(db: Db | Tx, id: string) {
  const [row] = await db
    .select(SHOWN)
    .from(messages)
    .innerJoin(sources, eq(sources.id, messages.sourceId))
    .innerJoin(connections, eq(connections.id, messages.connectionId))
    .innerJoin(groups, eq(groups.id, messages.groupId))
    .where(eq(messages.id, id));
  return row ?? null;
}

const capped = (column: typeof deaths.headers | typeof deaths.native) =>
  sql<string | null>`case when octet_length(${column}) <= ${TEXT_CAP} then ${column} end`;

/** The deaths of a message, newest first. `headers` and `native` are null where they are too long to show. */
export const deathsOf = (db: Db | Tx, messageId: string) =>
  db
    .select({
      id: deaths.id,
      number: deaths.number,
      sourceId: deaths.sourceId,
      source: sources.name,
      capturedAt: deaths.capturedAt,
      size: deaths.size,
      reason: deaths.reason,
      headers: capped(deaths.headers),
      headersSize: sql<number>`octet_length(${deaths.headers})`,
      native: capped(deaths.native),
      normal: deaths.normal,
      afterAttemptId: deaths.afterAttemptId,
    })
    .from(deaths)
    .innerJoin(sources, eq(sources.id, deaths.sourceId))
    .where(eq(deaths.messageId, messageId))
    .orderBy(desc(deaths.number))
    .limit(TIMELINE_CAP);

/** The attempts to publish a message, newest first. */
export const attemptsOf = (db: Db | Tx, messageId: string) =>
  db
    .select({
      id: attempts.id,
      number: attempts.number,
      operationId: attempts.operationId,
      actor: operations.actor,
      revisionId: attempts.revisionId,
      target: attempts.target,
      worker: attempts.worker,
      startedAt: attempts.startedAt,
      finishedAt: attempts.finishedAt,
      outcome: attempts.outcome,
      faultCode: attempts.faultCode,
      faultDetail: attempts.faultDetail,
      receipt: attempts.receipt,
    })
    .from(attempts)
    .leftJoin(operations, eq(operations.id, attempts.operationId))
    .where(eq(attempts.messageId, messageId))
    .orderBy(desc(attempts.number))
    .limit(TIMELINE_CAP);

/** The edits of a message, newest first. */
export const revisionsOf = (db: Db | Tx, messageId: string) =>
  db
    .select({
      id: revisions.id,
      number: revisions.number,
      deathId: revisions.deathId,
      author: revisions.author,
      reason: revisions.reason,
      createdAt: revisions.createdAt,
      size: sql<number>`octet_length(${bodies.bytes})`,
      headers: sql<string | null>`case when octet_length(${revisions.headers}) <= ${TEXT_CAP} then ${revisions.headers} end`,
    })
    .from(revisions)
    .innerJoin(bodies, eq(bodies.id, revisions.bodyId))
    .where(eq(revisions.messageId, messageId))
    .orderBy(desc(revisions.number))
    .limit(TIMELINE_CAP);

/** The changes of a message's state, newest first. */
export const eventsOf = (db: Db | Tx, messageId: string) =>
  db
    .select({
      id: events.id,
      at: events.at,
      actor: events.actor,
      from: events.from,
      to: events.to,
      cause: events.cause,
      reason: events.reason,
      operationId: events.operationId,
      act: operations.act,
      attemptId: events.attemptId,
    })
    .from(events)
    .leftJoin(operations, eq(operations.id, events.operationId))
    .where(eq(events.messageId, messageId))
    .orderBy(desc(events.id))
    .limit(TIMELINE_CAP * 2);

/** How many entries there are behind the caps. */
export async function entriesOf(db: Db | Tx, messageId: string): Promise<number> {
  const counts = await Promise.all(
    [attempts, deaths, revisions].map((table) => db.select({ count: count() }).from(table).where(eq(table.messageId, messageId))),
  );
  return counts.reduce((sum, rows) => sum + (rows[0]?.count ?? 0), 0);
}
