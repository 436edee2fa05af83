import { and, asc, desc, eq, gt, gte, lt, lte, sql } from "drizzle-orm";
import type { Db, Tx } from "../client.ts";
import { audit, user } from "../schema/index.ts";

export type AuditEntry = {
  readonly actorId: string | null;
  readonly actor: string;
  /** `<noun>.<verb>`. */
  readonly act: string;
  readonly subject: string | null;
  /** Never a secret, never a payload. */
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Writes one line of the audit log, in the transaction of what it tells of. */
export async function appendAudit(db: Db | Tx, { detail, ...entry }: AuditEntry): Promise<void> {
  await db.insert(audit).values({ ...entry, detail: JSON.stringify(detail) });
}

export type AuditFilter = {
  readonly act?: string | undefined;
  readonly actorId?: string | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Inclusive. */
  readonly to?: Date | undefined;
};

/** `before`: older than that entry; `after`: the nearest newer ones; neither: the newest. */
export type AuditPage = { readonly before?: number | undefined; readonly after?: number | undefined; readonly limit: number };

/** A page of the log, newest first. */
export async function listAudit(db: Db | Tx, { act, actorId, from, to }: AuditFilter, { before, after, limit }: AuditPage) {
  const rows = await db
    .select({
      id: audit.id,
      at: audit.at,
      actorId: audit.actorId,
      actor: audit.actor,
      email: user.email,
      act: audit.act,
      subject: audit.subject,
      detail: audit.detail,
    })
    .from(audit)
    .leftJoin(user, eq(user.id, audit.actorId))
    .where(
      and(
        act === undefined ? undefined : eq(audit.act, act),
        actorId === undefined ? undefined : eq(audit.actorId, actorId),
        from === undefined ? undefined : gte(audit.at, from),
        to === undefined ? undefined : lte(audit.at, to),
        before === undefined ? undefined : lt(audit.id, before),
        after === undefined ? undefined : gt(audit.id, after),
      ),
    )
    .orderBy(after === undefined ? desc(audit.id) : asc(audit.id))
    .limit(limit);
  return after === undefined ? rows : rows.toReversed();
}

/** Every act that occurs, in order. Hops along the index: its cost is the number of acts, not of entries. */
export async function auditActs(db: Db | Tx): Promise<string[]> {
  const rows = await db.execute<{ act: string }>(sql`
    with recursive acts as (
      (select act from audit order by act limit 1)
      union all
      select (select a.act from audit a where a.act > acts.act order by a.act limit 1) from acts where acts.act is not null
    )
    select act from acts where act is not null order by act`);
  return rows.map((row) => row.act);
}

/** Every person who occurs in the log, by name. */
export async function auditActors(db: Db | Tx): Promise<{ id: string; name: string }[]> {
  return db
    .select({ id: user.id, name: user.name })
    .from(user)
    .where(sql`exists (select 1 from ${audit} where ${audit.actorId} = ${user.id})`)
    .orderBy(user.name);
}
