import type { AuditQuery } from "#core/audit.ts";
import type { Db } from "#db/client.ts";
import { listAudit } from "#db/queries/audit.ts";
import { isoTimes } from "../iso-times.ts";

const PAGE = 100;

/** A page of the log, newest first, with where the next older and newer pages begin; null where there is none. */
export async function auditPage(db: Db, { before, after, from, to, ...rest }: AuditQuery) {
  const filter = { ...rest, from: from === undefined ? undefined : new Date(from), to: to === undefined ? undefined : new Date(to) };
  const found = await listAudit(db, filter, { before, after, limit: PAGE + 1 });
  const more = found.length > PAGE;
  // one more than a page was read, to know whether there is a further one in that direction
  const items = after === undefined ? found.slice(0, PAGE) : found.slice(-PAGE);
  const older = after === undefined ? more : true;
  const newer = after === undefined ? before !== undefined : more;
  return { items: isoTimes(items), older: older ? (items.at(-1)?.id ?? null) : null, newer: newer ? (items[0]?.id ?? null) : null };
}
