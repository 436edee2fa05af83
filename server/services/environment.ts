import { environment, UNNAMED_ENVIRONMENT, type Environment } from "#core/environment.ts";
import type { Db } from "#db/client.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { readSetting, writeSetting } from "#db/queries/settings.ts";
import type { Actor } from "../context.ts";

const KEY = "environment";

/** Name and colour of this installation. */
export async function readEnvironment(db: Db): Promise<Environment> {
  const stored = await readSetting(db, KEY);
  return stored === null ? UNNAMED_ENVIRONMENT : environment.parse(JSON.parse(stored));
}

export async function changeEnvironment(db: Db, actor: Actor, to: Environment): Promise<void> {
  await db.transaction(async (tx) => {
    await writeSetting(tx, KEY, JSON.stringify(to));
    await appendAudit(tx, { actorId: actor.id, actor: actor.name, act: "environment.change", subject: to.name, detail: to });
  });
}
