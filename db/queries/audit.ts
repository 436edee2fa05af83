import type { Db, Tx } from "../client.ts";
import { audit } from "../schema/index.ts";

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
