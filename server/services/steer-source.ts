import { Failure } from "#core/failure.ts";
import type { Db, Sql } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { getSource, setCapturing, setWatchSeconds } from "#db/queries/sources-web.ts";
import type { Actor } from "../context.ts";

export type SourceSteer = { readonly id: string } & (
  | { readonly to: "pause" | "resume" }
  | { readonly to: "watch"; readonly watchSeconds: number }
);

/** Pauses or resumes the capture of a source, or sets how long its resent messages are watched. */
export async function steerSource(db: Db, sql: Sql, actor: Actor, steer: SourceSteer): Promise<void> {
  await db.transaction(async (tx) => {
    const source = await getSource(tx, steer.id);
    if (source === null) throw new Failure("not_found", "There is no such source.", "id");
    if (source.managedBy === "file") throw new Failure("forbidden", `${source.name} comes from redrive.yaml; change it there.`);
    if (source.route !== null && steer.to !== "watch") throw new Failure("conflict", `${source.name} is read by the route ${source.route}; ${steer.to} the route.`);
    if (steer.to === "watch") await setWatchSeconds(tx, steer.id, steer.watchSeconds);
    else if (!(await setCapturing(tx, steer.id, steer.to === "resume")))
      throw new Failure("conflict", `${source.name} is ${source.capturing ? "being captured" : "paused"} already.`);
    await appendAudit(tx, {
      actorId: actor.id,
      actor: actor.name,
      act: `source.${steer.to}`,
      subject: steer.id,
      detail: { queue: source.name, ...(steer.to === "watch" ? { watchSeconds: steer.watchSeconds } : {}) },
    });
  });
  await notify(sql, ["sources", "queues"]);
}
