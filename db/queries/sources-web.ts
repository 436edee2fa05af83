import { and, asc, desc, eq, sql } from "drizzle-orm";
import { cappedCount, type CappedCount } from "#core/capped-count.ts";
import { COUNT_CAP } from "#core/message/counts.ts";
import type { Db, Tx } from "../client.ts";
import { connections, messages, routes, sourceNotices, sources } from "../schema/index.ts";

const NOTICES = 20;

/** Every source with where it stands; `open` counts its dead and in-doubt messages. */
export async function listSources(db: Db, connection: string | null) {
  return db
    .select({
      id: sources.id,
      connectionId: sources.connectionId,
      connection: connections.name,
      kind: connections.kind,
      connectionState: connections.state,
      name: sources.name,
      custody: sources.custody,
      managedBy: sources.managedBy,
      capturing: sources.capturing,
      consentBy: sources.consentBy,
      consentAt: sources.consentAt,
      watchSeconds: sources.watchSeconds,
      captured: sources.captured,
      lastCapturedAt: sources.lastCapturedAt,
      faultCode: sources.faultCode,
      faultDetail: sources.faultDetail,
      faultAt: sources.faultAt,
      /** The route whose source this is; null for one of dead letters. */
      routeId: routes.id,
      route: routes.name,
      /** When something was met that must not pass unseen; null when nothing was. */
      noticedAt: sql<Date | null>`(select n.at from ${sourceNotices} n where n.source_id = ${sources.id} order by n.id desc limit 1)`.mapWith(sources.faultAt),
      open: sql<CappedCount>`(select count(*) from (
        select 1 from ${messages} m where m.source_id = ${sources.id} and m.state in ('dead', 'in_doubt') limit ${COUNT_CAP + 1}
      ) counted)`.mapWith(cappedCount),
    })
    .from(sources)
    .innerJoin(connections, eq(connections.id, sources.connectionId))
    .leftJoin(routes, eq(routes.sourceId, sources.id))
    .where(connection === null ? undefined : eq(sources.connectionId, connection))
    .orderBy(asc(connections.name), asc(sources.name));
}

/** The newest notices of a source, newest first. */
export async function listNotices(db: Db, sourceId: string) {
  return db
    .select({ id: sourceNotices.id, at: sourceNotices.at, text: sourceNotices.text })
    .from(sourceNotices)
    .where(eq(sourceNotices.sourceId, sourceId))
    .orderBy(desc(sourceNotices.id))
    .limit(NOTICES);
}

/** What steering a source has to know of it, or null. */
export async function getSource(tx: Db | Tx, id: string) {
  const [row] = await tx
    .select({ id: sources.id, name: sources.name, managedBy: sources.managedBy, capturing: sources.capturing, route: routes.name })
    .from(sources)
    .leftJoin(routes, eq(routes.sourceId, sources.id))
    .where(eq(sources.id, id));
  return row ?? null;
}

type NewSource = Pick<typeof sources.$inferInsert, "connectionId" | "name" | "source" | "custody"> & {
  /** The person who agreed that capturing empties the queue; null for a copied source. */
  readonly consentBy: string | null;
  readonly watchSeconds: number;
};

/** Makes a queue a source that is captured from now on. Null when it is one already. */
export async function insertSource(tx: Tx, source: NewSource): Promise<string | null> {
  const [row] = await tx
    .insert(sources)
    .values({ ...source, managedBy: "screen", capturing: true, consentAt: source.consentBy === null ? null : sql`now()` })
    .onConflictDoNothing({ target: [sources.connectionId, sources.name] })
    .returning({ id: sources.id });
  return row?.id ?? null;
}

/** Compare and set of `capturing`. False when it stood so already. */
export async function setCapturing(tx: Tx, id: string, capturing: boolean): Promise<boolean> {
  const rows = await tx
    .update(sources)
    .set({ capturing, faultCode: null, faultDetail: null, faultAt: null })
    .where(and(eq(sources.id, id), eq(sources.capturing, !capturing)))
    .returning({ id: sources.id });
  return rows.length === 1;
}

/** How long resent messages of this source are watched from the next resend on. */
export async function setWatchSeconds(tx: Tx, id: string, watchSeconds: number): Promise<void> {
  await tx.update(sources).set({ watchSeconds }).where(eq(sources.id, id));
}
