import type { Db } from "#db/client.ts";
import { appendAudit } from "#db/queries/audit.ts";
import type { Actor } from "../context.ts";
import { tryWithin } from "./rate-limit.ts";

/** Notes that a person asked for what their role does not allow; once a minute for the same thing, since the log only grows. */
export async function recordRefusedAccess(db: Db, actor: Actor, path: string, needs: string): Promise<void> {
  const { allowed } = await tryWithin(db, { key: `refused:${actor.id}:${path}`, max: 1, windowMs: 60_000 });
  if (!allowed) return;
  await appendAudit(db, { actorId: actor.id, actor: actor.name, act: "access.refused", subject: path, detail: { role: actor.role, needs } });
}
